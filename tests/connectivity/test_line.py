"""The line between two networks: its ends, its barrier, and the smallest landscape that has one."""

from __future__ import annotations

import numpy as np
import pytest

from explorer import connectivity as c
from explorer.connectivity import scores
from tests.connectivity.nets import SHAPES, digit_pair, digits, equal, random_data, random_net

TS = np.linspace(0, 1, 11)


@pytest.mark.parametrize("activation", c.ACTIVATIONS)
@pytest.mark.parametrize("sizes", [(3, 4), *SHAPES])
def test_the_curve_is_the_loss_of_the_interpolated_networks(sizes: tuple[int, ...], activation: str) -> None:
    a, b, (X, y) = random_net(sizes, 1), random_net(sizes, 2), random_data(sizes, 80, 1)
    ts = np.array([-0.3, 0.0, 0.2, 0.5, 0.77, 1.0, 1.4])
    curve = c.loss_curve(a, b, X, y, ts, activation)
    for t, loss, error in zip(ts, curve.loss, curve.error, strict=True):
        mixed = [((1 - t) * W + t * V, (1 - t) * p + t * q) for (W, p), (V, q) in zip(a, b, strict=True)]
        outputs = c.forward(mixed, X, activation)
        expected = np.log(np.exp(outputs).sum(1)) - outputs[np.arange(80), y]
        assert loss == pytest.approx(expected.mean(), abs=1e-12)
        assert error == np.mean(outputs.argmax(1) != y)
    assert np.abs(c.pack(c.interpolate(a, b, 0.3)) - 0.7 * c.pack(a) - 0.3 * c.pack(b)).max() < 1e-15


@pytest.mark.parametrize("sizes", SHAPES)
def test_the_ends_of_the_curve_are_the_ends_bit_by_bit(sizes: tuple[int, ...]) -> None:
    a, b, (X, y) = random_net(sizes, 3), random_net(sizes, 4), random_data(sizes, 900, 3)
    curve = c.loss_curve(a, b, X, y, TS)
    assert (curve.loss[0], curve.error[0]) == c.score(a, X, y)
    assert (curve.loss[-1], curve.error[-1]) == c.score(b, X, y)
    assert curve.ends == (curve.loss[0], curve.loss[-1])
    assert c.excess(curve)[0] == c.excess(curve)[-1] == 0.0
    assert equal(c.interpolate(a, b, 0.0), a)
    assert equal(c.interpolate(a, b, 1.0), b)


def test_two_equal_networks_have_a_flat_line_and_no_barrier() -> None:
    a, (X, y) = random_net((4, 6, 5, 3), 5), random_data((4, 6, 5, 3), 40, 5)
    curve = c.loss_curve(a, a, X, y, TS)
    assert (curve.loss == curve.loss[0]).all()
    assert c.barrier(curve) == 0.0
    assert all(equal(c.interpolate(a, a, t), a) for t in (0.1, 1 / 3, 0.9))


def test_blocks_of_samples_do_not_change_the_scores(monkeypatch: pytest.MonkeyPatch) -> None:
    a, b, (X, y) = random_net((4, 6, 3), 6), random_net((4, 6, 3), 7), random_data((4, 6, 3), 100, 6)
    whole = c.loss_curve(a, b, X, y, TS)
    monkeypatch.setattr(scores, "BLOCK", 7)
    parts = c.loss_curve(a, b, X, y, TS)
    np.testing.assert_allclose(parts.loss, whole.loss, rtol=0, atol=1e-14)
    np.testing.assert_array_equal(parts.error, whole.error)


def test_the_barrier_is_the_highest_rise_over_the_chord() -> None:
    t = np.array([0.0, 0.25, 0.5, 1.0])
    curve = c.Curve(t, np.array([1.0, 2.5, 3.0, 3.0]), np.zeros(4), (1.0, 3.0))
    np.testing.assert_allclose(c.excess(curve), [0.0, 1.0, 1.0, 0.0])
    assert c.barrier(curve) == 1.0
    assert c.peak(curve) == (0.25, 1.0)
    hanging = c.Curve(t[1:3], np.array([0.5, 0.5]), np.zeros(2), (1.0, 3.0))
    assert c.barrier(hanging) == 0.0
    assert c.peak(hanging)[1] < 0


def test_a_network_without_hidden_layer_has_a_convex_line() -> None:
    sizes = (5, 4)
    a, b, (X, y) = random_net(sizes, 1), random_net(sizes, 9), random_data(sizes, 60, 1)
    curve = c.loss_curve(a, b, X, y, TS)
    assert c.barrier(curve) == 0.0
    assert (c.excess(curve)[1:-1] < 0).all()
    np.testing.assert_allclose(c.layer_rises(a, b, X, y, 0.3), [c.excess(c.loss_curve(a, b, X, y, [0.3]))[0]])


def test_one_layer_alone_on_the_way() -> None:
    sizes = (4, 6, 5, 3)
    a, b, (X, y) = random_net(sizes, 1), random_net(sizes, 2), random_data(sizes, 60, 1)
    rises = c.layer_rises(a, b, X, y, 0.5)
    middle = c.interpolate(a, b, 0.5)
    chord = (c.score(a, X, y)[0] + c.score(b, X, y)[0]) / 2
    for place in range(3):
        mixed = [middle[i] if i == place else a[i] for i in range(3)]
        assert rises[place] == pytest.approx(c.score(mixed, X, y)[0] - chord, abs=1e-12)


def test_two_trainings_on_the_digits_have_a_barrier_and_matching_takes_most_of_it_away() -> None:
    X, y = digits()
    pair = digit_pair(64)
    before = c.barrier(c.loss_curve(pair.a, pair.b, X[:600], y[:600], TS))
    moved = c.match(pair.a, pair.b).apply(pair.b)
    after = c.barrier(c.loss_curve(pair.a, moved, X[:600], y[:600], TS))
    assert before > 0.2
    assert after < before / 5


@pytest.mark.parametrize("a", [1.0, 1.5, 2.0, 4.0, -3.0, 0.25])
def test_the_hyperbola_has_its_barrier(a: float) -> None:
    ts = np.linspace(0, 1, 2001)
    w1, w2 = (1 - ts) * a + ts / a, (1 - ts) / a + ts * a
    line = c.hyperbola_loss(w1, w2)
    height = (a - 1 / a) ** 4 / 32
    np.testing.assert_allclose(line, c.hyperbola_line(a, ts), rtol=1e-10, atol=1e-12)
    curve = c.Curve(ts, line, np.zeros_like(ts), (float(line[0]), float(line[-1])))
    assert c.barrier(curve) == pytest.approx(height, rel=1e-10, abs=1e-14)
    assert c.hyperbola_barrier(a) == pytest.approx(height, rel=1e-12)
    if height:
        assert c.peak(curve)[0] == pytest.approx(0.5)


def test_the_hyperbola_is_a_linear_network_and_its_arms_are_half_apart() -> None:
    """(w1 w2 - 1)^2 / 2 with its derivatives; and 1/2 between the arms."""
    rng = np.random.default_rng(0)
    w1, w2 = rng.standard_normal((2, 20))
    step = 1e-6
    slopes = c.hyperbola_gradient(w1, w2)
    across = (c.hyperbola_loss(w1 + step, w2) - c.hyperbola_loss(w1 - step, w2)) / (2 * step)
    along = (c.hyperbola_loss(w1, w2 + step) - c.hyperbola_loss(w1, w2 - step)) / (2 * step)
    np.testing.assert_allclose(slopes, [across, along], rtol=0, atol=1e-8)
    ts = np.linspace(0, 1, 101)
    assert c.hyperbola_loss(1 - 2 * ts, 1 - 2 * ts).max() == 0.5
    # S7: the barrier is the integral of the curvature against the triangle, by Gauss on each half
    points, weights = np.polynomial.legendre.leggauss(6)
    s, w = (points + 1) / 4, weights / 4
    both, twice = np.concatenate([s, s + 0.5]), np.concatenate([w, w])
    green = np.minimum(both, 1 - both) / 2
    for a in (1.7, 3.0):
        assert -(green * c.hyperbola_curvature(a, both)) @ twice == pytest.approx(
            c.hyperbola_barrier(a), rel=1e-12
        )
    with pytest.raises(ValueError, match="other than 0"):
        c.hyperbola_barrier(0.0)


@pytest.mark.parametrize("ts", [[], [0.0, np.nan], [[0.0]]])
def test_bad_points_of_the_line_are_refused(ts: list) -> None:
    a = random_net((3, 4, 2), 0)
    with pytest.raises(ValueError, match="ts must be"):
        c.loss_curve(a, a, np.ones((2, 3)), [0, 1], ts)
