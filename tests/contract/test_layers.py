"""The one-way street: kernels -> models -> views -> dashboard -> apps.

The rules stand in pyproject.toml (import-linter). Here they are run, and each is shown to go red: a copy of
the package is given a new family, "moons", and wrong imports for every rule. What imports really load is
asked of fresh interpreters, since the rules read the text alone.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import grimp
import pytest

import explorer

ROOT = Path(__file__).parents[2]
OPTIONS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
NAMES = {contract["id"]: contract["name"] for contract in OPTIONS["contracts"]}
SCREEN = ("panel", "panel_material_ui", "bokeh")
NO_FAMILIES = ("core", "dashboard", "grid", "measure", "cli")
WITH_TOY = (
    "import sys, explorer; from explorer.core import registry;registry.register('toy/wave', 'tests.toy.wave')"
)
KERNELS_MAY = {"numpy", "scipy"}

# (rule, file in the copy, the wrong line, what the report must say of it)
WRONG = [
    ("screen", "moons/painter.py", "import panel as pn", "moons.painter -> panel"),
    ("screen", "ridge/painter.py", "import panel_material_ui", "ridge.painter -> panel_material_ui"),
    ("screen", "moons/orbit/extra.py", "def f():\n    import bokeh.plotting", "moons.orbit.extra -> bokeh"),
    ("screen", "core/painter.py", "from bokeh import models", "core.painter -> bokeh"),
    (
        "dashboard",
        "moons/orbit/late.py",
        "from explorer.dashboard import theme",
        "orbit.late -> explorer.dashboard.theme",
    ),
    ("dashboard", "core/late.py", "import explorer.dashboard.live", "core.late -> explorer.dashboard.live"),
    (
        "measure",
        "moons/orbit/timing.py",
        "from explorer.measure import paint",
        "timing -> explorer.measure.paint",
    ),
    ("measure", "core/timing.py", "import explorer.measure.bench", "core.timing -> explorer.measure.bench"),
    ("core", "core/partial.py", "from explorer.moons import tides", "core.partial -> explorer.moons.tides"),
    ("core", "core/drawing.py", "import holoviews as hv", "core.drawing -> holoviews"),
    ("core", "core/public.py", "import explorer", "core.public -> explorer"),
    ("numba", "moons/quick.py", "import numba", "moons.quick -> numba"),
    ("numba", "core/quick.py", "from numba import njit", "core.quick -> numba"),
    ("dask", "moons/farm.py", "import distributed", "moons.farm -> distributed"),
    ("dask", "grid/early.py", "from dask import delayed", "grid.early -> dask"),
    ("kernels", "moons/slider.py", "import param", "moons.slider -> param"),
    (
        "kernels",
        "moons/framed.py",
        "from explorer.core.frame import Frame",
        "moons.framed -> explorer.core.frame",
    ),
    (
        "kernels",
        "moons/upwards.py",
        "from explorer.moons.orbit import model",
        "moons.upwards -> explorer.moons.orbit.model",
    ),
    ("kernels", "ridge/plots.py", "import holoviews", "ridge.plots -> holoviews"),
    (
        "models",
        "moons/orbit/model.py",
        "from explorer.moons.orbit import helper",
        "orbit.model -> explorer.moons.orbit.helper",
    ),
    ("models", "moons/orbit/helper.py", "import holoviews", "orbit.helper -> holoviews"),
    (
        "models",
        "moons/phase/model.py",
        "from explorer.moons.phase import view",
        "phase.model -> explorer.moons.phase.view",
    ),
    (
        "models",
        "moons/eclipse/model.py",
        "from explorer.dashboard import board",
        "eclipse.model -> explorer.dashboard.board",
    ),
    (
        "models",
        "moons/flood/model.py",
        "from explorer.grid import cluster",
        "flood.model -> explorer.grid.cluster",
    ),
    ("views", "moons/phase/view.py", "import panel", "phase.view -> panel"),
    (
        "views",
        "moons/orbit/view.py",
        "from explorer.dashboard import theme",
        "orbit.view -> explorer.dashboard.theme",
    ),
    ("families", "moons/tides.py", "from explorer.ridge import fit", "moons.tides -> explorer.ridge.fit"),
    ("families", "moons/floods.py", "from explorer.grid import cells", "moons.floods -> explorer.grid.cells"),
    (
        "families",
        "saddles/tides.py",
        "from explorer.moons import kernels",
        "saddles.tides -> explorer.moons.kernels",
    ),
]
RIGHT = {
    "moons/__init__.py": "from explorer.moons.kernels import pull",
    "moons/kernels.py": "import numpy\nimport scipy.linalg\nfrom explorer.core.jit import kernel\npull = 1",
    "moons/full/__init__.py": "",
    "moons/full/model.py": "from explorer.core.model import Model\nfrom explorer.moons import kernels",
    "moons/full/view.py": "import holoviews as hv\nfrom explorer.core.frame import Frame",
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    program = "from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True, no_logo=True))"
    return subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, '.'); {program}"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "400"},
    )


@pytest.fixture(scope="module")
def ruined(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Rule -> what the report says of it, on a copy of the package that breaks every rule."""
    copy = tmp_path_factory.mktemp("ruined")
    shutil.copytree(ROOT / "explorer", copy / "explorer", ignore=lambda _d, names: _not_python(names))
    shutil.copy(ROOT / "pyproject.toml", copy)
    files = {**RIGHT, **{path: line for _, path, line, _ in WRONG}}
    for path in files:
        for folder in (copy / "explorer" / path).parents[: len(Path(path).parts) - 1]:
            folder.mkdir(exist_ok=True)
            (folder / "__init__.py").touch()
    for path in dict.fromkeys(files):
        lines = [RIGHT.get(path, ""), *(line for _, where, line, _ in WRONG if where == path)]
        (copy / "explorer" / path).write_text("\n".join(lines), encoding="utf-8")
    report = lint(copy)
    assert report.returncode == 1, report.stdout + report.stderr
    _, _, details = report.stdout.partition("Broken contracts")
    headings = "|".join(map(re.escape, NAMES.values()))
    parts = re.split(rf"^({headings})$", details, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def _not_python(names: list[str]) -> list[str]:
    return [name for name in names if name == "__pycache__" or ("." in name and not name.endswith(".py"))]


class TestRules:
    def test_they_hold(self):
        report = lint(ROOT)
        assert report.returncode == 0, report.stdout + report.stderr
        assert f"{len(NAMES)} kept, 0 broken" in report.stdout

    @pytest.mark.parametrize(("rule", "file", "line", "words"), WRONG, ids=[f"{w[0]}-{w[1]}" for w in WRONG])
    def test_each_goes_red_for_a_family_nobody_listed(self, ruined, rule, file, line, words):
        assert f"{words} (l." in ruined[NAMES[rule]]

    def test_every_rule_was_broken_at_least_once(self):
        assert {rule for rule, *_ in WRONG} == set(NAMES)

    @pytest.mark.parametrize("file", [path for path in RIGHT if not path.endswith("__init__.py")])
    def test_what_is_right_is_not_reported(self, ruined, file):
        module = "explorer." + file.removesuffix(".py").replace("/", ".")
        assert not any(f"- {module} ->" in part for part in ruined.values())

    def test_kernels_lean_on_numpy_and_scipy_alone(self):
        graph = grimp.build_graph("explorer", include_external_packages=True, cache_dir=None)
        allowed = KERNELS_MAY | sys.stdlib_module_names | {"explorer"}
        for module in _kernels(graph):
            others = {
                name.split(".")[0] for name in graph.find_modules_directly_imported_by(module)
            } - allowed
            assert not others, f"{module} imports {sorted(others)}"


def _kernels(graph: grimp.ImportGraph) -> list[str]:
    """Modules of the families that belong to no scene; a scene is a folder with a model."""
    scenes = tuple(name.removesuffix("model") for name in graph.find_matching_modules("explorer.*.*.model"))
    families = graph.find_children("explorer") - {f"explorer.{name}" for name in NO_FAMILIES}
    return [
        module
        for family in sorted(families)
        for module in sorted({family, *graph.find_descendants(family)})
        if not f"{module}.".startswith(scenes or (" ",))
    ]


def loaded(program: str) -> set[str]:
    """Top-level names of all modules that a fresh interpreter holds after a program."""
    found = subprocess.run(
        [
            sys.executable,
            "-c",
            f"{program}\nimport sys; print(*{{name.split('.')[0] for name in sys.modules}})",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(found.stdout.split())


class TestLoading:
    def test_the_question_would_notice(self):
        assert {"bokeh", "numpy"} <= loaded("import bokeh.models")

    def test_the_package_loads_nothing_heavy(self):
        heavy = {*SCREEN, "holoviews", "numba", "pandas", "scipy", "pyarrow", "numpy", "param", "yaml"}
        assert not loaded("import explorer") & heavy

    def test_listing_scenes_imports_no_model(self):
        program = (
            "import explorer, sys; explorer.scenes();"
            "ours = [name for name in sys.modules if name.startswith('explorer')];"
            "found = [name for name in ours if name.endswith(('.model', '.view'))];"
            "assert found == ['explorer.core.model'], found"
        )
        assert not loaded(program) & {*SCREEN, "holoviews", "numba", "pandas", "scipy"}

    @pytest.mark.parametrize("name", dict.fromkeys([*explorer.scenes(), "toy/wave"]))
    def test_a_headless_model_needs_no_screen(self, name):
        program = (
            f"{WITH_TOY}; model = explorer.scene({name!r});"
            "model.frame, model.checks(), model.state(), model.link()"
        )
        assert not loaded(program) & {*SCREEN, "holoviews"}

    def test_drawing_figures_needs_no_panel_page(self):
        program = (
            f"{WITH_TOY}; explorer.scene('toy/wave').figures();"
            "assert not [m for m in sys.modules if m.startswith('explorer.dashboard')]"
        )
        assert "holoviews" in loaded(program)

    def test_families_are_loaded_when_they_are_named(self):
        program = "import explorer, sys; explorer.ridge; assert 'explorer.ridge.fit' in sys.modules"
        assert not loaded(program) & {*SCREEN, "holoviews", "param"}
