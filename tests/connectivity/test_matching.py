"""Matching: planted copies, objectives that never fall, independent values of them, and soft matchings."""

from __future__ import annotations

import numpy as np
import pytest

from explorer import connectivity as c
from explorer.connectivity.alignment import Alignment, starts
from tests.connectivity.nets import SHAPES, digit_pair, digits, equal, random_data, random_net

TS = np.linspace(0, 1, 11)


def trace_objective(a: c.Network, b: c.Network, perms: list[np.ndarray]) -> float:
    """sum tr(W_a^T P_l W_b P_{l-1}^T) + b_a^T P_l b_b with permutation matrices written out."""
    mats = [np.eye(a[0][0].shape[1]), *(np.eye(len(p))[p] for p in perms), np.eye(len(a[-1][1]))]
    return sum(
        np.trace(Wa.T @ P @ Wb @ Q.T) + ba @ P @ bb
        for (Wa, ba), (Wb, bb), Q, P in zip(a, b, mats, mats[1:], strict=False)
    )


@pytest.mark.parametrize("hidden", [(32,), (32, 32), (32, 40, 36)])
def test_planted_permutations_are_recovered(hidden: tuple[int, ...]) -> None:
    sizes = (16, *hidden, 8)
    found = 0
    for seed in range(40):
        net = random_net(sizes, seed)
        perms = c.random_permutations(sizes, np.random.default_rng([seed, 1]))
        back = c.match(net, c.permute(net, perms)).permutations
        found += all(np.array_equal(p, q) for p, q in zip(back, c.inverse(perms), strict=True))
    assert found == 40


@pytest.mark.parametrize("method", ["weights", "activations", "straight_through", "sinkhorn"])
@pytest.mark.parametrize("activation", c.ACTIVATIONS)
def test_a_planted_copy_of_a_trained_network_has_no_barrier(method: str, activation: str) -> None:
    X, y = digits()
    X, y = X[:300], y[:300]
    a = digit_pair(32, 32, activation=activation).a
    b = c.permute(a, c.random_permutations((64, 32, 32, 10), np.random.default_rng(3)))
    raw = c.barrier(c.loss_curve(a, b, X, y, TS, activation))
    moved = c.match(a, b, method, X, y=y, activation=activation, steps=2).apply(b)
    assert raw > 0.5
    assert c.barrier(c.loss_curve(a, moved, X, y, TS, activation)) < 1e-10


@pytest.mark.parametrize("method", c.METHODS)
@pytest.mark.parametrize("sizes", SHAPES)
def test_matching_never_lowers_its_objective(method: str, sizes: tuple[int, ...]) -> None:
    X, y = random_data(sizes, 50, 0)
    for seed in range(12):
        a, b = random_net(sizes, seed), random_net(sizes, seed + 100)
        found = c.match(a, b, method, X, y=y, steps=8)
        assert found.objective >= found.start
        moved = c.permute(b, found.permutations)
        assert equal(moved, found.apply(b))
        if method in ("none", "weights", "sinkhorn"):
            assert found.objective == pytest.approx(trace_objective(a, b, found.permutations), abs=1e-11)
            still = [np.arange(width) for width in sizes[1:-1]]
            assert found.start == pytest.approx(trace_objective(a, b, still), abs=1e-11)
        if method == "weights":
            assert (np.diff(found.history) > 0).all()
        if method == "activations":
            pairs = [
                np.trace(c.activation_similarity(a, b, X, layer)[:, perm])
                for layer, perm in enumerate(found.permutations)
            ]
            assert found.objective == pytest.approx(sum(pairs), abs=1e-11)
        if method == "straight_through":
            assert -found.objective == pytest.approx(
                c.score(c.interpolate(a, moved, 0.5), X, y)[0], abs=1e-12
            )
            assert -found.start == pytest.approx(c.score(c.interpolate(a, b, 0.5), X, y)[0], abs=1e-12)


def test_the_weight_objective_is_a_distance() -> None:
    """|a - P b|^2 = |a|^2 + |b|^2 - 2 objective."""
    a, b = random_net((4, 6, 5, 3), 1), random_net((4, 6, 5, 3), 2)
    found = c.match(a, b)
    apart = np.linalg.norm(c.pack(a) - c.pack(found.apply(b))) ** 2
    sizes = np.linalg.norm(c.pack(a)) ** 2 + np.linalg.norm(c.pack(b)) ** 2
    assert apart == pytest.approx(sizes - 2 * found.objective, abs=1e-11)


def test_every_sweep_of_every_climb_raises_the_objective() -> None:
    for seed in range(10):
        a, b = random_net((5, 12, 12, 12, 4), seed), random_net((5, 12, 12, 12, 4), seed + 50)
        climbs = [begin.ascend() for begin in starts(a, b, False, np.random.default_rng(seed), 2)]
        assert len(climbs) == 5
        for climb in climbs:
            assert (np.diff(climb.history) > 0).all()
            assert climb.objective == pytest.approx(trace_objective(a, b, climb.perms), abs=1e-10)
            assert not any(climb.settle(layer) for layer in range(3))
        best = max(climb.objective for climb in climbs)
        assert c.match(a, b, restarts=2, seed=np.random.default_rng(seed)).objective == best
        assert Alignment(a, b).objective == c.match(a, b, "none").objective


def test_a_start_built_from_one_side_is_exact_for_a_planted_copy() -> None:
    """Without any climb, and where the climb from b as it is may end elsewhere: narrow and deep."""
    sizes = (16, 5, 4, 5, 16)
    for seed in range(10):
        a = random_net(sizes, seed)
        perms = c.random_permutations(sizes, np.random.default_rng([seed, 2]))
        still, from_inputs, from_outputs = starts(a, c.permute(a, perms), False, np.random.default_rng(0), 0)
        for built in (from_inputs, from_outputs):
            assert all(np.array_equal(p, q) for p, q in zip(built.perms, c.inverse(perms), strict=True))
            assert len(built.history) == 1
        assert still.perms[0].tolist() == [0, 1, 2, 3, 4]


def test_the_matching_belongs_to_the_networks_and_not_to_the_order_of_b() -> None:
    a, b = random_net((5, 20, 4), 1), random_net((5, 20, 4), 2)
    perms = c.random_permutations((5, 20, 4), np.random.default_rng(0))
    direct, detour = c.match(a, b), c.match(a, c.permute(b, perms))
    assert direct.objective == pytest.approx(detour.objective, abs=1e-12)
    np.testing.assert_array_equal(perms[0][detour.permutations[0]], direct.permutations[0])


@pytest.mark.parametrize("method", ["weights", "activations", "straight_through"])
def test_planted_signs_of_tanh_units_are_found(method: str) -> None:
    X, y = digits()
    X, y = X[:200], y[:200]
    a = digit_pair(32, 32, activation="tanh").a
    rng = np.random.default_rng(4)
    signs = [rng.choice([-1.0, 1.0], 32) for _ in range(2)]
    b = c.flip(c.permute(a, c.random_permutations((64, 32, 32, 10), rng)), signs)
    found = c.match(a, b, method, X, y=y, activation="tanh", signed=True, steps=2)
    np.testing.assert_allclose(c.pack(found.apply(b)), c.pack(a), rtol=0, atol=1e-12)
    plain = c.match(a, b, method, X, y=y, activation="tanh", steps=2)
    if method != "straight_through":
        assert plain.objective < found.objective
    assert plain.signs is None


def test_signs_lower_the_barrier_of_two_tanh_trainings() -> None:
    X, y = digits()
    pair = digit_pair(32, activation="tanh")
    heights = []
    for signed in (False, True):
        moved = c.match(pair.a, pair.b, activation="tanh", signed=signed).apply(pair.b)
        heights.append(c.barrier(c.loss_curve(pair.a, moved, X[:600], y[:600], TS, "tanh")))
    assert heights[1] < heights[0]


def test_the_straight_through_midpoint_beats_that_of_the_weights() -> None:
    X, y = digits()
    X, y = X[:300], y[:300]
    pair = digit_pair(48, 48)
    heard: list[tuple[float, str]] = []
    found = c.match(
        pair.a, pair.b, "straight_through", X, y=y, steps=30, report=lambda *said: heard.append(said)
    )
    weights = c.match(pair.a, pair.b)
    middle = c.score(c.interpolate(pair.a, weights.apply(pair.b), 0.5), X, y)[0]
    assert -found.history[1] == pytest.approx(middle, abs=1e-12)
    assert -found.objective < 0.8 * middle
    assert len(found.history) == 31
    assert found.history.max() == found.objective
    assert heard[-1][0] == 1.0


def test_sinkhorn_has_its_marginals_and_its_form() -> None:
    rng = np.random.default_rng(0)
    for temperature in (0.03, 0.3, 3.0):
        C = rng.standard_normal((12, 12))
        S = c.sinkhorn(C, temperature)
        np.testing.assert_allclose(S.sum(0), 1, rtol=0, atol=1e-12)
        np.testing.assert_allclose(S.sum(1), 1, rtol=0, atol=1e-9)
        logs = temperature * np.log(S) - C
        # log S = (C - row - column) / temperature: what is left is a sum of a row and a column term
        left = logs - logs.mean(0) - logs.mean(1)[:, None] + logs.mean()
        assert np.abs(left).max() < 1e-9


def test_sinkhorn_becomes_the_assignment_and_the_uniform_matrix() -> None:
    from scipy.optimize import linear_sum_assignment

    C = np.random.default_rng(1).standard_normal((9, 9))
    best = linear_sum_assignment(C, maximize=True)[1]
    np.testing.assert_allclose(c.sinkhorn(C, 1e-3), np.eye(9)[best], rtol=0, atol=1e-6)
    np.testing.assert_allclose(c.sinkhorn(C, 1e6), 1 / 9, rtol=0, atol=1e-5)
    np.testing.assert_allclose(c.sinkhorn(1e4 * C, 1.0)[np.arange(9), best], 1, rtol=0, atol=1e-6)


def test_soft_matchings_blend_and_hard_ones_permute() -> None:
    a, b = random_net((5, 12, 10, 4), 1), random_net((5, 12, 10, 4), 2)
    found = c.match(a, b, "sinkhorn", temperature=0.2)
    assert found.soft is not None
    for S in found.soft:
        assert (S >= 0).all()
        np.testing.assert_allclose(S.sum(0), 1, rtol=0, atol=1e-10)
        np.testing.assert_allclose(S.sum(1), 1, rtol=0, atol=1e-9)
    hard = [np.eye(len(p))[p] for p in found.permutations]
    np.testing.assert_allclose(
        c.pack(c.blend(b, hard)), c.pack(c.permute(b, found.permutations)), rtol=0, atol=1e-14
    )


def test_cooled_matchings_beat_coordinate_ascent_on_average() -> None:
    """The reason to have them: with several hidden layers the ascent stops in a local optimum."""
    gains = []
    for seed in range(6):
        sizes = (10, 24, 24, 24, 5)
        a, b = random_net(sizes, seed), random_net(sizes, seed + 30)
        gains.append(c.match(a, b, "sinkhorn").objective - c.match(a, b).objective)
    assert np.mean(gains) > 0


def test_similarities_are_cosines_and_correlations() -> None:
    sizes = (4, 6, 5, 3)
    a, b, (X, _) = random_net(sizes, 1), random_net(sizes, 2), random_data(sizes, 40, 1)
    b[0][0][3], b[0][1][3], b[1][0][:, 3] = 0.0, 0.0, 0.0  # a unit without weights
    cosines, correlations = c.weight_similarity(a, b, 0), c.activation_similarity(a, b, X, 1)
    u = np.concatenate([a[0][0][2], a[0][1][2:3], a[1][0][:, 2]])
    v = np.concatenate([b[0][0][4], b[0][1][4:5], b[1][0][:, 4]])
    assert cosines[2, 4] == pytest.approx(u @ v / np.linalg.norm(u) / np.linalg.norm(v), abs=1e-14)
    assert (cosines[:, 3] == 0).all()
    said = [c.hidden(net, X)[1] for net in (a, b)]
    alive = [values.std(1) > 0 for values in said]
    expected = np.corrcoef(said[0][alive[0]], said[1][alive[1]])[: alive[0].sum(), alive[0].sum() :]
    np.testing.assert_allclose(correlations[np.ix_(*alive)], expected, rtol=0, atol=1e-12)
    assert (c.activation_similarity(a, b, X, 0)[:, 3] == 0).all()
    np.testing.assert_allclose(np.diag(c.weight_similarity(a, a, 1)), 1, rtol=0, atol=1e-14)
    a[0][0][:], a[0][1][:] = 0.0, [0.1, 0.3, 0.7, 1.1, 1.3, 1.7]  # the same of every sample, but not 0
    assert (c.activation_similarity(a, a, X[:37], 0) == 0).all()


def test_a_network_without_hidden_layers_has_nothing_to_match() -> None:
    a, b, (X, y) = random_net((4, 3), 1), random_net((4, 3), 2), random_data((4, 3), 20, 1)
    for method in c.METHODS:
        found = c.match(a, b, method, X, y=y, steps=2)
        assert found.permutations == []
        assert equal(found.apply(b), b)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"method": "magic"}, "none, weights, activations"),
        ({"method": "activations"}, "needs the samples X"),
        ({"method": "straight_through", "X": np.ones((3, 4))}, "labels y"),
        ({"signed": True}, "tanh networks only"),
        ({"signed": True, "activation": "tanh", "method": "sinkhorn"}, "every method but sinkhorn"),
        ({"method": "sinkhorn", "temperature": 0.0}, "temperature must be"),
    ],
)
def test_bad_requests_are_one_clear_sentence(change: dict, words: str) -> None:
    a = random_net((4, 6, 3), 0)
    with pytest.raises(ValueError, match=words):
        c.match(a, a, **change)
