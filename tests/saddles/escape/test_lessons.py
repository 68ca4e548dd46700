"""What the lesson on leaving a saddle states is what its frames hold."""

from __future__ import annotations

import numpy as np
import pytest

import explorer
from tests.lessons import Taught

LEAVE = Taught("saddles/escape", "leave", draft=True)
R = 0.139


def row(frame, method):
    """The law's step and the first step outside."""
    table = frame.tables["escapes"]
    at = list(table["method"]).index(method)
    return table["predicted_step"][at], table["found_step"][at]


def place(frame, method, step):
    runs = frame.tables["runs"]
    return runs[f"x_{method}"][step], runs[f"y_{method}"][step]


def test_1_what_looks_finished_after_ten_steps_ends_in_the_minimum():
    before, after = LEAVE.frame(1), LEAVE.frame(1, revealed=True)
    x, y = place(before, "gradient", 10)
    LEAVE.states(1, "0.009", x)
    LEAVE.states(1, "0.009", np.hypot(x**3 - x, y**3 - y))
    assert x**3 - x < 0 < x  # the gradient points back to x = 0
    loss = before.tables["runs"]["loss_gradient"]
    assert 0 < loss[9] - loss[10] < 1e-4
    assert LEAVE.right(1) == 2
    assert place(after, "gradient", 60) == pytest.approx((1.0, 1.0), abs=1e-6)
    lowest = after.tables["bend"]["curvature_1"]
    np.testing.assert_allclose(lowest[:15], -1.0, atol=0.01)
    LEAVE.states(1, "2", lowest[60], within=1e-3)


def test_1_the_surface_is_the_one_of_the_text():
    marks = list(LEAVE.frame(1).tables["critical"]["critical_mark"])
    assert [marks.count(mark) for mark in ("circle", "x", "triangle")] == [4, 4, 1]
    runs = LEAVE.frame(1).tables["runs"]
    x, y = runs["x_gradient"], runs["y_gradient"]
    np.testing.assert_allclose(runs["loss_gradient"], (x**4 + y**4) / 4 - (x**2 + y**2) / 2, atol=1e-12)


def test_2_the_tap_is_right_where_the_run_from_the_nearer_start_leaves():
    before, after = LEAVE.frame(2), LEAVE.frame(2, revealed=True)
    tap = LEAVE.place(2)
    law, found = row(after, "gradient")
    assert tap.holds(law, 0.1)
    assert tap.holds(found, 0.1)
    assert not tap.holds(row(before, "gradient")[1], 0.1)  # what stands there already is no answer
    LEAVE.states(2, "33", found)
    LEAVE.states(2, "32.4", law)
    LEAVE.states(2, "10.3", np.log(10) / np.log(1.25))


def test_2_the_law_of_the_text_is_the_one_of_the_diamond():
    before = LEAVE.frame(2)
    law, found = row(before, "gradient")
    LEAVE.states(2, "0.139", before.tables["radius"]["escape_radius"][0])
    LEAVE.states(2, "22.1", law)
    assert law == pytest.approx(np.log(R / 0.001) / np.log(1.25), abs=0.02)
    LEAVE.states(2, "23", found)
    x = before.tables["runs"]["x_gradient"]
    LEAVE.states(2, "1.25", x[1] / x[0])


def test_3_on_the_ridge_only_noise_leaves():
    after = LEAVE.frame(3, revealed=True)
    assert LEAVE.right(3) == 2
    assert (after.tables["runs"]["x_gradient"] == 0.0).all()
    assert place(after, "gradient", 60) == pytest.approx((0.0, 1.0), abs=1e-6)
    law, found = row(after, "noisy")
    LEAVE.states(3, "18", found)
    LEAVE.states(3, "12.8", law)


def test_4_half_the_curvature_is_twice_the_wait():
    before, after = LEAVE.frame(4), LEAVE.frame(4, revealed=True)
    assert LEAVE.setting(4)["dimension"] == 10
    LEAVE.states(4, "140", row(before, "gradient")[1])
    LEAVE.states(4, "276", row(after, "gradient")[1])
    assert LEAVE.right(4) == 2
    assert row(after, "gradient")[0] / row(before, "gradient")[0] == pytest.approx(2.0, abs=0.05)
    assert list(before.tables["critical"]["critical_index"]).count(1) == 1


def test_5_newton_walks_into_the_saddle():
    after = LEAVE.frame(5, revealed=True)
    assert "newton" not in LEAVE.frame(5).facts["methods"]  # not drawn before the answer
    assert LEAVE.right(5) == 2
    assert place(after, "newton", 60) == pytest.approx((0.0, 1.0), abs=1e-12)
    x = after.tables["runs"]["x_newton"]
    LEAVE.states(5, "0.00002", -x[1])
    assert -2e-5 < x[1] < 0 < x[0] == 0.02


def test_5_so_many_starts_end_in_saddles_and_the_maximum():
    ends = explorer.scene("saddles/escape", **LEAVE.setting(5, revealed=True)).frame
    marks, shares = ends.tables["critical"]["critical_mark"], ends.tables["ends"]["end_share"]
    LEAVE.states(5, "34", 100 * shares[marks == "x"].sum())
    LEAVE.states(5, "5", 100 * shares[marks == "triangle"].sum())


def test_6_saddle_free_newton_does_not_mind_the_curvature():
    before, after = LEAVE.frame(6), LEAVE.frame(6, revealed=True)
    assert LEAVE.right(6) == 2
    for frame, number in ((before, "140"), (after, "276")):
        LEAVE.states(6, number, row(frame, "gradient")[1])
        LEAVE.states(6, "10", row(frame, "saddle_free")[1])
        LEAVE.states(6, "9.8", row(frame, "saddle_free")[0])
    distance = after.tables["runs"]["distance_saddle_free"]
    np.testing.assert_allclose(distance[1:7] / distance[:6], 2.0, rtol=0.01)
    counted = LEAVE.frame(6, revealed=True, evaluations=True).tables["escapes"]
    asked = dict(zip(counted["method"], counted["found_at"], strict=True))
    LEAVE.states(6, "650", asked["saddle_free"])
    LEAVE.states(6, "2760", asked["gradient"])


def test_7_all_three_at_once():
    frame = LEAVE.frame(7)
    LEAVE.states(7, "9", row(frame, "gradient")[1])
    LEAVE.states(7, "3", row(frame, "saddle_free")[1])
    assert place(frame, "newton", 6) == pytest.approx((0.0, 1.0), abs=1e-6)
