"""The plane through three networks, trainings seen from it, and the spread that repair gives back."""

from __future__ import annotations

import numpy as np
import pytest

from explorer import connectivity as c
from tests.connectivity.nets import SHAPES, digit_pair, digits, equal, random_data, random_net

TS = np.linspace(0, 1, 11)


@pytest.mark.parametrize("sizes", SHAPES)
def test_the_plane_keeps_lengths_and_holds_its_corners(sizes: tuple[int, ...]) -> None:
    nets = [random_net(sizes, seed) for seed in (1, 2, 3)]
    plane = c.plane_through(*nets)
    assert plane.rank == 2
    np.testing.assert_allclose(plane.axes @ plane.axes.T, np.eye(2), rtol=0, atol=1e-12)
    thetas = np.array([c.pack(net) for net in nets])
    np.testing.assert_allclose(plane.coordinates(thetas), plane.corners, rtol=0, atol=1e-12)
    np.testing.assert_allclose(plane.origin + plane.corners @ plane.axes, thetas, rtol=0, atol=1e-12)
    assert plane.corners[1, 1] == pytest.approx(0, abs=1e-12)
    assert plane.corners[1, 0] > 0


def test_the_sheet_is_the_loss_of_the_networks_in_the_plane() -> None:
    sizes = (4, 6, 5, 3)
    nets, (X, y) = [random_net(sizes, seed) for seed in (1, 2, 3)], random_data(sizes, 30, 1)
    plane = c.plane_through(*nets)
    heard = []
    sheet = c.loss_plane(plane, X, y, points=7, margin=0.5, report=lambda *said: heard.append(said))
    assert sheet.loss.shape == sheet.error.shape == (7, 7)
    assert len(heard) == 7
    for row, column in ((0, 0), (2, 5), (6, 3)):
        theta = plane.origin + sheet.u[column] * plane.axes[0] + sheet.v[row] * plane.axes[1]
        loss, error = c.score(c.unpack(theta, sizes), X, y)
        assert sheet.loss[row, column] == pytest.approx(loss, abs=1e-12)
        assert sheet.error[row, column] == error
    low, high = plane.corners.min(0), plane.corners.max(0)
    np.testing.assert_allclose(
        [sheet.u[0], sheet.v[-1]], [1.5 * low[0] - 0.5 * high[0], 1.5 * high[1] - 0.5 * low[1]]
    )
    far = np.array([[high[0] + 3.0, low[1] - 2.0]])
    wide = c.loss_plane(plane, X, y, points=5, margin=0.0, covering=far)
    np.testing.assert_allclose([wide.u[0], wide.u[-1]], [low[0], high[0] + 3.0])
    np.testing.assert_allclose([wide.v[0], wide.v[-1]], [low[1] - 2.0, high[1]])


@pytest.mark.parametrize(("second", "third", "rank"), [(2, 1, 1), (1, 2, 1), (1, 1, 0)])
def test_a_plane_that_is_none_gets_an_axis_and_says_so(second: int, third: int, rank: int) -> None:
    """Two equal networks, or b equal to its matched self: the picture must still be drawn."""
    sizes = (4, 6, 3)
    nets, (X, y) = [random_net(sizes, seed) for seed in (1, second, third)], random_data(sizes, 20, 1)
    plane = c.plane_through(*nets)
    assert plane.rank == rank
    np.testing.assert_allclose(plane.axes @ plane.axes.T, np.eye(2), rtol=0, atol=1e-12)
    sheet = c.loss_plane(plane, X, y, points=5)
    assert np.isfinite(sheet.loss).all()
    assert (np.diff(sheet.u) > 0).all()
    assert (np.diff(sheet.v) > 0).all()
    between = c.plane_through(
        nets[0], random_net(sizes, 9), c.interpolate(nets[0], random_net(sizes, 9), 0.3)
    )
    assert between.rank == 1


def test_the_axes_stay_orthonormal_for_three_networks_almost_on_a_line() -> None:
    sizes = (4, 6, 3)
    a, b = random_net(sizes, 1), random_net(sizes, 2)
    nearly = [
        (W + 1e-8 * dW, p)
        for (W, p), (dW, _) in zip(c.interpolate(a, b, 0.6), random_net(sizes, 3), strict=True)
    ]
    plane = c.plane_through(a, b, nearly)
    assert plane.rank == 2
    np.testing.assert_allclose(plane.axes @ plane.axes.T, np.eye(2), rtol=0, atol=1e-12)
    theta = plane.origin + plane.corners[2] @ plane.axes
    np.testing.assert_allclose(theta, c.pack(nearly), rtol=0, atol=1e-14)


def test_trajectories_seen_from_the_plane() -> None:
    sizes = (4, 6, 3)
    nets = [random_net(sizes, seed) for seed in (1, 2, 3)]
    plane = c.plane_through(*nets)
    inside = plane.origin + np.random.default_rng(0).standard_normal((5, 2)) @ plane.axes
    seen = c.shadow(plane, inside)
    np.testing.assert_allclose(seen.share, 1, rtol=0, atol=1e-12)
    np.testing.assert_allclose(seen.distance, 0, rtol=0, atol=1e-12)
    away = np.random.default_rng(1).standard_normal(len(plane.origin))
    away -= plane.axes.T @ (plane.axes @ away)
    path = np.array([inside[0] + 2 * away + 3 * plane.axes[0], inside[0] + 2 * away, inside[0]])
    seen = c.shadow(plane, path)
    squared = 4 * away @ away
    np.testing.assert_allclose(seen.distance, [np.sqrt(squared), np.sqrt(squared), 0], rtol=0, atol=1e-12)
    np.testing.assert_allclose(seen.share, [9 / (9 + squared), 0, 1], rtol=0, atol=1e-12)
    np.testing.assert_allclose(seen.at[0] - seen.at[1], [3, 0], rtol=0, atol=1e-12)


def test_a_matched_trajectory_ends_in_its_corner() -> None:
    pair = digit_pair(16)
    found = c.match(pair.a, pair.b)
    moved = found.apply(pair.b)
    plane = c.plane_through(pair.a, pair.b, moved)
    places = c.permuted_places((64, 16, 10), found.permutations)
    for trajectory, corner in (
        (pair.a.record.snapshots, 0),
        (pair.b.record.snapshots, 1),
        (pair.b.record.snapshots[:, places], 2),
    ):
        seen = c.shadow(plane, trajectory)
        np.testing.assert_allclose(seen.at[-1], plane.corners[corner], rtol=0, atol=1e-9)
        assert seen.distance[-1] < 1e-9
        assert seen.share[-1] == 1
        assert ((seen.share >= 0) & (seen.share <= 1)).all()


@pytest.mark.parametrize("activation", c.ACTIVATIONS)
@pytest.mark.parametrize("sizes", SHAPES)
def test_repair_gives_every_unit_the_spread_between_its_parents(
    sizes: tuple[int, ...], activation: str
) -> None:
    a, b, (X, _) = random_net(sizes, 1), random_net(sizes, 2), random_data(sizes, 200, 1)
    for t in (0.2, 0.5):
        mended = c.repair(c.interpolate(a, b, t), a, b, t, X, activation)
        spreads = [c.hidden(net, X, activation, before=True)[:-1] for net in (mended, a, b)]
        for got, first, second in zip(*spreads, strict=True):
            np.testing.assert_allclose(
                got.mean(1), (1 - t) * first.mean(1) + t * second.mean(1), rtol=0, atol=1e-10
            )
            np.testing.assert_allclose(
                got.std(1), (1 - t) * first.std(1) + t * second.std(1), rtol=0, atol=1e-10
            )
    assert equal(c.repair(a, a, b, 0.0, X, activation), a)
    assert equal(c.repair(b, a, b, 1.0, X, activation), b)


def test_repair_survives_units_that_say_the_same_of_every_sample() -> None:
    a, (X, _) = random_net((3, 4, 2), 1), random_data((3, 4, 2), 20, 1)
    a[0][0][2] = 0.0
    b = c.permute(a, [[1, 0, 2, 3]])
    mended = c.repair(c.interpolate(a, b, 0.5), a, b, 0.5, X)
    assert np.isfinite(c.pack(mended)).all()
    opposite = [(np.nextafter(-W, 9.0), bias) for W, bias in a[:1]] + a[1:]
    mended = c.repair(c.interpolate(a, opposite, 0.5), a, opposite, 0.5, X)
    assert np.abs(mended[0][0]).max() < 1e-12  # rounding is not blown up into a unit


def test_the_repaired_curve_is_the_loss_of_the_repaired_networks() -> None:
    sizes = (4, 6, 5, 3)
    a, b, (X, y) = random_net(sizes, 1), random_net(sizes, 2), random_data(sizes, 50, 1)
    seen = np.random.default_rng(0).standard_normal((80, 4))
    curve = c.repaired_curve(a, b, X, y, TS, seen)
    for at in (3, 7):
        net = c.repair(c.interpolate(a, b, TS[at]), a, b, TS[at], seen)
        assert (curve.loss[at], curve.error[at]) == pytest.approx(c.score(net, X, y), abs=1e-12)
    assert curve.ends == (curve.loss[0], curve.loss[-1]) == (c.score(a, X, y)[0], c.score(b, X, y)[0])


def test_repair_lowers_the_matched_barrier_of_a_deep_network() -> None:
    X, y = digits()
    X, y = X[:600], y[:600]
    pair = digit_pair(48, 48, 48)
    moved = c.match(pair.a, pair.b, "activations", X).apply(pair.b)
    plain = c.barrier(c.loss_curve(pair.a, moved, X, y, TS))
    mended = c.barrier(c.repaired_curve(pair.a, moved, X, y, TS, X))
    assert mended < 0.7 * plain


def test_confusion_and_regions() -> None:
    X, y = digits()
    net = digit_pair(16).a
    table = c.confusion(net, X, y)
    assert table.sum() == len(y)
    np.testing.assert_array_equal(table.sum(1), np.bincount(y))
    assert 1 - np.trace(table) / len(y) == pytest.approx(c.score(net, X, y)[1], abs=1e-12)
    assert table[3, 8] == ((y == 3) & (c.predict(net, X) == 8)).sum()
    np.testing.assert_allclose(c.probabilities(net, X).sum(1), 1, rtol=0, atol=1e-12)
    flat, (points, _) = random_net((2, 6, 3), 1), random_data((2, 6, 3), 30, 1)
    regions = c.decision_regions(flat, points, points=9, margin=0.2)
    assert regions.called.shape == regions.sure.shape == (9, 9)
    here = np.array([[regions.x[2], regions.y[7]]])
    assert regions.called[7, 2] == c.predict(flat, here)[0]
    assert regions.sure[7, 2] == pytest.approx(c.probabilities(flat, here).max(), abs=1e-12)
    assert regions.x[0] < points[:, 0].min() < points[:, 0].max() < regions.x[-1]
    with pytest.raises(ValueError, match="two inputs"):
        c.decision_regions(net, X)
    with pytest.raises(ValueError, match="points must be"):
        c.loss_plane(c.plane_through(flat, flat, flat), points, np.zeros(30, int), points=1)
