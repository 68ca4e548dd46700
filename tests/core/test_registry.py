"""Scenes are found by folder, entry point and registration; what is no scene is refused in one sentence."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from explorer.core import registry
from explorer.core.registry import Preset, Scene
from explorer.core.values import InputError

MODEL = """
from explorer.core.frame import Frame
from explorer.core.inputs import Real
from explorer.core.model import Model

class Spiral(Model):
    turns = Real(1.0, bounds=(0, 5), label="turns")
    def compute(self, report):
        return Frame(tables={"t": {"x": [self.turns]}})
"""


@pytest.fixture(autouse=True)
def _registry_as_it_was() -> Iterator[None]:
    """Whatever a test does, the next one sees the scenes that stood before."""
    kept, before = dict(registry._scenes()), set(sys.modules)
    yield
    registry._scenes.cache_clear()
    registry._scenes().clear()
    registry._scenes().update(kept)
    for name in set(sys.modules) - before:
        if name.startswith(("shop", "stall")):
            del sys.modules[name]
    importlib.invalidate_caches()


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on the import path, such as packages are installed into."""
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def write_package(folder: Path, **files: str) -> Path:
    folder.mkdir(parents=True)
    for name, text in {"__init__": "", "model": MODEL, **files}.items():
        (folder / (name if "." in name else f"{name}.py")).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def install(site: Path) -> Callable[[str], None]:
    """Install a distribution that announces entry points, the way pip leaves it on disk."""

    def installed(entries: str, distribution: str = "shop") -> None:
        info = site / f"{distribution}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[{registry.GROUP}]\n{entries}\n")
        registry._scenes.cache_clear()

    return installed


class TestFind:
    def test_gives_the_scene(self):
        scene = registry.find("toy/wave")
        assert (scene.name, scene.family, scene.package) == ("toy/wave", "toy", "tests.toy.wave")
        assert scene.open(lines=3).lines == 3
        assert scene.model_class.scene_name == "toy/wave"

    @pytest.mark.parametrize("name", ["toy/wav", "toy/waves", "toys/wave", "wave"])
    def test_names_the_nearest(self, name):
        with pytest.raises(InputError, match=rf"there is no scene '{name}'; did you mean 'toy/wave'\?"):
            registry.find(name)

    def test_lists_them_all_when_none_is_near(self):
        with pytest.raises(InputError, match=r"there is no scene 'qqqqqqqq'; there are .*toy/wave"):
            registry.find("qqqqqqqq")

    @pytest.mark.parametrize("name", [None, 3, ("toy", "wave"), "z" * 5000])
    def test_takes_anything_for_a_name(self, name):
        with pytest.raises(InputError, match="there is no scene") as caught:
            registry.find(name)
        assert len(str(caught.value)) < 400


class TestFolders:
    def test_every_folder_of_a_family_with_a_model_is_a_scene(self):
        folders = {path.parent for path in registry.ROOT.glob("*/*/model.py")}
        assert {
            scene.folder for scene in registry.scenes() if scene.package.startswith("explorer.")
        } == folders

    def test_names_and_packages_follow_the_folders(self):
        for scene in registry.scenes():
            if scene.package.startswith("explorer."):
                assert scene.package == f"explorer.{scene.name.replace('/', '.')}"


class TestRegister:
    def test_adds_a_scene(self, site):
        write_package(site / "stall")
        scene = registry.register("mine/spiral", "stall")
        assert registry.find("mine/spiral") is scene
        assert scene.folder == site / "stall"
        assert scene.open(turns=2.0).frame.tables["t"]["x"].tolist() == [2.0]

    @pytest.mark.parametrize(
        ("name", "package"),
        [
            ("mine/spiral", "no_such_package"),
            ("mine/spiral", "no_such_package.scene"),
            ("mine/spiral", "json.decoder"),
            ("mine/spiral", "json"),
            ("mine/spiral", "tests.toy"),
            ("mine/spiral", "tests.toy.wave.model"),
            ("mine/spiral", ""),
            ("mine/spiral", ".relative"),
            ("spiral", "tests.toy.wave"),
            ("a/b/c", "tests.toy.wave"),
        ],
    )
    def test_refuses_what_is_no_scene_folder(self, name, package):
        before = registry.scenes()
        with pytest.raises(InputError, match=r"family/scene = a package folder with a model\.py"):
            registry.register(name, package)
        assert registry.scenes() == before


class TestEntryPoints:
    def test_a_scene_of_another_package_joins_after_ours(self, site, install):
        write_package(site / "shop")
        write_package(site / "shop" / "spiral", **{"story.md": "# A spiral\n\nIt turns.\n"})
        install("shop/spiral = shop.spiral")
        scene = registry.find("shop/spiral")
        assert scene.title == "A spiral"
        assert scene.open(turns=3).frame.tables["t"]["x"].tolist() == [3.0]
        ours = [s.package.startswith("explorer.") for s in registry.scenes()]
        assert ours == sorted(ours, reverse=True)

    def test_finding_it_imports_no_model(self, site, install):
        write_package(site / "shop", model="raise RuntimeError('imported')")
        install("shop/window = shop")
        assert "shop/window" in [scene.name for scene in registry.scenes()]
        assert "shop.model" not in sys.modules

    def test_it_cannot_take_the_place_of_one_of_ours(self, site, install, monkeypatch, tmp_path):
        family = tmp_path / "root"
        write_package(family / "ridge" / "path")
        monkeypatch.setattr(registry, "ROOT", family)
        write_package(site / "shop")
        install("ridge/path = shop")
        assert registry.find("ridge/path").package == "explorer.ridge.path"

    @pytest.mark.parametrize(
        "entry",
        [
            "shop/spiral = no_such_package",
            "shop/spiral = no_such_package.scene",
            "shop/spiral = json.decoder",
            "shop/spiral = shop:Spiral",
            "spiral = shop",
            "shop/deep/spiral = shop",
        ],
    )
    def test_a_broken_one_is_named_in_one_sentence(self, site, install, entry):
        write_package(site / "shop")
        install(entry)
        with pytest.raises(
            InputError, match=rf"'{entry.split(' =')[0]}'.*family/scene = a package folder"
        ) as caught:
            registry.scenes()
        assert entry.split("= ")[1] in str(caught.value)

    def test_a_package_that_fails_to_import_is_named_too(self, site, install):
        write_package(site / "shop", __init__="import no_such_dependency")
        write_package(site / "shop" / "spiral")
        install("shop/spiral = shop.spiral")
        with pytest.raises(InputError, match=r"'shop/spiral'.*'shop.spiral'"):
            registry.scenes()


class TestParts:
    def scene(self, folder: Path, **files: str) -> Scene:
        write_package(folder / "stall", **files)
        return Scene("mine/stall", "stall", folder / "stall")

    def test_a_story_has_a_title_a_summary_and_the_rest(self, tmp_path):
        scene = self.scene(
            tmp_path, **{"story.md": "\n# Über α\n\nFirst line\nof it.\n\n## Second\n\nMore.\n"}
        )
        assert scene.title == "Über α"
        assert scene.summary == "First line of it."
        assert scene.story.strip() == "First line\nof it.\n\n## Second\n\nMore."

    def test_a_story_without_heading_is_titled_by_the_name(self, tmp_path):
        scene = self.scene(tmp_path, **{"story.md": "Just words.\n\nMore words."})
        assert (scene.title, scene.summary) == ("mine/stall", "Just words.")

    def test_a_scene_needs_neither_story_nor_presets(self, tmp_path):
        scene = self.scene(tmp_path)
        assert (scene.title, scene.summary, scene.story, scene.presets) == ("mine/stall", "", "", ())

    def test_presets_keep_their_order_and_their_types(self, tmp_path):
        text = (
            "- {name: A, lesson: One., inputs: {turns: 2.5, loud: true, n: 3}}\n- {name: B, lesson: Two.}\n"
        )
        assert self.scene(tmp_path, **{"presets.yaml": text}).presets == (
            Preset("A", "One.", {"turns": 2.5, "loud": True, "n": 3}),
            Preset("B", "Two.", {}),
        )

    def test_presets_cannot_run_anything(self, tmp_path):
        scene = self.scene(tmp_path, **{"presets.yaml": "- !!python/object/apply:os.getcwd []\n"})
        with pytest.raises(Exception, match="could not determine a constructor"):
            _ = scene.presets

    def test_an_empty_preset_file_is_no_preset(self, tmp_path):
        assert self.scene(tmp_path, **{"presets.yaml": "# none yet\n"}).presets == ()

    @pytest.mark.parametrize(("text", "count"), [("", 0), (f"{MODEL}\nclass Other(Spiral): pass\n", 2)])
    def test_a_scene_has_exactly_one_model(self, site, text, count):
        scene = self.scene(site, model=text)
        with pytest.raises(TypeError, match=f"stall.model defines {count} models; a scene has exactly one"):
            _ = scene.model_class

    def test_an_imported_model_class_does_not_count(self, site):
        scene = self.scene(site, model=f"from tests.toy.wave.model import Wave\n{MODEL}")
        assert scene.model_class.__name__ == "Spiral"

    def test_the_layout_carries_the_titles(self):
        scene = registry.find("toy/wave")
        layout = scene.layout(scene.open().frame)
        titles = [part.opts.get("plot").kwargs["title"] for part in layout]
        assert titles == [figure.title for figure in scene.figures]
