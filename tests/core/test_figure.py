"""A figure knows its name and cannot be changed."""

from __future__ import annotations

import pytest

from explorer.core.figure import Figure


def landscape(frame: object) -> object:
    return frame


def test_is_named_after_the_function_that_draws_it():
    assert Figure(landscape, "A landscape").name == "landscape"


def test_defaults_follow_both_axes_and_react_to_no_tap():
    figure = Figure(landscape, "A landscape")
    assert (dict(figure.tap), figure.follow) == ({}, "xy")
    assert figure.draw("frame") == "frame"


def test_cannot_be_changed():
    with pytest.raises(AttributeError):
        Figure(landscape, "A landscape").title = "Another"
