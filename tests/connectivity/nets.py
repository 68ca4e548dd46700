"""Networks and data that several test files start from."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from explorer import connectivity as c

SHAPES = ((5, 7, 3), (4, 6, 5, 3), (3, 8, 6, 7, 4))


def random_net(sizes: tuple[int, ...], seed: int) -> c.Network:
    """Weights and biases of order 1, none of them zero."""
    rng = np.random.default_rng(seed)
    return [(W, 0.3 * rng.standard_normal(len(b))) for W, b in c.initial(sizes, rng)]


def random_data(sizes: tuple[int, ...], n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng([seed, 99])
    return rng.standard_normal((n, sizes[0])), rng.integers(0, sizes[-1], n)


@lru_cache
def digits() -> tuple[np.ndarray, np.ndarray]:
    from sklearn.datasets import load_digits

    X, y = load_digits(return_X_y=True)
    return X / 16.0, y


@lru_cache
def digit_pair(*hidden: int, activation: str = "relu", **settings: float) -> c.Pair:
    """Two trainings on 600 digits from two seeds, short but past chance."""
    X, y = digits()
    return c.train_pair((64, *hidden, 10), X[:600], y[:600], activation=activation, rate=3e-3, **settings)


def equal(a: c.Network, b: c.Network) -> bool:
    """Bit by bit."""
    return all(
        np.array_equal(p, q)
        for left, right in zip(a, b, strict=True)
        for p, q in zip(left, right, strict=True)
    )
