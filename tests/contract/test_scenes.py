"""What every scene promises, at its defaults, its presets and the ends of each input.

A new scene folder is tested here without an edit: the settings are read from the registry at collection.
"""

from __future__ import annotations

import functools
import json
import math
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import explorer
from explorer.core import inputs, link, registry, values
from explorer.core.frame import Field, Frame
from explorer.core.model import Model
from tests.contract.settings import (
    CURATED,
    TOY,
    Setting,
    can_be,
    declared,
    every_curated,
    every_real_scene,
    every_scene,
    every_setting,
)

ROOT = Path(__file__).parents[2]


@functools.cache
def opened(setting: Setting) -> Model:
    """The model of a setting, computed once for all tests that only read it."""
    model = setting.open()
    _ = model.frame
    return model


def arrays(frame: Frame) -> Iterator[tuple[str, np.ndarray]]:
    for kind in ("tables", "series"):
        for name, columns in getattr(frame, kind).items():
            yield from ((f"{kind}/{name}/{column}", held) for column, held in columns.items())
    for name, grid in frame.fields.items():
        yield from ((f"fields/{name}/{axis}", getattr(grid, axis)) for axis in ("x", "y", "values"))
    yield from ((f"cursors/{name}", held) for name, held in frame.cursors.items())


class TestResults:
    @every_setting
    def test_every_check_holds(self, setting):
        checks = opened(setting).checks()
        broken = [
            f"{c.name}: {c.measured:.3g} against {c.expected:.3g} ± {c.tolerance:.3g}"
            for c in checks
            if not c.passed
        ]
        if setting.scene == TOY:
            broken = [words for words in broken if not words.startswith("few lines")]
        assert not broken
        assert len({check.name for check in checks}) == len(checks)
        assert all(check.reference for check in checks)
        assert all(check.note.endswith(".") for check in checks if check.verdict == "n/a")

    @every_setting
    def test_the_same_state_gives_the_same_digest(self, setting):
        model = opened(setting)
        again = explorer.scene(setting.scene, **json.loads(json.dumps(model.state(), allow_nan=False)))
        assert again.state() == model.state()
        assert again.frame.digest() == model.frame.digest()

    @every_setting
    def test_the_link_gives_the_same_state(self, setting):
        model = opened(setting)
        assert explorer.from_link(model.link()).state() == model.state()
        assert len(model.link()) < 2000  # what browsers and mail programs take

    @every_curated
    def test_the_link_gives_the_same_digest(self, setting):
        model = opened(setting)
        assert (
            explorer.from_link("https://example.org/?" + model.link()).frame.digest() == model.frame.digest()
        )

    @every_setting
    def test_every_array_is_read_only(self, setting):
        for path, held in arrays(opened(setting).frame):
            assert not held.flags.writeable, path

    @every_setting
    def test_the_frame_fits_its_inputs_and_figures(self, setting):
        frame = opened(setting).frame
        known, figures = declared(setting.scene), registry.find(setting.scene).figures
        assert set(frame.captions) == {figure.name for figure in figures} or setting.scene == TOY
        assert all(caption.endswith(".") for caption in frame.captions.values())
        cursors = {name for name, parameter in known.items() if parameter.info.kind == "cursor"}
        assert set(frame.cursors) <= cursors
        for name, positions in frame.cursors.items():
            assert np.all(np.isfinite(positions)), name
            assert np.all(np.diff(positions) > 0), f"the positions of {name} rise"
        for grid in frame.fields.values():
            assert evenly_rising(grid)

    @every_curated
    def test_figures_are_a_layout(self, setting):
        import holoviews as hv

        layout = opened(setting).figures()
        assert isinstance(layout, hv.Layout)
        assert len(layout) == len(registry.find(setting.scene).figures)

    def test_another_process_gives_the_same_digests(self):
        """Nothing depends on what was computed before, on hash seeds, or on the order of the settings."""
        program = (
            "import json, sys, explorer; from explorer.core import registry;"
            f"registry.register({TOY!r}, 'tests.toy.wave'); settings = json.load(sys.stdin);"
            "models = [explorer.scene(name, **json.loads(state)) for name, state in settings];"
            "print(json.dumps([model.frame.digest() for model in models]))"
        )
        backwards = CURATED[::-1]
        found = subprocess.run(
            [sys.executable, "-c", program],
            input=json.dumps([(setting.scene, setting.state) for setting in backwards]),
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
        )
        assert json.loads(found.stdout) == [opened(setting).frame.digest() for setting in backwards]

    @every_scene
    def test_a_preset_is_one_change_and_one_computation(self, name, monkeypatch):
        scene = registry.find(name)
        model, computed = scene.open(), []
        compute = scene.model_class.compute
        monkeypatch.setattr(
            scene.model_class, "compute", lambda self, report: computed.append(self) or compute(self, report)
        )
        for count, preset in enumerate(scene.presets, 1):
            model.update(**{key: p.default for key, p in model.inputs().items()} | preset.inputs)
            assert model.frame is model.frame
            assert len(computed) <= count


def evenly_rising(grid: Field) -> bool:
    steps = [np.diff(axis) for axis in (grid.x, grid.y)]
    return all(np.all(step > 0) and np.allclose(step, step[0], rtol=1e-6) for step in steps)


class TestInputs:
    @every_scene
    def test_have_words_and_bounds(self, name):
        for which, parameter in declared(name).items():
            assert parameter.label, which
            assert parameter.info.group, which
            if isinstance(parameter, inputs.Real | inputs.Whole):
                low, high = parameter.bounds
                assert math.isfinite(low), which
                assert math.isfinite(high), which
                assert low <= parameter.default <= high, which
                assert not parameter.info.log or low > 0, which

    @every_real_scene
    def test_have_help(self, name):
        for which, parameter in declared(name).items():
            assert is_sentence(parameter.doc or ""), f"{which}: {parameter.doc!r}"

    @every_scene
    def test_names_do_not_clash_with_the_page(self, name):
        assert not set(declared(name)) & link.RESERVED

    @every_scene
    def test_defaults_are_values_they_accept(self, name):
        for which, parameter in declared(name).items():
            assert values.check(which, parameter, parameter.default) == parameter.default, which

    @every_scene
    def test_conditions_name_inputs_and_values_that_exist(self, name):
        known = declared(name)
        for which, parameter in known.items():
            assert parameter.info.cases, which
            for other, accepted in (pair for case in parameter.info.cases for pair in case.items()):
                assert other in known, which
                own = ("yours",) if isinstance(known[other], inputs.Data | inputs.File) else ()
                assert accepted, which
                assert all(value in own or can_be(known[other], value) for value in accepted), which

    @every_scene
    def test_choices_are_named_in_full_or_not_at_all(self, name):
        for which, parameter in declared(name).items():
            if isinstance(parameter, inputs.Choice) and parameter.info.names:
                assert set(parameter.info.names) == set(parameter.objects), which

    @every_scene
    def test_cursors_cost_nothing_and_nothing_else_is_a_cursor(self, name):
        for which, parameter in declared(name).items():
            assert (parameter.info.cost == "cursor") is isinstance(parameter, inputs.Cursor), which

    @every_scene
    def test_are_set_by_name_alone(self, name):
        with pytest.raises(ValueError, match=r"has no input 'no_such_input'"):
            explorer.scene(name, no_such_input=1)


class TestWords:
    @every_scene
    def test_presets_teach_one_thing_each(self, name):
        presets, known = registry.find(name).presets, set(declared(name))
        assert presets
        assert len({preset.name for preset in presets}) == len(presets)
        for preset in presets:
            assert is_sentence(preset.lesson), preset.name
            assert set(preset.inputs) <= known, preset.name

    @every_scene
    def test_the_story_has_a_title_and_a_first_paragraph(self, name):
        scene = registry.find(name)
        assert scene.title != name
        assert is_sentence(scene.summary)

    @every_scene
    def test_figures_have_titles_names_and_taps_that_exist(self, name):
        figures, known = registry.find(name).figures, declared(name)
        assert 1 <= len(figures) <= 4
        assert (
            len({figure.name for figure in figures})
            == len({figure.title for figure in figures})
            == len(figures)
        )
        for figure in figures:
            assert len(figure.title.split()) >= 4
            assert set(figure.follow) <= {"x", "y"}
            assert set(figure.tap) <= {"x", "y"}
            assert all(isinstance(known[which], inputs.Real) for which in figure.tap.values())

    @every_real_scene
    def test_a_scene_is_a_folder_of_four_parts(self, name):
        folder = registry.find(name).folder
        for part in ("model.py", "view.py", "story.md", "presets.yaml"):
            assert (folder / part).is_file(), part


def is_sentence(text: str) -> bool:
    words = text.split()
    return len(words) >= 2 and not words[0][0].islower() and text.rstrip().endswith((".", "!", "?", ":"))
