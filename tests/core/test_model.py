"""A model computes once for one change, only when asked, and its state is all there is to it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import explorer
from explorer.core.check import Check
from explorer.core.frame import Frame, Table
from explorer.core.inputs import Choice, Cursor, Real, Seed, Switch, Whole
from explorer.core.model import Model
from explorer.core.runner import Report
from explorer.core.values import InputError


class Counting(Model):
    """Counts its computations."""

    slope = Real(1.0, bounds=(0.0, 10.0), label="slope")
    count = Whole(3, bounds=(1, 9), label="count")
    shape = Choice("flat", objects=["flat", "steep"], label="shape")
    noisy = Switch(False, label="noise")
    seed = Seed(0)
    place = Cursor(0.0, bounds=(0.0, 2.0), label="place")

    def __init__(self, **inputs: Any) -> None:
        self.drawn, self.steps = 0, 0
        super().__init__(**inputs)

    def compute(self, report: Report) -> Frame:
        self.drawn += 1
        return Frame(
            tables={"line": Table({"y": self.slope * np.arange(self.count)})}, cursors={"place": [0, 1, 2]}
        )

    def refine(self, frame: Frame, report: Report) -> Iterator[Frame]:
        for step in range(2):
            self.steps += 1
            yield frame.with_(tables={"step": {"n": [step]}})

    def verify(self, frame: Frame) -> list[Check]:
        return [Check("last step", float(frame.tables["step"]["n"][0]), 1.0, 0.0, "here")]


@pytest.fixture
def model() -> Counting:
    return Counting()


class TestComputing:
    def test_nothing_is_computed_before_it_is_read(self, model):
        model.update(slope=2.0)
        model.slope = 3.0
        assert model.drawn == 0

    def test_one_batch_of_changes_is_one_computation(self, model):
        _ = model.frame
        model.update(slope=2.0, count=5, shape="steep", noisy=True, seed=4)
        assert model.frame.tables["line"]["y"].tolist() == [0.0, 2.0, 4.0, 6.0, 8.0]
        assert model.drawn == 2

    def test_reading_again_gives_the_same_frame(self, model):
        assert model.frame is model.frame
        assert len(model.checks()) == 1
        model.state(), model.link(), repr(model)
        assert (model.drawn, model.steps) == (1, 2)

    def test_setting_an_equal_value_computes_nothing(self, model):
        before = model.frame
        model.update(slope=1, count=np.int64(3))
        assert model.frame is before

    @pytest.mark.parametrize("name", ["slope", "count", "shape", "noisy", "seed"])
    def test_every_other_input_makes_the_frame_stale(self, model, name):
        before = model.frame
        model.update(**{name: {"shape": "steep", "noisy": True}.get(name, 2)})
        assert model.frame is not before

    def test_a_cursor_turns_pages_and_computes_nothing(self, model):
        before = model.frame
        model.update(place=1.9)
        assert model.frame is before
        assert dict(model.opened(before).pages) == {"place": 2}

    def test_plain_assignment_computes_too(self, model):
        _ = model.frame
        model.slope = 4.0
        assert model.frame.tables["line"]["y"][-1] == 8.0

    def test_the_frame_is_the_last_refinement(self, model):
        assert model.frame.tables["step"]["n"].tolist() == [1]
        assert ["step" in frame.tables for frame in model.frames()] == [False, True, True]
        assert [check.passed for check in model.checks()] == [True]

    def test_a_frame_computed_elsewhere_is_taken(self, model):
        frame = model.copy().frame
        model.accept(frame)
        assert model.frame is frame
        assert model.drawn == 0
        model.slope = 2.0
        assert model.frame is not frame

    def test_a_failed_computation_leaves_no_frame_behind(self):
        model = explorer.scene("toy/wave", fail=True)
        for _ in range(2):
            with pytest.raises(RuntimeError, match="the wave broke"):
                _ = model.frame
        assert "wave" in model.update(fail=False).frame.tables

    def test_a_model_without_compute_says_so(self):
        with pytest.raises(NotImplementedError):
            _ = Model().frame

    def test_refinements_and_checks_are_optional(self):
        class Plain(Model):
            def compute(self, report: Report) -> Frame:
                return Frame()

        assert list(Plain().frame.tables) == []
        assert Plain().checks() == []


class TestUpdate:
    def test_sets_nothing_if_one_value_is_wrong(self, model):
        before, frame = model.state(), model.frame
        for wrong in ({"count": 99}, {"shape": "round"}, {"nothing": 1}, {"seed": 0.5}):
            with pytest.raises(InputError):
                model.update(slope=5.0, noisy=True, **wrong)
            assert model.state() == before
            assert model.frame is frame

    def test_gives_the_model_back(self, model):
        assert model.update(slope=2.0) is model
        assert model.reset() is model

    def test_an_unknown_input_is_answered_with_the_nearest(self):
        with pytest.raises(InputError, match=r"toy/wave has no input 'freqency'; did you mean 'frequency'\?"):
            explorer.scene("toy/wave", freqency=2.0)
        with pytest.raises(
            InputError, match=r"Counting has no input 'zzz'; it has slope, count, shape, noisy"
        ):
            Counting(zzz=1)

    def test_names_of_no_input_are_refused_even_if_param_knows_them(self, model):
        with pytest.raises(InputError, match="no input 'name'"):
            model.update(name="other")

    def test_out_of_bounds_is_one_sentence(self):
        with pytest.raises(InputError) as caught:
            explorer.scene("toy/wave", frequency=9)
        assert str(caught.value) == "frequency (frequency f) lies between 0.5 and 4; 9.0 does not."

    def test_param_refuses_plain_assignment_out_of_bounds(self, model):
        with pytest.raises(ValueError, match="slope"):
            model.slope = 11.0

    def test_reset_is_one_change_back_to_the_defaults(self, model):
        model.update(slope=2.0, count=5, place=2.0, seed=9)
        _ = model.frame
        assert model.reset().state() == Counting().state()
        assert model.frame.digest() == Counting().frame.digest()
        assert model.drawn == 2


class TestCopies:
    def test_a_copy_has_the_same_inputs_and_a_life_of_its_own(self, model):
        model.update(slope=2.0, place=1.0)
        twin = model.copy()
        assert type(twin) is Counting
        assert twin.state() == model.state()
        twin.update(slope=3.0)
        assert model.slope == 2.0
        assert twin.frame.digest() != model.frame.digest()

    def test_models_of_one_scene_do_not_share_values(self):
        one, other = explorer.scene("toy/wave"), explorer.scene("toy/wave", frequency=2.0)
        assert (one.frequency, other.frequency) == (1.0, 2.0)


class TestState:
    SETTINGS = (
        {},
        {"frequency": 0.1 + 0.2 + 0.3, "decay": 1 / 3, "shape": "square"},
        {"lines": np.int64(3), "noisy": np.bool_(False), "seed": 2**31 - 1, "phase": np.float32(1.1)},
    )

    @pytest.mark.parametrize("inputs", SETTINGS)
    def test_travels_as_json_to_the_same_digest(self, inputs):
        model = explorer.scene("toy/wave", **inputs)
        text = json.dumps(model.state(), allow_nan=False)
        again = explorer.scene("toy/wave", **json.loads(text))
        assert again.state() == model.state()
        assert again.frame.digest() == model.frame.digest()

    def test_holds_every_input_in_the_declared_order(self, model):
        assert list(model.state()) == ["slope", "count", "shape", "noisy", "seed", "place"]
        assert list(model.inputs()) == list(model.state())

    def test_is_plain_after_numpy_values_were_assigned(self, model):
        model.slope, model.count = np.float64(0.1), np.int64(4)
        assert json.loads(json.dumps(model.state())) == model.state()
        assert "np." not in model.link()

    def test_equal_inputs_give_equal_digests_and_other_seeds_do_not(self):
        digests = [explorer.scene("toy/wave", seed=seed).frame.digest() for seed in (1, 1, 2)]
        assert digests[0] == digests[1] != digests[2]

    def test_repr_shows_the_scene_and_its_inputs(self):
        assert repr(explorer.scene("toy/wave", lines=3)).startswith("toy/wave(frequency=1.0, decay=0.1, ")


class TestPublicFace:
    def test_figures_are_opened_where_the_cursors_stand(self):
        layout = explorer.scene("toy/wave", phase=6.0).figures()
        heights = layout.Overlay.II.Curve.I.dimension_values("height")
        x = np.linspace(0, 10, 200)
        assert np.allclose(heights, np.sin(x - 6.0))

    def test_the_package_lists_what_it_offers(self):
        assert set(explorer.__all__) <= set(dir(explorer))
        assert "toy/wave" in explorer.scenes()
        with pytest.raises(AttributeError, match="no attribute 'nothing'"):
            _ = explorer.nothing
