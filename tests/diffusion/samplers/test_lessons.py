"""What the lesson on a sampler's error states is what its frames hold."""

from __future__ import annotations

import re

import numpy as np
import pytest

import explorer
from tests.lessons import Taught

ERROR = Taught("diffusion/samplers", "error")


def error(frame, solver, steps, which="median"):
    """The median or worst error of a solver at a number of steps."""
    slot = next(i for i, label in enumerate(frame.facts["compared"]) if label.startswith(solver))
    table = frame.tables["errors"]
    return table[f"{which}{slot}"][list(table["count"]).index(steps)]


def levels(at, revealed=False):
    model = explorer.scene("diffusion/samplers", **ERROR.setting(at, revealed))
    return model.levels()(model.steps)


def test_1_ten_euler_steps_end_too_near_the_mean():
    model = explorer.scene("diffusion/samplers", **ERROR.setting(1, revealed=True))
    (mean_x, mean_y), spread = model.posed().target.means[0], ERROR.frame(1).tables["means"]["mean_spread"][0]
    ERROR.states(1, "0.5", spread)
    sigma = levels(1, revealed=True)
    flow = np.hypot(spread, sigma[-1]) / np.hypot(spread, sigma[0])
    path = model.run().paths[0] - [mean_x, mean_y]
    length = np.linalg.norm(path, axis=2)
    for share in length[-1] / length[0] / flow:
        ERROR.states(1, "0.853", share)
    factors = 1 + np.diff(sigma) * sigma[:-1] / (spread**2 + sigma[:-1] ** 2)
    assert (factors < np.hypot(spread, sigma[1:]) / np.hypot(spread, sigma[:-1])).all()
    np.testing.assert_allclose(length[1:] / length[:-1], np.repeat(factors[:, None], length.shape[1], 1))
    assert ERROR.right(1) == 1


def test_1_euler_is_not_drawn_before_the_answer():
    assert not any("Euler" in label for label in ERROR.frame(1).facts["compared"])


def test_2_the_tap_is_right_where_euler_reaches_the_error_of_heun():
    before, after = ERROR.frame(2), ERROR.frame(2, revealed=True)
    assert before.facts["compared"] == ("Euler (DDIM)",)
    ERROR.states(2, "0.109", error(before, "Euler", 10))
    wanted = error(after, "Heun", 10)
    ERROR.states(2, "0.035", wanted)
    assert "20 evaluations" in after.captions["trajectories"]
    table = before.tables["errors"]
    crossing = np.exp(np.interp(-np.log(wanted), -np.log(table["median0"]), np.log(table["at0"])))
    assert ERROR.place(2).holds(crossing, wanted)
    ERROR.states(2, "30", crossing, within=1.5)
    ERROR.states(2, "31", 0.109 * 10 / 0.035)


def test_2_heun_is_worth_it_when_the_error_is_small():
    after = ERROR.frame(2, revealed=True)
    heun = error(after, "Heun", 80)
    ERROR.states(2, "0.00042", heun)
    ERROR.states(2, "2500", 320 * error(after, "Euler", 320) / heun, within=50)
    assert error(after, "Euler", 40) / error(after, "Euler", 80) == pytest.approx(2, rel=0.05)
    assert error(after, "Heun", 40) / error(after, "Heun", 80) == pytest.approx(4, rel=0.05)


def test_3_the_worst_start_hardly_gains():
    after = ERROR.frame(3, revealed=True)
    ERROR.states(3, "0.033", error(after, "Euler", 10))
    ERROR.states(3, "0.0009", error(after, "Euler", 320))
    ERROR.states(3, "1.1", error(after, "Euler", 10, "worst"))
    ERROR.states(3, "0.7", error(after, "Euler", 320, "worst"))
    ERROR.states(3, "0.64", error(after, "Heun", 40, "worst"))
    ERROR.states(3, "0.009", error(after, "Heun", 80, "worst"))
    assert ERROR.right(3) == 2
    means = np.column_stack([after.tables["means"][f"mean_{axis}"] for axis in "xy"])
    apart = np.linalg.norm(means[:, None] - means, axis=2)
    ERROR.states(3, "1", apart[apart > 0].min())


def test_4_a_few_starts_make_much_of_the_mean():
    assert "strays" not in ERROR.frame(4).tables  # the map is not drawn before the answer
    words = ERROR.frame(4, revealed=True).captions["chart"]
    sent, part = map(float, re.findall(r"([\d.]+) %", words))
    ERROR.states(4, "3.7", sent)
    ERROR.states(4, "43", part)
    assert ERROR.right(4) == 3


def test_4_the_crosses_stand_along_the_borders():
    tables = ERROR.frame(4, revealed=True).tables
    modes = [np.column_stack([tables[f"mode{k}"][f"mode{k}_{axis}"] for axis in "xy"]) for k in range(9)]
    places, mode = np.vstack(modes), np.repeat(np.arange(9), [len(held) for held in modes])
    steps = [np.diff(np.unique(np.round(places[:, axis], 9))).min() for axis in (0, 1)]
    for stray in np.column_stack([tables["strays"]["stray_x"], tables["strays"]["stray_y"]]):
        near = (np.abs(places - stray) / steps).max(axis=1) < 3.5
        assert len(set(mode[near])) > 1, "no border within three starts of a cross"


def test_5_the_steps_belong_where_the_curve_bends():
    before, after = ERROR.frame(5), ERROR.frame(5, revealed=True)
    even, karras = levels(5), levels(5, revealed=True)
    assert len(even) == len(karras) == 13
    ERROR.states(5, "0.85", even[-2])
    assert (even[0], even[-1]) == pytest.approx((10.0, 0.02))
    assert (even[:-1] < 1.5).sum() == 1
    assert (karras[:-1] < 1.5).sum() == 7
    ERROR.states(5, "0.26", error(before, "Heun", 10))
    ERROR.states(5, "0.022", error(after, "Heun", 10))
    ERROR.states(5, "0.15", error(before, "Heun", 20))
    ERROR.states(5, "0.0042", error(after, "Heun", 20))
    ERROR.states(5, "0.024", error(ERROR.frame(5, revealed=True, rho=20.0), "Heun", 10))
    assert ERROR.right(5) == 3


def test_6_churn_removes_what_steps_do_not():
    after = ERROR.frame(6, revealed=True).tables
    means = after["means"]
    weight = means["mean_weight"] / means["mean_weight"].sum()
    middle = weight @ means["mean_x"]
    variance = weight @ (means["mean_spread"] ** 2 + (means["mean_x"] - middle) ** 2)
    ERROR.states(6, "2", ERROR.setting(6)["high"])
    ERROR.states(6, "2.2", np.sqrt(variance + 4))
    churn, heun, floor = (after["distance"][f"{name}_distance"] for name in ("first", "second", "target"))
    ERROR.states(6, "0.18", heun[3])
    ERROR.states(6, "0.18", heun[-1])
    ERROR.states(6, "0.046", churn[-1])
    ERROR.states(6, "0.069", floor[-1])
    assert ERROR.right(6) == 2
    early = ERROR.frame(6, revealed=True, high=10.0).tables["distance"]
    assert early["second_distance"][-1] < early["target_distance"][-1]


def test_7_the_same_evaluations():
    frame = ERROR.frame(7)
    table = frame.tables["errors"]
    for slot, number in ((0, "0.0097"), (1, "0.035")):
        ERROR.states(7, number, table[f"median{slot}"][list(table[f"at{slot}"]).index(20)])
    assert frame.captions["trajectories"].count("20 evaluations") == 2
