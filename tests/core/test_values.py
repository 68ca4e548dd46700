"""Values of inputs: what is taken, in which type, and the sentence for what is not."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.core import values
from explorer.core.inputs import Choice, Column, Cursor, Data, File, Info, Real, Seed, Switch, Text, Whole
from explorer.core.model import Model
from explorer.core.values import InputError


class Every(Model):
    """One input of each kind."""

    share = Real(0.5, bounds=(0.0, 1.0), label="share σ")
    above = Real(1.0, bounds=(0.0, None), label="above")
    below = Real(-1.0, bounds=(None, 0.0), label="below")
    free = Real(0.0, label="free")
    count = Whole(3, bounds=(1, 2**31), label="count")
    shape = Choice("sine", objects=["sine", "square"], label="shape")
    level = Choice(1, objects=[1, 2], label="level")
    noisy = Switch(True, label="noise")
    formula = Text("x + 1", label="formula")
    data = Data("small", bundled={"small": "A small table"}, label="data")
    target = Column(label="target")
    weights = File(accept=(".bin",), read=lambda content, name: content.decode("ascii"), label="weights")
    seed = Seed()
    phase = Cursor(0.0, bounds=(0.0, 6.0), label="phase")


INPUTS = Every.inputs()


def check(name: str, value: object) -> object:
    return values.check(name, INPUTS[name], value)


class TestTaken:
    @pytest.mark.parametrize(
        ("name", "given", "taken"),
        [
            ("share", 1, 1.0),
            ("share", 0.25, 0.25),
            ("share", np.float32(0.25), 0.25),
            ("share", np.float64(0.25), 0.25),
            ("share", np.int64(1), 1.0),
            ("share", Fraction(1, 4), 0.25),
            ("count", 7, 7),
            ("count", 7.0, 7),
            ("count", np.int16(7), 7),
            ("count", np.uint8(7), 7),
            ("count", np.float64(7.0), 7),
            ("noisy", False, False),
            ("noisy", np.bool_(False), False),
            ("shape", "square", "square"),
            ("level", 2, 2),
            ("formula", "x²", "x²"),
            ("target", "y", "y"),
            ("data", "small", "small"),
            ("phase", np.float64(2.0), 2.0),
            ("seed", 2**31 - 1, 2**31 - 1),
        ],
    )
    def test_in_the_inputs_own_type(self, name, given, taken):
        found = check(name, given)
        assert found == taken
        assert type(found) is type(taken)

    @pytest.mark.parametrize(
        ("name", "ends"),
        [("share", (0.0, 1.0)), ("count", (1, 2**31)), ("above", (0.0, 1e300)), ("below", (-1e300, 0.0))],
    )
    def test_bounds_belong_to_the_range(self, name, ends):
        assert tuple(check(name, end) for end in ends) == ends

    def test_large_whole_numbers_keep_every_digit(self):
        class Wide(Model):
            large = Whole(0, label="large")

        assert values.check("large", Wide.inputs()["large"], 2**60 + 1) == 2**60 + 1


class TestRefused:
    @pytest.mark.parametrize(
        ("name", "given", "words"),
        [
            ("share", 1.5, r"share \(share σ\) lies between 0 and 1; 1.5 does not"),
            ("share", -1e-9, "lies between 0 and 1"),
            ("share", math.nan, "finite number; nan is not"),
            ("share", math.inf, "finite number; inf is not"),
            pytest.param("share", 10**400, "finite number; 1000", id="share-huge"),
            ("share", "0.5", "is a number; '0.5' is not"),
            ("share", True, "is a number; True is not"),
            ("share", np.bool_(True), "is a number"),
            ("share", None, "is a number; None is not"),
            ("share", 1j, "is a number"),
            ("share", np.array([0.5]), "is a number"),
            ("above", -1.0, "above is at least 0; -1.0 is not"),
            ("below", 1.0, "below is at most 0; 1.0 is not"),
            ("count", 2.5, "count is a whole number; 2.5 is not"),
            ("count", 0, "lies between 1 and"),
            pytest.param("count", 10**400, "finite number; 1000", id="count-huge"),
            ("count", "3", "is a number; '3' is not"),
            ("count", math.nan, "finite number"),
            ("noisy", 1, r"noisy \(noise\) is on or off \(True or False\); 1 is neither"),
            ("noisy", "yes", "on or off"),
            ("shape", "round", "shape is one of sine, square; 'round' is not"),
            ("shape", np.array(["sine", "square"]), "is one of sine, square"),
            ("level", True, "is one of 1, 2; True is not"),
            ("level", 1.0, "is one of 1, 2"),
            ("formula", 3, "formula is a text; 3 is not"),
            pytest.param(
                "formula", "x" * 2001, "at most 2000 characters; this text has 2001", id="formula-long"
            ),
            ("data", 3, "type 'int' is no table"),
        ],
    )
    def test_with_one_sentence(self, name, given, words):
        with pytest.raises(ValueError, match=words) as caught:
            check(name, given)
        sentence = str(caught.value)
        assert sentence.endswith(".")
        assert "\n" not in sentence

    def test_long_values_are_cut(self):
        with pytest.raises(InputError) as caught:
            check("shape", "z" * 5000)
        assert len(str(caught.value)) < 120

    def test_a_cost_class_that_does_not_exist(self):
        with pytest.raises(ValueError, match=r"'quick' is none of cursor, live, settle, long\."):
            Real(0.0, cost="quick")


class TestText:
    @given(st.floats(0.0, 1.0))
    def test_real_numbers_come_back_exactly(self, value):
        found = values.from_text("share", INPUTS["share"], values.to_text(INPUTS["share"], value))
        assert found == value
        assert math.copysign(1.0, found) == math.copysign(1.0, value)

    @given(st.integers())
    def test_whole_numbers_come_back_exactly(self, value):
        assert values.from_text("count", INPUTS["count"], values.to_text(INPUTS["count"], value)) == value

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("noisy", True),
            ("noisy", False),
            ("shape", "square"),
            ("level", 2),
            ("formula", "1"),
            ("data", "small"),
        ],
    )
    def test_other_values_come_back_with_their_type(self, name, value):
        found = values.from_text(name, INPUTS[name], values.to_text(INPUTS[name], value))
        assert found == value
        assert type(found) is type(value)

    @pytest.mark.parametrize(
        ("name", "value", "plain"),
        [("share", np.float64(0.5), 0.5), ("share", 1, 1.0), ("count", np.int64(4), 4)],
    )
    def test_values_set_past_the_model_still_travel(self, name, value, plain):
        for found in (
            values.to_json(INPUTS[name], value),
            values.from_text(name, INPUTS[name], values.to_text(INPUTS[name], value)),
        ):
            assert found == plain
            assert type(found) is type(plain)

    @pytest.mark.parametrize(
        ("name", "text", "words"),
        [
            ("share", "half", "is a number; 'half' is not"),
            ("share", "", "is a number"),
            ("share", "np.float64(0.5)", "is a number"),
            ("count", "2.5", "count is a whole number; '2.5' is not"),
            pytest.param("count", "9" * 5000, "is a whole number", id="count-huge"),
            ("noisy", "yes", "is 1 or 0 in a link; 'yes' is neither"),
        ],
    )
    def test_what_cannot_be_read_is_a_sentence(self, name, text, words):
        with pytest.raises(InputError, match=words):
            values.from_text(name, INPUTS[name], text)


def test_info_is_kept_and_told_apart_by_kind():
    kinds = {name: p.info.kind for name, p in INPUTS.items()}
    assert kinds["seed"] == "seed"
    assert kinds["phase"] == "cursor"
    assert kinds["target"] == "column"
    assert INPUTS["phase"].info.cost == "cursor"
    assert INPUTS["share"].info == Info()
