"""Gradients against differences, optimisers against their definitions, seeds, the fork, and stopping."""

from __future__ import annotations

import numpy as np
import pytest

from explorer import connectivity as c
from explorer.connectivity.optimisers import Optimiser
from explorer.connectivity.passes import ONE_THREAD, product
from tests.connectivity.nets import SHAPES, digits, equal, random_data, random_net


@pytest.mark.parametrize("activation", c.ACTIVATIONS)
@pytest.mark.parametrize("sizes", [(3, 4), *SHAPES])
def test_the_gradient_is_that_of_the_loss(sizes: tuple[int, ...], activation: str) -> None:
    net, (X, y) = random_net(sizes, 1), random_data(sizes, 30, 1)
    loss, slope = c.loss_and_gradient(net, X, y, activation)
    scores = c.forward(net, X, activation)
    expected = np.log(np.exp(scores).sum(1)) - scores[np.arange(30), y]
    assert loss == pytest.approx(expected.mean(), abs=1e-13)
    assert c.score(net, X, y, activation)[0] == pytest.approx(loss, abs=1e-13)
    theta, step = c.pack(net), 1e-5

    def at(moved: np.ndarray) -> float:
        return c.score(c.unpack(moved, sizes), X, y, activation)[0]

    differences = [(at(theta + step * e) - at(theta - step * e)) / (2 * step) for e in np.eye(len(theta))]
    np.testing.assert_allclose(slope, differences, rtol=0, atol=2e-9)


def test_the_error_is_the_share_of_wrong_answers_and_ties_go_to_the_first_class() -> None:
    net, (X, y) = random_net((4, 6, 3), 2), random_data((4, 6, 3), 700, 2)
    assert c.score(net, X, y)[1] == np.mean(c.forward(net, X).argmax(1) != y)
    flat = [(W * 0, b * 0) for W, b in net]
    loss, error = c.score(flat, X, y)
    assert loss == pytest.approx(np.log(3), abs=1e-14)
    assert error == np.mean(y != 0)


def test_optimisers_follow_their_definitions() -> None:
    rng = np.random.default_rng(0)
    slopes = rng.standard_normal((6, 5))
    for name, decay in (("sgd", 0.0), ("sgd", 0.2), ("momentum", 0.1), ("adam", 0.0), ("adam", 0.3)):
        start = rng.standard_normal(5)
        theta, engine = start.copy(), Optimiser(name, 5, 0.05, decay, 0.8, np.dtype(float))
        expected, v, m, s = start.copy(), 0.0, 0.0, 0.0
        for t, slope in enumerate(slopes, 1):
            engine.step(theta, slope.copy())
            g = slope + (decay * expected if name != "adam" else 0.0)
            if name == "sgd":
                expected = expected - 0.05 * g
            elif name == "momentum":
                v = 0.8 * v + g
                expected = expected - 0.05 * v
            else:
                m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g**2
                move = (m / (1 - 0.9**t)) / (np.sqrt(s / (1 - 0.999**t)) + 1e-8)
                expected = (1 - 0.05 * decay) * expected - 0.05 * move
        np.testing.assert_allclose(theta, expected, rtol=1e-12, atol=1e-12)


def test_full_batch_descent_takes_the_steps_of_the_gradient() -> None:
    sizes, (X, y) = (4, 6, 3), random_data((4, 6, 3), 40, 3)
    trained = c.train(sizes, X, y, 7, optimiser="sgd", rate=0.1, batch=40, epochs=5, dtype="float64")
    theta = trained.record.snapshots[0]
    for epoch in range(5):
        loss, slope = c.loss_and_gradient(c.unpack(theta, sizes), X, y)
        assert trained.record.losses[epoch] == pytest.approx(loss, abs=1e-12)
        theta = theta - 0.1 * slope
    np.testing.assert_allclose(c.pack(trained), theta, rtol=0, atol=1e-12)


def test_every_sample_is_seen_once_an_epoch() -> None:
    """With a rate so small that the weights stand still, an epoch adds up to the full gradient."""
    sizes, (X, y) = (4, 6, 3), random_data((4, 6, 3), 36, 4)
    for batch in (1, 4, 12, 36, 100):
        trained = c.train(
            sizes,
            X,
            y,
            3,
            optimiser="sgd",
            rate=1e-7,
            batch=batch,
            epochs=1,
            dtype="float64",
            activation="tanh",
        )
        start, end = trained.record.snapshots
        loss, slope = c.loss_and_gradient(c.unpack(start, sizes), X, y, "tanh")
        assert trained.record.steps == -(-36 // batch)
        assert trained.record.losses[0] == pytest.approx(loss, abs=1e-4)
        assert trained.record.errors[0] == c.score(c.unpack(start, sizes), X, y, "tanh")[1]
        np.testing.assert_allclose((start - end) / 1e-7, slope * trained.record.steps, rtol=0, atol=1e-4)


def test_single_precision_follows_double_and_the_result_is_double() -> None:
    X, y = digits()
    nets = [c.train((64, 16, 10), X[:300], y[:300], 0, epochs=3, dtype=d) for d in ("float32", "float64")]
    assert all(part.dtype == np.float64 for net in nets for layer in net for part in layer)
    np.testing.assert_allclose(c.pack(nets[0]), c.pack(nets[1]), rtol=0, atol=1e-4)


def test_training_learns_the_digits_and_records_itself() -> None:
    X, y = digits()
    net = c.train((64, 32, 10), X[:1200], y[:1200], 0, rate=3e-3, epochs=15, watch=(X[1200:], y[1200:]))
    record = net.record
    assert record.losses[-1] < 0.15
    assert record.losses[-1] < 0.2 * record.losses[0]
    assert record.snapshots.shape == (16, c.parameter_count((64, 32, 10)))
    np.testing.assert_array_equal(record.snapshots[-1], c.pack(net))
    loss, error = c.score(net, X[1200:], y[1200:])
    assert record.watched_losses[-1] == pytest.approx(loss, rel=1e-5)
    assert record.watched_errors[-1] == pytest.approx(error, abs=1e-9)
    assert error < 0.12
    assert c.forward(net, X[:5]).shape == (5, 10)


def test_seeds_isolate_where_two_networks_part() -> None:
    X, y = digits()
    data = (X[:200], y[:200])

    def pair(seeds: tuple[int, int], orders: tuple[int, int]) -> c.Pair:
        return c.train_pair((64, 8, 10), *data, seeds=seeds, order_seeds=orders, epochs=2)

    same = pair((0, 0), (5, 5))
    assert equal(same.a, same.b)
    only_order, only_start = pair((0, 0), (5, 6)), pair((0, 1), (5, 5))
    starts = [[net.record.snapshots[0] for net in (p.a, p.b)] for p in (only_order, only_start)]
    assert np.array_equal(*starts[0])
    assert not np.array_equal(*starts[1])
    assert not equal(only_order.a, only_order.b)
    again = c.train((64, 8, 10), *data, 0, order_seed=6, epochs=2)
    assert equal(again, only_order.b)
    drawn = [c.train((64, 8, 10), *data, np.random.default_rng(3), epochs=1) for _ in range(2)]
    assert equal(*drawn)


@pytest.mark.parametrize("optimiser", c.OPTIMISERS)
@pytest.mark.parametrize("shared", [0.5, 1.0, 1.75, 3.0])
def test_two_trainings_share_their_steps_up_to_the_fork(shared: float, optimiser: str) -> None:
    X, y = digits()
    pair = c.train_pair(
        (64, 8, 10), X[:256], y[:256], shared=shared, epochs=3, batch=64, optimiser=optimiser, rate=1e-2
    )
    assert pair.fork == round(4 * shared)
    apart = np.abs(pair.a.record.snapshots - pair.b.record.snapshots).max(axis=1)
    together = int(shared)
    assert (apart[: together + 1] == 0).all()
    assert (apart[together + 1 :] > 0).all()
    assert pair.a.record.steps == pair.b.record.steps == 12
    alone = c.train((64, 8, 10), X[:256], y[:256], 0, epochs=3, batch=64, optimiser=optimiser, rate=1e-2)
    assert equal(alone, pair.a)
    if shared == 3.0:
        assert equal(pair.a, pair.b)
        assert c.barrier(c.loss_curve(pair.a, pair.b, X, y, np.linspace(0, 1, 11))) == 0.0


@pytest.mark.parametrize("optimiser", c.OPTIMISERS)
def test_a_fork_takes_the_memory_of_the_optimiser_with_it(optimiser: str) -> None:
    """Forked in the middle of an epoch and given the same order, the twin goes the same way, bit by bit."""
    X, y = digits()
    given = {"epochs": 3, "optimiser": optimiser, "rate": 1e-2, "decay": 0.01, "order_seeds": (4, 4)}
    pair = c.train_pair((64, 8, 10), X[:256], y[:256], shared=1.5, **given)
    assert pair.fork == 6
    assert equal(pair.a, pair.b)
    assert pair.a.record.losses.tolist() == pair.b.record.losses.tolist()


@pytest.mark.parametrize("fork", [0, 1, 2, 3])
def test_the_fork_changes_the_order_of_what_follows_only(fork: int) -> None:
    """Two batches an epoch: those before the fork in the order of a, those after it in the order of b."""
    X, y = digits()
    given = {"epochs": 2, "batch": 50, "optimiser": "sgd", "rate": 0.1, "dtype": "float64"}
    pair = c.train_pair(
        (64, 6, 10), X[:100], y[:100], seeds=(0, 0), shared=fork / 2, order_seeds=(7, 4), **given
    )
    for net, orders in ((pair.a, [7] * 4), (pair.b, [7] * fork + [4] * (4 - fork))):
        theta = pair.a.record.snapshots[0]
        for step, seed in enumerate(orders):
            order = np.random.default_rng([seed, 1, step // 2]).permutation(100)
            part = order[50 * (step % 2) :][:50]
            theta = theta - 0.1 * c.loss_and_gradient(c.unpack(theta, (64, 6, 10)), X[part], y[part])[1]
        np.testing.assert_allclose(c.pack(net), theta, rtol=0, atol=1e-12)


def test_progress_is_told_and_a_callback_can_stop_the_training() -> None:
    X, y = digits()
    heard: list[tuple[float, str]] = []
    c.train((64, 4, 10), X[:100], y[:100], 0, epochs=3, report=lambda *said: heard.append(said))
    assert [share for share, _ in heard] == pytest.approx([0, 1 / 3, 2 / 3, 1])
    assert "epoch 3 of 3" in heard[-1][1]
    heard.clear()
    c.train_pair((64, 4, 10), X[:100], y[:100], epochs=2, shared=1, report=lambda *said: heard.append(said))
    assert heard[-1][0] == 1.0

    class Enough(Exception):
        pass

    def stop(share: float, text: str) -> None:
        if share > 0.5:
            raise Enough

    with pytest.raises(Enough):
        c.train((64, 4, 10), X[:100], y[:100], 0, epochs=4, report=stop)


def test_loss_curves_can_be_read_while_the_training_runs() -> None:
    X, y = digits()
    lengths = []
    for a, b, fork in c.train_pair_epochs((64, 4, 10), X[:100], y[:100], epochs=3, shared=1):
        lengths.append((len(a.losses), len(b.losses), a is b))
        assert fork == 2
    assert lengths == [(0, 0, True), (1, 1, True), (2, 2, False), (3, 3, False)]
    assert c.finished(b).record.losses.shape == (3,)


def test_products_in_parts_are_the_product() -> None:
    rng = np.random.default_rng(0)
    for rows, inner, columns in ((128, 64, 64), (100, 80, 70), (97, 101, 64), (10, 20, 30), (300, 300, 300)):
        left, right = rng.standard_normal((inner, rows)).T, rng.standard_normal((inner, columns))
        for side in (left, np.ascontiguousarray(left)):
            out = np.full((rows, columns), np.nan)
            product(side, right, out)
            np.testing.assert_allclose(out, left @ right, rtol=0, atol=1e-11)
    assert ONE_THREAD < 128 * 64 * 64


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"rate": 0.0}, "rate must be a number above 0"),
        ({"rate": float("nan")}, "rate must be"),
        ({"decay": -1.0}, "decay must be"),
        ({"momentum": 1.0}, "momentum must be"),
        ({"batch": 0}, "batch must be"),
        ({"batch": 2.5}, "batch must be"),
        ({"epochs": -1}, "epochs must be"),
        ({"optimiser": "lbfgs"}, "sgd, momentum, adam"),
        ({"activation": "gelu"}, "relu, tanh"),
        ({"dtype": "float16"}, "float32 or float64"),
        ({"seed": -1}, "seed must be"),
        ({"y": [0, 1, 2, 3]}, "0 to 2"),
        ({"y": [0, 1, 1.5, 0]}, "whole numbers"),
        ({"y": [0, 1]}, "one label for each of 4"),
        ({"X": np.zeros((4, 3))}, r"shape \(n, 2\)"),
        ({"rate": 1e30, "optimiser": "sgd", "epochs": 20}, "diverged"),
    ],
)
def test_bad_settings_are_one_clear_sentence(change: dict, words: str) -> None:
    given = {"X": np.eye(4)[:, :2] + 1, "y": [0, 1, 2, 0], "seed": 0, "epochs": 1, **change}
    with pytest.raises(ValueError, match=words):
        c.train((2, 3, 3), **given)


def test_shared_epochs_must_be_some_of_the_epochs() -> None:
    with pytest.raises(ValueError, match="between 0 and 2"):
        c.train_pair((2, 3, 3), np.eye(2), [0, 1], shared=2.5, epochs=2)


def test_no_epochs_give_the_first_weights() -> None:
    net = c.train((4, 3, 2), np.ones((5, 4)), [0, 1, 0, 1, 0], 0, epochs=0)
    np.testing.assert_array_equal(c.pack(net), net.record.snapshots[0])
    assert net.record.losses.shape == (0,)
