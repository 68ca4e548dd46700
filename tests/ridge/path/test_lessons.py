"""What the lesson on the peak at p = n states is what its frames hold."""

from __future__ import annotations

import numpy as np
import pytest

import explorer
from tests.lessons import Taught

PEAK = Taught("ridge/path", "peak", draft=True)


def limit(frame):
    """The risk without a penalty: the last circle at the left edge."""
    return frame.tables["limit"]["limit_error"][-1]


def risk(frame, penalty):
    path = frame.tables["path"]
    return path["risk"][np.argmin(np.abs(np.log(path["penalty"] / penalty)))]


def singular(frame):
    return frame.series["directions"]["singular"][0]


def test_1_the_cursor_stands_where_the_risk_is_least():
    path = PEAK.frame(1).tables["path"]
    rows = PEAK.setting(1)
    PEAK.states(1, "120", rows["n"])
    assert rows["p"] == rows["n"]
    PEAK.states(1, "0.25", rows["noise"] ** 2)
    assert (path["risk"] > 0.25).all()
    assert risk(PEAK.frame(1), rows["alpha"]) == path["risk"].min()


def test_2_without_a_penalty_the_risk_is_a_thousand_times_as_large():
    frame = PEAK.frame(2)
    path = frame.tables["path"]
    PEAK.states(2, "0.55", path["risk"].min())
    PEAK.states(2, "654", limit(frame))
    assert PEAK.right(2) == 3
    assert 800 < limit(frame) / path["risk"].min() < 1300
    assert path["train"][0] < 1e-4 < path["train"].max()
    assert (np.diff(path["bias2"]) > 0).all()  # it falls with the penalty ...
    assert path["variance"][0] > 0.99 * path["risk"][0]  # ... and the variance is the rest


def test_3_the_tap_is_right_at_the_smallest_singular_value_alone():
    frame, place = PEAK.frame(3), PEAK.place(3)
    s = explorer.scene("ridge/path", **PEAK.setting(3)).posed().problem.s
    right = [value for value in singular(frame) if place.holds(value, 0.5)]
    assert right == [s.min()]
    PEAK.states(3, "0.02", s.min())
    PEAK.states(3, "20", s.max(), within=2.0)
    assert s.max() > 20
    PEAK.states(3, "50", 1 / s.min(), within=1.0)
    PEAK.states(3, "98", 100 * s.min() ** -2 / (s**-2).sum())
    assert 0.1 < s.min() * np.sqrt(120) < 3


@pytest.mark.parametrize(("p", "near"), [(60, 0.12), (400, 0.05)])
def test_3_far_from_n_the_singular_values_end_at_the_edge_of_marchenko_and_pastur(p, near):
    frame = PEAK.frame(3, p=p)
    assert singular(frame).min() == pytest.approx(abs(np.sqrt(120) - np.sqrt(p)), rel=near)


def test_4_a_little_penalty_is_enough_and_a_larger_one_is_best():
    frame, s = PEAK.frame(4), singular(PEAK.frame(4))
    PEAK.states(4, "1.5", risk(frame, 1.0))
    PEAK.states(4, "0.55", risk(frame, 40.0))
    PEAK.states(4, "40", frame.tables["path"]["penalty"][frame.tables["path"]["risk"].argmin()], within=5.0)
    assert PEAK.right(4) == 1
    assert s.min() ** 2 < 1e-3
    assert s.max() ** 2 > 400


def test_5_fewer_features_have_the_risk_of_the_formula():
    frame = PEAK.frame(5)
    PEAK.states(5, "0.504", 0.25 * (1 + 60 / 59))
    PEAK.states(5, "0.505", limit(frame))
    assert PEAK.right(5) == 1
    for p, number in ((100, "1.6"), (110, "3.3"), (118, "30")):
        PEAK.states(5, number, 0.25 * (1 + p / (120 - p - 1)))
    for p, number in ((117, "259"), (118, "20")):
        PEAK.states(5, number, limit(PEAK.frame(5, p=p)))


def test_6_many_features_descend_a_second_time():
    before, after = PEAK.frame(6), PEAK.frame(6, revealed=True)
    PEAK.states(6, "3.5", limit(before))
    PEAK.states(6, "1.04", limit(after))
    assert PEAK.right(6) == 2
    path = after.tables["path"]
    assert path["variance"][0] == pytest.approx(0.1, abs=0.02)
    assert path["bias2"][0] > 0.5  # of a signal of size 1
    PEAK.states(6, "1.25", path["risk"][-1])
    PEAK.states(6, "1.01", path["risk"].min())


def test_7_less_noise_scales_the_peak_and_keeps_its_shape():
    loud, quiet = PEAK.frame(1), PEAK.frame(7)
    np.testing.assert_allclose(loud.tables["path"]["variance"], 25 * quiet.tables["path"]["variance"])
    assert PEAK.right(7) == 2
    PEAK.states(7, "654", limit(loud))
    PEAK.states(7, "26", limit(quiet))
    PEAK.states(7, "300", limit(quiet) / quiet.tables["path"]["risk"].min(), within=70.0)
    assert limit(quiet) / quiet.tables["path"]["risk"].min() > 300
