"""Finds scenes: each folder ``<family>/<scene>/`` with a model.py, and those that other packages announce."""

from __future__ import annotations

import difflib
import functools
import importlib
import importlib.util
import inspect
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import yaml

from explorer.core import lesson
from explorer.core.figure import Figure
from explorer.core.frame import Frame
from explorer.core.lesson import Lesson
from explorer.core.model import Model
from explorer.core.runner import Report, silent
from explorer.core.values import InputError

GROUP = "explorer.scenes"
ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Preset:
    """A named setting with the one thing it teaches."""

    name: str
    lesson: str
    inputs: dict[str, Any]


@dataclass(frozen=True)
class Scene:
    """One scene: where it lies and how to load its parts.

    Parameters
        name    : str     ``family/scene``
        package : str     dotted name of the folder
        folder  : Path
    """

    name: str
    package: str
    folder: Path

    @property
    def family(self) -> str:
        return self.name.split("/")[0]

    @functools.cached_property
    def story(self) -> str:
        """The scene's story as Markdown, without its first heading."""
        return self._story_parts[1]

    @property
    def title(self) -> str:
        """The first heading of the story."""
        return self._story_parts[0]

    @property
    def summary(self) -> str:
        """The first paragraph of the story, on one line."""
        return " ".join(self.story.strip().split("\n\n")[0].split())

    @functools.cached_property
    def _story_parts(self) -> tuple[str, str]:
        path = self.folder / "story.md"
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        first, _, rest = text.strip().partition("\n")
        return (first.lstrip("# ").strip() or self.name, rest) if first.startswith("#") else (self.name, text)

    @functools.cached_property
    def presets(self) -> tuple[Preset, ...]:
        """Named settings; the first one is where the page opens."""
        path = self.folder / "presets.yaml"
        entries = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else None
        return tuple(Preset(e["name"], e["lesson"], dict(e.get("inputs") or {})) for e in entries or ())

    @functools.cached_property
    def lessons(self) -> dict[str, Lesson]:
        """name -> lesson, from the files ``lessons/<name>.md`` beside the scene, in the order of their names.

        Raises    InputError  when a file is no lesson of this scene
        """
        paths = sorted((self.folder / "lessons").glob("*.md"))
        found = {path.stem: lesson.read(path.stem, path.read_text(encoding="utf-8")) for path in paths}
        for held in found.values():
            for at, step in enumerate(held.steps):
                try:
                    self.setting(held, at)
                    self.model_class.checked(step.then)
                except InputError as error:
                    raise InputError(
                        f"the lesson {held.name!r}, step {step.title!r}, fails: {error}"
                    ) from None
        return found

    def setting(self, lesson: Lesson, at: int) -> dict[str, Any]:
        """Every input at a step of a lesson: as its preset and the steps since then say, one after the other."""
        found = self.opening
        for place, step in enumerate(lesson.steps[: at + 1]):
            if step.preset is not None:
                found = {**self.model_class.defaults(), **self.preset(step.preset).inputs}
            found |= {**step.inputs, **(step.then if place < at else {})}
        return self.model_class.checked(found)

    @property
    def opening(self) -> dict[str, Any]:
        """Every input as the scene opens: the first preset's, over the defaults."""
        first = self.presets[0].inputs if self.presets else {}
        return {**self.model_class.defaults(), **first}

    def preset(self, name: str) -> Preset:
        """A preset by its name.

        Raises    InputError  when the scene has none of that name
        """
        for preset in self.presets:
            if preset.name == name:
                return preset
        names = ", ".join(repr(preset.name) for preset in self.presets)
        raise InputError(f"{self.name} has no preset {name[:40]!r}; it has {names}.")

    @functools.cached_property
    def model_class(self) -> type[Model]:
        """The one subclass of Model that the scene's model.py defines."""
        module = importlib.import_module(f"{self.package}.model")
        own = [
            item
            for _, item in inspect.getmembers(module, inspect.isclass)
            if issubclass(item, Model) and item is not Model and item.__module__ == module.__name__
        ]
        if len(own) != 1:
            raise TypeError(f"{self.package}.model defines {len(own)} models; a scene has exactly one.")
        own[0].scene_name = self.name
        return own[0]

    @functools.cached_property
    def figures(self) -> tuple[Figure, ...]:
        """The figures that the scene's view.py lists."""
        import holoviews as hv
        import holoviews.plotting.bokeh

        if hv.Store.current_backend not in hv.Store.loaded_backends():
            hv.Store.set_current_backend("bokeh")
        view = importlib.import_module(f"{self.package}.view")
        return tuple(view.FIGURES)

    @property
    def prepared(self) -> bool:
        """Whether the figures can be drawn at once: all is imported and compiled."""
        from explorer.core import jit

        return "figures" in self.__dict__ and jit.warmed(self._kernels)

    def prepare(self, report: Report = silent) -> None:
        """Import the figures and compile the family's kernels, or load them from the disk cache."""
        from explorer.core import jit  # numba takes its time; a list of scenes does not need it

        report(0.0, "loading the scene")
        _ = self.figures
        jit.warm(self._kernels, report)
        report(1.0, "computing")

    @property
    def _kernels(self) -> str:
        return self.package.rpartition(".")[0]

    def layout(self, frame: Frame) -> Any:
        """Every figure of a frame as one HoloViews layout, two a row."""
        import holoviews as hv

        drawn = [figure.draw(frame).opts(title=figure.title) for figure in self.figures]
        return hv.Layout(drawn).cols(2)

    def open(self, **inputs: Any) -> Model:
        """A headless model of the scene."""
        return self.model_class(**inputs)


@functools.cache
def _scenes() -> dict[str, Scene]:
    found = {}
    for path in sorted(ROOT.glob("*/*/model.py")):
        family, scene = path.parent.parent.name, path.parent.name
        if family not in ("core", "dashboard"):
            name = f"{family}/{scene}"
            found[name] = Scene(name, f"explorer.{family}.{scene}", path.parent)
    for point in entry_points(group=GROUP):
        if point.name not in found:
            found[point.name] = _packaged(point.name, point.value, f"the entry point in group {GROUP}")
    return found


def _packaged(name: str, package: str, told: str) -> Scene:
    """The scene in a package folder; none of its modules is imported, only the packages around it."""
    try:
        spec = importlib.util.find_spec(package)
    except Exception:  # the packages around it may fail in any way
        spec = None
    places = (spec and spec.submodule_search_locations) or ()
    folder = next((Path(place) for place in places if Path(place, "model.py").is_file()), None)
    if name.count("/") != 1 or folder is None:
        raise InputError(
            f"{told}, {name!r}, should be family/scene = a package folder with a model.py; "
            f"{package!r} is not."
        )
    return Scene(name, package, folder)


def scenes() -> tuple[Scene, ...]:
    """Every scene, ours first, then those of other packages."""
    return tuple(_scenes().values())


def find(name: str) -> Scene:
    """The scene of that name.

    Raises    InputError  when there is none; the sentence names the nearest one
    """
    known = _scenes()
    if name not in known:
        near = difflib.get_close_matches(str(name), known, 1, 0.4)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}."
        raise InputError(f"there is no scene {str(name)[:60]!r}; {hint}")
    return known[name]


def register(name: str, package: str) -> Scene:
    """Add a scene folder at run time: ``register("mine/spiral", "my_package.spiral")``.

    Raises    InputError  when the name is not family/scene, or the package is no folder with a model.py
    """
    added = _packaged(name, package, "the scene to register")
    _scenes()[name] = added
    return added
