"""Medians with intervals, fitted orders, and the order of every solver."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.diffusion import SAMPLERS, distances, error_curves, fit_order, karras, log_uniform, spread
from tests.diffusion import problems


def _curves(methods, steps=(40, 80, 160, 320), **options):
    return error_curves(
        problems.three().denoise,
        problems.starts(300),
        lambda n: karras(n, 0.02, 10.0),
        methods,
        steps,
        5,
        **options,
    )


STEADY = ["euler", "heun", "dpm2", "dpmpp1", "dpmpp2s", "dpmpp2m", "dpmpp3m", "ab2", "rk4"]


@pytest.mark.parametrize("method", STEADY)
def test_order_of_the_flow_solvers(method):
    (curve,) = _curves([method])
    assert curve.fit.asymptotic
    assert curve.fit.order == pytest.approx(SAMPLERS[method].order, abs=0.15)
    assert curve.own_error <= 1e-8


@pytest.mark.parametrize("method", ["ancestral", "churn", "sde_dpmpp2m"])
def test_pathwise_order_of_the_noisy_solvers(method):
    (curve,) = _curves([method], (40, 80, 160))
    assert curve.fit.order == pytest.approx(1.0, abs=0.3)
    assert curve.own_error > 0.0


def test_order_on_another_grid():
    (curve,) = error_curves(
        problems.three().denoise,
        problems.starts(300),
        lambda n: log_uniform(n, 0.02, 10.0),
        ["heun"],
        (20, 40, 80, 160),
    )
    assert curve.fit.order == pytest.approx(2.0, abs=0.15)


def test_where_the_nominal_order_is_not_reached_it_is_said():
    lms, released, exact = _curves(["lms4", "dpmpp3m_released", "dpmpp3m"])
    assert lms.fit.order < 4.0 - 0.15
    assert not lms.fit.asymptotic
    assert SAMPLERS["lms4"].remark
    assert released.fit.order < 2.15
    assert exact.spreads[-1].median < 0.1 * released.spreads[-1].median


def test_curves_count_evaluations_and_keep_their_order():
    curves = _curves(["rk4", "euler", "heun"], (5, 10, 20))
    assert [c.method for c in curves] == ["rk4", "euler", "heun"]
    assert [c.evaluations.tolist() for c in curves] == [[20, 40, 80], [5, 10, 20], [10, 20, 40]]
    for curve in curves:
        for s in curve.spreads:
            assert s.low <= s.median <= s.high <= s.largest


def test_same_budget_of_evaluations():
    """At 40 evaluations each, RK4's four a step cost it the lead that it has at equal steps."""
    euler, heun, rk4 = _curves(["euler", "heun", "rk4"], (10, 20, 40))
    at = {
        c.method: dict(zip(c.evaluations.tolist(), [s.median for s in c.spreads], strict=True))
        for c in (euler, heun, rk4)
    }
    assert at["rk4"][40] < at["heun"][40] < at["euler"][40]
    assert rk4.spreads[1].median < at["rk4"][40]


def test_a_diverged_solver_has_an_infinite_error():
    a = np.array([[0.0, 0.0], [np.inf, 0.0], [np.nan, 1.0]])
    errors = distances(a, np.zeros((3, 2)))
    assert errors.tolist() == [0.0, np.inf, np.inf]
    assert spread(errors).largest == np.inf


def test_spread_is_order_statistics():
    values = np.random.default_rng(0).permutation(np.arange(1.0, 101.0))
    s = spread(values)
    assert (s.median, s.low, s.high, s.largest, s.mean) == (50.5, 40.0, 61.0, 100.0, 50.5)
    assert spread([3.0]).low == spread([3.0]).high == 3.0
    assert (spread(np.arange(6.0)).low, spread(np.arange(6.0)).high) == (0.0, 5.0)


@pytest.mark.parametrize("n", [6, 25, 500])
def test_interval_covers_the_median(n):
    """In at least 95 % of 2,000 repeats, and, since it is not wider than need be, not in much more."""
    rng = np.random.default_rng(n)
    repeats = [spread(rng.exponential(size=n)) for _ in range(2000)]
    covered = np.mean([s.low <= np.log(2.0) <= s.high for s in repeats])
    assert covered >= 0.95 - 3.0 * np.sqrt(0.05 * 0.95 / 2000)
    if n == 500:
        assert covered <= 0.975


def test_fit_order_on_pure_powers():
    steps = np.array([10, 20, 40, 80])
    found = fit_order(steps, 3.0 * steps**-2.5)
    assert found.order == pytest.approx(2.5, abs=1e-12)
    assert found.stderr <= 1e-12
    assert found.asymptotic
    assert found.used.tolist() == [False, True, True, True]


def test_fit_order_leaves_out_what_the_yardstick_cannot_tell():
    steps = np.array([10, 20, 40, 80, 160])
    errors = np.maximum(steps**-4.0, 1e-8)
    found = fit_order(steps, errors, floor=1e-8)
    assert found.used.tolist() == [True, True, True, False, False]
    assert found.order == pytest.approx(4.0, abs=1e-9)
    bent = fit_order(steps[:3], 1.0 / steps[:3] + 30.0 / steps[:3] ** 2.0)
    assert not bent.asymptotic
    assert np.isnan(fit_order(steps, [1.0, 0.5, 0.0, 0.0, np.inf]).order)


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: spread([]), "at least one"),
        (lambda: spread([np.nan]), "NaN"),
        (lambda: distances(np.zeros((2, 2)), np.zeros((3, 2))), "one shape"),
        (lambda: fit_order([10, 5], [1.0, 2.0]), "increasing"),
        (lambda: fit_order([10, 20], [1.0]), "one for each"),
        (lambda: _curves(["heun"], (10, 10)), "increasing"),
        (lambda: _curves(["heun"], ()), "increasing"),
        (lambda: _curves(["heun"], (0, 1)), "steps"),
        (lambda: _curves(["hein"], (1, 2)), "did you mean"),
    ],
)
def test_hostile_input_gets_a_sentence(build, words):
    with pytest.raises(ValueError, match=words):
        build()


def test_noisy_curves_need_noise():
    with pytest.raises(ValueError, match="rng"):
        error_curves(
            problems.three().denoise, problems.starts(3), lambda n: karras(n, 0.1, 1.0), ["churn"], (1, 2)
        )
