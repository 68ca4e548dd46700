"""What the connectivity kernels cost beside PyTorch, or beside the obvious loop: ratios within one run."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable
from itertools import pairwise

import numpy as np

from explorer import connectivity as c

Call = Callable[[], object]
TS = np.linspace(0.0, 1.0, 50)


def rows() -> list[dict]:
    """Return a row a comparison: name, ours_s, theirs_s (best of a few calls), ratio theirs / ours, note."""
    X, y = _digits()
    pair = c.train_pair((64, 128, 10), X, y)
    return [*_training(X, y), *_line(pair, X, y), *_soft(pair), _narrow(X, y)]


def _digits() -> tuple[np.ndarray, np.ndarray]:
    """Four fifths of the digits, 1,437 images, as the scene trains on."""
    from sklearn.datasets import load_digits

    X, y = load_digits(return_X_y=True)
    split = c.train_test(X / 16.0, y, 0.2, 0)
    return split.X_train, split.y_train


def _row(name: str, note: str, ours: Call, theirs: Call | None, repeats: int = 5) -> dict:
    """Time both in turn, so that a busy moment strikes either alike; the best of each counts."""
    calls = [ours] if theirs is None else [ours, theirs]
    best = [np.inf, np.nan if theirs is None else np.inf]
    for call in calls:
        call()
    for _ in range(repeats):
        for which, call in enumerate(calls):
            start = time.perf_counter()
            call()
            best[which] = min(best[which], time.perf_counter() - start)
    return {"name": name, "ours_s": best[0], "theirs_s": best[1], "ratio": best[1] / best[0], "note": note}


def _training(X: np.ndarray, y: np.ndarray) -> list[dict]:
    """Two networks, 20 epochs, batch 64, Adam; PyTorch with its fused optimiser, its fastest here."""
    there = importlib.util.find_spec("torch") is not None
    note = "PyTorch CPU, fused Adam, float32" if there else "PyTorch is missing (extra peers): no comparison"
    out = []
    for sizes in ((64, 128, 10), (64, 128, 128, 10)):
        for activation in c.ACTIVATIONS:
            name = f"train two {'-'.join(map(str, sizes))} {activation}, 20 epochs"
            theirs = _torch_pair(sizes, activation, X, y) if there else None
            out.append(_row(name, note, _our_pair(sizes, activation, X, y), theirs))
    return out


def _our_pair(sizes: tuple[int, ...], activation: str, X: np.ndarray, y: np.ndarray) -> Call:
    return lambda: c.train_pair(sizes, X, y, activation=activation)


def _torch_pair(sizes: tuple[int, ...], activation: str, X: np.ndarray, y: np.ndarray) -> Call:
    import torch

    samples, labels = torch.tensor(X, dtype=torch.float32), torch.tensor(y)

    def train(seed: int) -> object:
        torch.manual_seed(seed)
        layers: list = []
        for into, out in pairwise(sizes):
            layers += [
                torch.nn.Linear(into, out),
                torch.nn.ReLU() if activation == "relu" else torch.nn.Tanh(),
            ]
        net = torch.nn.Sequential(*layers[:-1])
        engine = torch.optim.Adam(net.parameters(), lr=1e-3, fused=True)
        for _ in range(20):
            order = torch.randperm(len(samples))
            for at in range(0, len(samples), 64):
                part = order[at : at + 64]
                engine.zero_grad()
                torch.nn.functional.cross_entropy(net(samples[part]), labels[part]).backward()
                engine.step()
        return net

    return lambda: [train(0), train(1)]


def _line(pair: c.Pair, X: np.ndarray, y: np.ndarray) -> list[dict]:
    """Matching and the 50 points after it, against a loop that builds and runs every network on the line."""

    def matched() -> object:
        return c.loss_curve(pair.a, c.match(pair.a, pair.b).apply(pair.b), X, y, TS)

    def loop() -> object:
        moved = c.match(pair.a, pair.b).apply(pair.b)
        losses = []
        for t in TS:
            net = [
                ((1 - t) * W + t * V, (1 - t) * p + t * q)
                for (W, p), (V, q) in zip(pair.a, moved, strict=True)
            ]
            scores = c.forward(net, X)
            scores -= scores.max(1, keepdims=True)
            losses.append(np.mean(np.log(np.exp(scores).sum(1)) - scores[np.arange(len(y)), y]))
        return losses

    deep = c.train_pair((64, 128, 128, 10), X, y)
    return [
        _row(
            "matching and 50 points of the line, 128 units",
            "theirs: NumPy, network by network",
            matched,
            loop,
        ),
        _row("weight matching, 128 units", "ours alone", lambda: c.match(pair.a, pair.b), None),
        _row("weight matching, 128 + 128 units", "ours alone", lambda: c.match(deep.a, deep.b), None),
        _row(
            "curvature at 48 points of the line",
            "ours alone; exact jets",
            lambda: c.line_jets(pair.a, pair.b, X, y, TS[1:-1]),
            None,
            2,
        ),
    ]


def _soft(pair: c.Pair) -> list[dict]:
    """The Newton-accelerated scaling against Sinkhorn's own, both asked for row sums within 1e-4."""
    C = c.weight_similarity(pair.a, pair.b, 0)

    def plain() -> object:
        from scipy.special import logsumexp

        logs, rows, columns = C / 0.05, np.zeros((128, 1)), np.zeros((1, 128))
        for _ in range(10_000):
            rows = -logsumexp(logs + columns, axis=1, keepdims=True)
            columns = -logsumexp(logs + rows, axis=0, keepdims=True)
            if np.abs(np.exp(logs + rows + columns).sum(1) - 1).max() < 1e-4:
                break
        return rows

    note = "theirs: Sinkhorn's scaling, in logarithms"
    return [_row("soft matching, 128 units", note, lambda: c.sinkhorn(C, 0.05, 1e-4), plain, 2)]


def _narrow(X: np.ndarray, y: np.ndarray) -> dict:
    """Every permutation of six units: pruned search against the curve of each."""
    from itertools import permutations

    pair, ts = c.train_pair((64, 6, 10), X, y), np.linspace(0.0, 1.0, 11)

    def each() -> object:
        return min(
            c.barrier(c.loss_curve(pair.a, c.permute(pair.b, [order]), X, y, ts))
            for order in permutations(range(6))
        )

    note = "theirs: the curve of each of 720 permutations"
    return _row("lowest barrier, 6 units", note, lambda: c.best_barrier(pair.a, pair.b, X, y, ts), each, 1)
