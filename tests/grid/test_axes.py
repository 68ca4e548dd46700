"""What is written after --over becomes the values that it says, or one sentence."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.core.inputs import Choice, Cursor, Data, File, Real, Seed, Switch, Text, Whole
from explorer.core.values import InputError
from explorer.grid.axes import axis_of

WHOLE = Whole(1, bounds=(-1000, 10**7), label="width")
REAL = Real(1.0, bounds=(-1e9, 1e9), label="noise")


def values(parameter, given):
    return axis_of("it", parameter, given).values


class TestNumbers:
    @pytest.mark.parametrize(
        ("text", "wanted"),
        [
            ("8", (8,)),
            ("8, 16,32", (8, 16, 32)),
            ("8,16,…,512", (8, 16, 32, 64, 128, 256, 512)),
            ("8,16,...,512", (8, 16, 32, 64, 128, 256, 512)),
            ("8,16,24,…,64", (8, 16, 24, 32, 40, 48, 56, 64)),
            ("1,2,…,10", tuple(range(1, 11))),
            ("0,10,…,50", (0, 10, 20, 30, 40, 50)),
            ("64,32,…,4", (64, 32, 16, 8, 4)),
            ("10,8,…,2", (10, 8, 6, 4, 2)),
            ("-4,-2,…,4", (-4, -2, 0, 2, 4)),
            ("1,2,…,2", (1, 2)),
            ("0:5", (0, 1, 2, 3, 4)),
            ("0:10:3", (0, 3, 6, 9)),
            ("5:0:-2", (5, 3, 1)),
            ("0,1,10:13", (0, 1, 10, 11, 12)),
            ("1:1000:log4", (1, 10, 100, 1000)),
            ("1:4:log9", (1, 2, 3, 4)),
            ("0:9:lin4", (0, 3, 6, 9)),
        ],
    )
    def test_whole(self, text, wanted):
        found = values(WHOLE, text)
        assert found == wanted
        assert all(type(value) is int for value in found)

    @pytest.mark.parametrize(
        ("text", "wanted"),
        [
            ("0.1,0.2,…,1", (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)),
            ("0:1:0.1", (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)),
            ("1e-3,1e-2,…,10", (1e-3, 1e-2, 1e-1, 1.0, 10.0)),
            ("0:1:lin3", (0.0, 0.5, 1.0)),
            ("1e-3:1e3:log7", (1e-3, 1e-2, 1e-1, 1.0, 10.0, 100.0, 1e3)),
            ("1e-308:1e8:log3", (1e-308, 1e-150, 1e8)),
        ],
    )
    def test_real_values_are_those_that_one_would_type(self, text, wanted):
        assert values(REAL, text) == wanted

    def test_a_logarithmic_range_holds_both_ends_exactly(self):
        found = values(REAL, "1e-3:30:log7")
        assert (found[0], found[-1], len(found)) == (1e-3, 30.0, 7)
        np.testing.assert_allclose(np.diff(np.log(found)), np.log(30 / 1e-3) / 6)

    @settings(deadline=None, max_examples=60)
    @given(st.integers(-50, 50), st.integers(1, 9), st.integers(2, 40))
    def test_an_ellipsis_by_difference_is_the_range(self, first, step, count):
        last = first + step * count
        found = values(WHOLE, f"{first},{first + step},{first + 2 * step},…,{last}")
        assert found == tuple(range(first, last + 1, step))

    @settings(deadline=None, max_examples=60)
    @given(st.integers(1, 9), st.integers(2, 5), st.integers(2, 6))
    def test_an_ellipsis_by_ratio_is_the_powers(self, first, ratio, count):
        found = values(WHOLE, f"{first},{first * ratio},…,{first * ratio**count}")
        assert found == tuple(first * ratio**power for power in range(count + 1))

    @settings(deadline=None, max_examples=60)
    @given(st.integers(-20, 20), st.integers(-20, 20), st.integers(-5, 5))
    def test_a_range_is_pythons(self, low, high, step):
        wanted = tuple(range(low, high, step)) if step else ()
        if wanted:
            assert values(WHOLE, f"{low}:{high}:{step}") == wanted
        else:
            with pytest.raises(InputError):
                values(WHOLE, f"{low}:{high}:{step}")

    @settings(deadline=None, max_examples=60)
    @given(st.text("0123456789.,:…-elogni* ", max_size=12))
    def test_any_text_is_values_or_a_sentence(self, text):
        for parameter in (WHOLE, REAL):
            found = ()
            with contextlib.suppress(InputError):
                found = values(parameter, text)
                assert found
            assert len(set(found)) == len(found)

    @pytest.mark.parametrize(
        ("parameter", "given", "words"),
        [
            (WHOLE, "a", "'a' is not one"),
            (WHOLE, "1.5", "whole number"),
            (WHOLE, "1,2,1", "takes 1 twice"),
            (WHOLE, "5:5", "takes no value"),
            (WHOLE, "0:5:0", "stands still"),
            (WHOLE, "1:2:3:4", "start:end:step"),
            (WHOLE, "0:9:log3", "positive ends"),
            (WHOLE, "1:9:log1", "no such number"),
            (WHOLE, "1,2,…", "stands between"),
            (WHOLE, "1,…,9", "stands between"),
            (WHOLE, "3,5,…,10", "neither by a ratio nor by a difference"),
            (WHOLE, "1,2,4,5,…,9", "neither"),
            (WHOLE, "0:99999999", "at most 100,000"),
            (WHOLE, "0:99999999999", "at most 100,000"),
            (WHOLE, "99999999", "lies between"),
            (WHOLE, "1e999999999", "plain size"),
            (REAL, "nan", "plain size"),
            (REAL, "1e-999999999", "plain size"),
            (REAL, "*", "'*' is not one"),
            (WHOLE, [], "takes no value"),
            (WHOLE, [1, "a"], "a number"),
        ],
    )
    def test_what_is_wrong_is_one_sentence(self, parameter, given, words):
        with pytest.raises(InputError, match="it") as told:
            values(parameter, given)
        assert words in str(told.value)


class TestOthers:
    def test_choices_switches_and_bundled_tables(self):
        choice = Choice("sgd", objects=["sgd", "adam", 3])
        assert values(choice, "adam,3") == ("adam", 3)
        assert values(choice, "*") == ("sgd", "adam", 3)
        assert values(Switch(True), "*") == (False, True)
        assert values(Switch(True), "1,0") == (True, False)
        data = Data("a", bundled={"a": "first", "b": "second"})
        assert values(data, "*") == ("a", "b")
        assert values(Text(""), "x^2, y") == ("x^2", "y")

    def test_cursors_and_seeds_are_numbers(self):
        assert values(Cursor(1.0, bounds=(1e-3, 1e3)), "0.1,1,…,100") == (0.1, 1.0, 10.0, 100.0)
        assert values(Seed(0), "0:3") == (0, 1, 2)

    @pytest.mark.parametrize(
        ("parameter", "given", "words"),
        [
            (Choice("a", objects=["a"]), "b", "one of a"),
            (Data("a", bundled={"a": "first"}), "b.csv", "what is bundled, a"),
            (Data("a", bundled={"a": "first"}), [{"x": [1.0]}], "what is bundled"),
            (File("", accept=(".npz",), read=len), "a.npz", "is a file"),
            (Text(""), "*", "no list of values"),
        ],
    )
    def test_what_is_wrong_is_one_sentence(self, parameter, given, words):
        with pytest.raises(InputError) as told:
            values(parameter, given)
        assert words in str(told.value)


@pytest.mark.parametrize(
    "given", [[8, 16], (8, 16), np.array([8, 16]), iter([8, 16]), range(8, 17, 8), "8,16"]
)
def test_a_sequence_of_any_kind(given):
    found = values(WHOLE, given)
    assert found == (8, 16)
    assert all(type(value) is int for value in found)


def test_a_single_value():
    assert values(REAL, 2) == (2.0,)
