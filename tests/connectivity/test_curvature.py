"""Jets along the line against differences, and the segment identity with the kinks of ReLU counted apart."""

from __future__ import annotations

import numpy as np
import pytest

from explorer import connectivity as c
from tests.connectivity.nets import SHAPES, digit_pair, digits, random_data, random_net


@pytest.mark.parametrize("activation", c.ACTIVATIONS)
@pytest.mark.parametrize("sizes", [(3, 4), *SHAPES])
def test_jets_are_the_derivatives_of_the_loss_along_the_line(sizes: tuple[int, ...], activation: str) -> None:
    a, b, (X, y) = random_net(sizes, 1), random_net(sizes, 2), random_data(sizes, 25, 1)
    ts, step = np.array([0.0, 0.31, 0.5, 1.0]), 1e-5
    jets = c.line_jets(a, b, X, y, ts, activation)
    losses = c.loss_curve(a, b, X, y, ts, activation).loss
    np.testing.assert_allclose(jets.loss, losses, rtol=0, atol=1e-13)
    across = c.pack(b) - c.pack(a)
    slopes = [
        c.loss_and_gradient(c.interpolate(a, b, t), X, y, activation)[1] @ across
        for t in (*ts, *(ts - step), *(ts + step))
    ]
    here, before, after = np.reshape(slopes, (3, 4))
    np.testing.assert_allclose(jets.slope, here, rtol=0, atol=1e-12)
    np.testing.assert_allclose(jets.curvature, (after - before) / (2 * step), rtol=1e-6, atol=1e-6)
    assert (jets.gauss_newton >= 0).all()


def test_a_line_of_linear_outputs_has_gauss_newton_curvature_alone() -> None:
    """Without hidden layers f'' = 0: the loss is convex, and its curvature X^T (diag p - p p^T) X."""
    a, b, (X, y) = random_net((3, 4), 1), random_net((3, 4), 2), random_data((3, 4), 30, 1)
    jets = c.line_jets(a, b, X, y, [0.4])
    p = c.probabilities(c.interpolate(a, b, 0.4), X)
    f = c.forward(b, X) - c.forward(a, X)
    expected = np.mean((p * f**2).sum(1) - (p * f).sum(1) ** 2)
    assert jets.gauss_newton[0] == pytest.approx(expected, abs=1e-12)
    assert jets.residual[0] == 0.0


@pytest.mark.parametrize("hidden", [(20,), (16, 16), (8, 8, 8)])
def test_the_identity_of_the_segment_holds_for_tanh(hidden: tuple[int, ...]) -> None:
    X, y = digits()
    X, y = X[:200], y[:200]
    pair = digit_pair(*hidden, activation="tanh")
    ts = np.linspace(0, 1, 9)
    segment = c.segment_identity(pair.a, pair.b, X, y, ts, "tanh", nodes=8)
    assert segment.excess.max() > 0.2
    assert np.abs(segment.error).max() <= max(segment.bound, 1e-11)
    assert np.abs(segment.error).max() < 1e-8
    assert np.abs(segment.kinks).max() < 1e-7
    curve = c.loss_curve(pair.a, pair.b, X, y, ts, "tanh")
    np.testing.assert_array_equal(segment.excess, c.excess(curve))
    assert (segment.gauss_newton <= 0).all()


def test_the_quadrature_converges_at_its_order() -> None:
    """Two Gauss points a cell: the error falls by 2^4 when the cells are halved."""
    a, b = random_net((4, 7, 6, 3), 1), random_net((4, 7, 6, 3), 2)
    X, y = random_data((4, 7, 6, 3), 60, 1)
    errors, kinks, bounds = [], [], []
    for cells in (16, 32, 64):
        segment = c.segment_identity(a, b, X, y, np.linspace(0, 1, cells + 1), "tanh", nodes=2)
        errors.append(np.abs(segment.error).max())
        kinks.append(np.abs(segment.kinks).max())
        bounds.append(segment.bound)
    for fallen in (errors, kinks):
        orders = np.log2(np.divide(fallen[:-1], fallen[1:]))
        np.testing.assert_allclose(orders, 4, atol=0.25)
    assert (np.array(errors) <= bounds).all()


def crossings(a: c.Network, b: c.Network, X: np.ndarray) -> list[tuple[float, int, int, float]]:
    """(s, sample, unit, |z'|) wherever a unit of the only hidden layer changes side on the line."""
    start, end = (X @ net[0][0].T + net[0][1] for net in (a, b))
    return [
        (start[i, j] / (start[i, j] - end[i, j]), i, j, abs(end[i, j] - start[i, j]))
        for i, j in zip(*np.nonzero(start * end < 0), strict=True)
    ]


def test_the_kinks_of_a_relu_layer_are_counted_exactly() -> None:
    """phi'' as a function leaves them out: the identity needs the jump of phi' at every crossing.

    With the crossings among the ts every cell is smooth, and the identity holds to rounding.
    """
    sizes = (4, 6, 3)
    a, b, (X, y) = random_net(sizes, 1), random_net(sizes, 2), random_data(sizes, 40, 1)
    crossed = crossings(a, b, X)
    ts = np.unique([0.0, 0.3, 0.6, 1.0, *(s for s, *_ in crossed)])
    segment = c.segment_identity(a, b, X, y, ts, nodes=4)
    assert len(crossed) > 50
    assert np.abs(segment.error).max() < 1e-12
    for t in (0.3, 0.6):
        exact = 0.0
        for s, i, j, speed in crossed:
            net = c.interpolate(a, b, s)
            errors = c.probabilities(net, X[i : i + 1])[0] - np.eye(3)[y[i]]
            exact -= min(t, s) * (1 - max(t, s)) * errors @ net[1][0][:, j] * speed / len(X)
        assert abs(exact) > 1e-3
        assert segment.kinks[np.searchsorted(ts, t)] == pytest.approx(exact, abs=1e-10)


@pytest.mark.parametrize("hidden", [(32,), (24, 24)])
def test_the_identity_of_the_segment_holds_for_relu_to_its_quadrature(hidden: tuple[int, ...]) -> None:
    X, y = digits()
    X, y = X[:200], y[:200]
    pair = digit_pair(*hidden)
    segment = c.segment_identity(pair.a, pair.b, X, y, np.linspace(0, 1, 17))
    top = segment.excess.argmax()
    assert segment.excess[top] > 0.2
    assert np.abs(segment.error).max() < 5e-3
    assert np.abs(segment.error).max() <= segment.bound
    # a barrier cannot come from the Gauss-Newton part
    assert segment.residual[top] + segment.kinks[top] > segment.excess[top] > segment.gauss_newton[top]


def test_a_local_look_foretells_no_barrier_and_is_right_where_curvature_is_straight() -> None:
    """The prediction is exact for phi'' linear in t: phi = A t^2/2 + (B - A) t^3/6."""
    A, B, t = 3.0, -1.5, np.linspace(0, 1, 9)
    phi = A * t**2 / 2 + (B - A) * t**3 / 6
    np.testing.assert_allclose(c.predicted_from_ends((A, B), t), phi - t * phi[-1], rtol=0, atol=1e-15)
    X, y = digits()
    pair = digit_pair(32)
    jets = c.line_jets(pair.a, pair.b, X[:600], y[:600], [0.0, 0.5, 1.0])
    assert jets.curvature[0] > 0
    assert jets.curvature[2] > 0
    assert jets.curvature[1] < 0
    assert (c.predicted_from_ends((jets.curvature[0], jets.curvature[2]), t) <= 0).all()


@pytest.mark.parametrize("ts", [[0.0, 0.5], [0.1, 1.0], [0.0, 0.6, 0.5, 1.0], [0.0]])
def test_the_segment_runs_from_end_to_end(ts: list[float]) -> None:
    a = random_net((3, 4, 2), 0)
    with pytest.raises(ValueError, match="increase from 0 to 1"):
        c.segment_identity(a, a, np.ones((2, 3)), [0, 1], ts)
    with pytest.raises(ValueError, match="nodes must be 2"):
        c.segment_identity(a, a, np.ones((2, 3)), [0, 1], [0.0, 1.0], nodes=1)


def test_the_bound_of_the_quadrature_holds_for_every_relu_line() -> None:
    """The change of the rule alone is no bound where phi' jumps: by chance it is small where the error is not."""
    shares = []
    for seed in range(60):
        a, b = random_net((4, 6, 3), 2 * seed), random_net((4, 6, 3), 2 * seed + 1)
        X, y = random_data((4, 6, 3), 40, seed)
        segment = c.segment_identity(a, b, X, y, np.linspace(0, 1, 11))
        shares.append(np.abs(segment.error).max() / segment.bound)
    assert max(shares) <= 1.0
    assert np.median(shares) > 0.03  # and says something
