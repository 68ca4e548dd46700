"""What the lesson on the wall between two networks states is what its frames hold."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from tests.lessons import Taught

WALL = Taught("connectivity/pair", "wall")
MIDDLE = 25


def barrier(frame, which="before"):
    return frame.tables["barriers"]["bar_height"][("before", "after", "mended").index(which)]


def distance(frame, words="Distance from a to b"):
    return float(re.search(rf"{words} ([\d.]+)", frame.captions["plane"]).group(1))


def likeness(frame, words):
    return float(re.search(rf"(-?[\d.]+) {words}", frame.captions["below"]).group(1))


def test_1_halfway_between_two_equal_functions_stands_another():
    before, after = WALL.frame(1), WALL.frame(1, revealed=True)
    assert barrier(before) < 1e-3
    line, page = after.tables["line"], after.series["function"].page(MIDDLE)
    assert line["before"][[0, -1]] == pytest.approx([0.0, 0.0], abs=1e-12)
    slope = page["given"][-1] / page["fed"][-1]
    WALL.states(1, "1.56", slope)
    WALL.states(1, "1.6", slope)
    WALL.states(1, "0.158", line["before"][MIDDLE])
    assert barrier(after) == pytest.approx((2 - 0.5) ** 4 / 32)
    assert WALL.right(1) == 3


def test_2_the_tap_is_right_where_the_white_curve_crosses_the_diagonal():
    place, frame = WALL.place(2), WALL.frame(2)
    arm = frame.tables["arm"]
    on_diagonal = np.argmin(np.abs(arm["arm_u"] - arm["arm_v"]))
    assert place.holds(arm["arm_u"][on_diagonal], arm["arm_v"][on_diagonal])
    np.testing.assert_allclose(arm["arm_u"] * arm["arm_v"], 1.0)
    spots = frame.series["spots"].page(MIDDLE)
    assert not place.holds(spots["spot_u"][0], spots["spot_v"][0])  # the middle of the line that climbs
    assert barrier(WALL.frame(2, revealed=True), "after") == 0.0


def test_3_the_networks_of_the_text():
    loss = WALL.frame(3).tables["line"]["before"]
    WALL.states(3, "0.058", loss[0])
    WALL.states(3, "0.070", loss[-1])
    WALL.states(3, "0.36", loss[MIDDLE])
    WALL.states(3, "0.30", barrier(WALL.frame(3)))
    wrong = WALL.frame(3, measure="error").tables["line"]["before"]
    WALL.states(3, "1", 100 * wrong[0])
    WALL.states(3, "1", 100 * wrong[-1])
    WALL.states(3, "7", 100 * wrong[MIDDLE])
    assert WALL.right(3) == 3
    assert WALL.setting(3)["width"] == 64
    assert 10**89 < math.factorial(64) < 10**89.5


def test_4_matching_takes_the_wall_down_and_changes_no_function():
    before, after = WALL.frame(4), WALL.frame(4, revealed=True)
    assert not before.facts["matched"]
    line = after.tables["line"]
    assert line["after"][-1] == pytest.approx(line["before"][-1], abs=1e-12)
    WALL.states(4, "0.022", barrier(after, "after"))
    WALL.states(4, "0.296", barrier(after))
    assert WALL.right(4) == 3
    assert barrier(after, "after") < 0.1 * barrier(after)
    WALL.states(4, "0", likeness(before, "as trained"), within=0.05)
    WALL.states(4, "0.46", likeness(after, "matched"))
    WALL.states(4, "25.6", distance(after))
    WALL.states(4, "18.3", distance(after, "to b matched"))


def test_5_the_first_weights_give_the_names():
    after = WALL.frame(5, revealed=True)
    line = after.tables["line"]
    chord = line["before"][0] + line["t"] * (line["before"][-1] - line["before"][0])
    assert (line["before"] <= chord + 1e-12).all()
    WALL.states(5, "2.6", distance(after))
    WALL.states(5, "25.6", distance(WALL.frame(5)))
    setting = WALL.setting(5, revealed=True)
    assert setting["method"] == "none"
    assert setting["same_start"]
    assert not setting["same_order"]
    assert WALL.right(5) == 3


def test_6_no_order_removes_the_wall_of_narrow_networks():
    WALL.states(6, "0.022", barrier(WALL.frame(6), "after"))
    after = WALL.frame(6, revealed=True)
    tried, trained, matched, best = re.search(
        r"All (\d+) orders tried: barrier ([\d.]+) as trained, ([\d.]+) after weight matching, ([\d.]+) at",
        after.captions["line_between"],
    ).groups()
    assert int(tried) == math.factorial(6) == 720
    WALL.states(6, "1.15", float(trained))
    WALL.states(6, "0.136", float(matched))
    WALL.states(6, "0.136", float(best))
    assert WALL.right(6) == 2


def test_7_repair_takes_down_what_matching_leaves():
    before, after = WALL.frame(7), WALL.frame(7, revealed=True)
    assert not before.facts["mended"]
    WALL.states(7, "1.82", barrier(before))
    WALL.states(7, "0.30", barrier(before, "after"))
    WALL.states(7, "0.30", likeness(before, "matched"))
    WALL.states(7, "0.104", barrier(after, "mended"))
    WALL.states(7, "0.10", barrier(after, "mended"))
    assert WALL.right(7) == 2
