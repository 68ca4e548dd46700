"""A check holds within its tolerance, fails beyond it and on what is not finite, or does not apply."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.core.check import Check

numbers = st.floats(-1e6, 1e6)


def check(measured: float, expected: float, tolerance: float) -> Check:
    return Check("law", measured, expected, tolerance, "here")


@pytest.mark.parametrize(
    ("measured", "expected", "tolerance", "passed"),
    [
        (1.0, 1.0, 0.0, True),
        (1.5, 1.0, 0.5, True),
        (0.5, 1.0, 0.5, True),
        (np.nextafter(1.5, 2.0), 1.0, 0.5, False),
        (math.nan, 1.0, 10.0, False),
        (1.0, math.nan, 10.0, False),
        (1.0, 1.0, math.nan, False),
        (math.nan, math.nan, math.inf, False),
        (math.inf, math.inf, 1.0, False),
        (math.inf, 0.0, math.inf, False),
        (-math.inf, 0.0, 1.0, False),
        (0.0, math.inf, 1.0, False),
        (1.0, 1.0, -1.0, False),
    ],
)
def test_verdict(measured, expected, tolerance, passed):
    found = check(measured, expected, tolerance)
    assert found.passed is passed
    assert found.verdict == ("holds" if passed else "fails")


@given(numbers, numbers, st.floats(0.0, 1e6))
def test_measured_and_expected_change_places_freely(measured, expected, tolerance):
    assert check(measured, expected, tolerance).passed is check(expected, measured, tolerance).passed
    assert check(measured, expected, tolerance).passed is (abs(measured - expected) <= tolerance)


def test_a_law_that_does_not_apply_passes_and_says_so():
    found = Check.not_applicable("law", "here", "The truth is not known.")
    assert found.passed is True
    assert found.verdict == "n/a"
    assert found.note == "The truth is not known."
    assert math.isnan(found.measured)
    assert Check("law", 9.0, 0.0, 1.0, "here", applies=False).verdict == "n/a"


@pytest.mark.parametrize("kind", [np.float64, np.float32])
def test_numpy_numbers_give_a_plain_verdict(kind):
    assert json.dumps(check(kind(1.0), kind(1.0), kind(0.0)).passed) == "true"
    assert json.dumps(check(kind(2.0), kind(1.0), kind(0.5)).passed) == "false"


def test_cannot_be_changed():
    with pytest.raises(AttributeError):
        check(1.0, 1.0, 0.0).measured = 2.0
