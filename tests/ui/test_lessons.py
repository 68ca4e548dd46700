"""A lesson's question in a real browser: answered by a tap on the figure that it names."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.ui


def test_a_tap_on_the_figure_answers_and_the_reveal_sets_the_scene(visit):
    held = visit().open("saddles/escape?lesson=leave.2").settled()
    held.page.mouse.click(*held.place(1, 33.0, 0.05))
    held.until(
        "() => /lesson=leave\\.2\\.3[2-4]/.test(location.search) && /x0=0\\.0001/.test(location.search)"
    )
    held.until("() => /step=33/.test(location.search)")
