"""Training of one network, or of two that share their first epochs and then part."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from explorer.connectivity.network import Array, Network, unpack
from explorer.connectivity.run import Run, Seed, Settings, as_seed

Report = Callable[[float, str], None]


@dataclass(frozen=True)
class Record:
    """How a training went. Losses in nats, errors as shares; epoch 0 of the snapshots is the start.

    Attributes
        losses, errors   : array (epochs,)    training set, mean over the epoch while the weights move
        watched_losses, watched_errors : array (epochs,)   watched set after each epoch; empty without one
        snapshots        : array (epochs + 1, P)           flat parameters, `unpack` makes layers of a row
        steps            : int                             batches seen
    """

    losses: Array
    errors: Array
    watched_losses: Array
    watched_errors: Array
    snapshots: Array
    steps: int


class Trained(list):
    """A network, that is a list of ``(W, b)``, which remembers its training in ``record``."""

    def __init__(self, layers: Network, record: Record):
        super().__init__(layers)
        self.record = record


@dataclass(frozen=True)
class Pair:
    """Two networks that shared their first ``fork`` steps."""

    a: Trained
    b: Trained
    fork: int


def train(
    sizes: Sequence[int],
    X: ArrayLike,
    y: ArrayLike,
    seed: Seed,
    *,
    order_seed: Seed | None = None,
    watch: tuple[ArrayLike, ArrayLike] | None = None,
    report: Report | None = None,
    **settings: Any,
) -> Trained:
    """A multilayer perceptron trained by mini-batches on softmax cross-entropy.

    Parameters
        sizes      : (inputs, hidden ..., classes)
        X, y       : arrays (n, inputs) and (n,)   labels 0 ... classes - 1
        seed       : int or Generator   for the first weights; the order of the batches too unless
        order_seed : int or Generator   is given
        watch      : (X, y)             a second data set whose loss and error are recorded
        report     : callable(share, text) after every epoch; what it raises ends the training
        settings   : the fields of `Settings`: activation, optimiser, rate, decay, momentum, batch, epochs,
                     dtype

    Returns
        a list of (W (out, in), b (out,)), float64, with ``record``

    Raises
        ValueError              sizes do not fit the data, a setting is out of range, the loss is not finite
    Cost: 6nP flops an epoch; 64-128-10 on 1,437 digits, 20 epochs: 0.04 s on one core.
    Holds: the same seeds give the same network bit by bit; the gradient equals finite differences.
    """
    for run in train_epochs(sizes, X, y, seed, order_seed=order_seed, watch=watch, **settings):
        if report is not None:
            report(run.share, run.text)
    return finished(run)


def train_epochs(
    sizes: Sequence[int],
    X: ArrayLike,
    y: ArrayLike,
    seed: Seed,
    *,
    order_seed: Seed | None = None,
    watch: tuple[ArrayLike, ArrayLike] | None = None,
    **settings: Any,
) -> Iterator[Run]:
    """`train`, an epoch at a time: the run is handed out before the first epoch and after each one.

    `finished(run)` gives the network and its record so far; to stop, stop asking.
    """
    first = as_seed(seed)
    order = first if order_seed is None else as_seed(order_seed)
    run = Run(sizes, X, y, first, order, Settings(**settings), watch)
    yield run
    while not run.done:
        run.advance(run.steps + run.epoch_steps)
        yield run


def train_pair(
    sizes: Sequence[int],
    X: ArrayLike,
    y: ArrayLike,
    *,
    seeds: tuple[Seed, Seed] = (0, 1),
    order_seeds: tuple[Seed, Seed] = (0, 1),
    shared: float = 0.0,
    watch: tuple[ArrayLike, ArrayLike] | None = None,
    report: Report | None = None,
    **settings: Any,
) -> Pair:
    """Two networks trained apart, after ``shared`` epochs of one and the same training.

    Parameters
        seeds       : first weights of a and of b; if they share a step both start from the first
        order_seeds : order of the batches of a and of b; before the fork both follow the first
        shared      : float     epochs before the fork, 0 ... epochs; a part of an epoch counts in whole steps
        others      : as for `train`; ``report`` hears of every epoch of the two

    Holds: equal seeds, or shared = epochs, give two equal networks bit by bit.
    Ref: Frankle, Dziugaite, Roy, Carbin, "Linear mode connectivity and the lottery ticket hypothesis", 2020,
    algorithm 1.
    """
    pairs = train_pair_epochs(
        sizes, X, y, seeds=seeds, order_seeds=order_seeds, shared=shared, watch=watch, **settings
    )
    fork = 0
    for a, b, fork in pairs:  # noqa: B007
        if report is not None:
            report((a.share + b.share) / 2, f"{a.text}; twin at {b.loss:.3g}" if b.epochs else a.text)
    return Pair(finished(a), finished(b), fork)


def train_pair_epochs(
    sizes: Sequence[int],
    X: ArrayLike,
    y: ArrayLike,
    *,
    seeds: tuple[Seed, Seed] = (0, 1),
    order_seeds: tuple[Seed, Seed] = (0, 1),
    shared: float = 0.0,
    watch: tuple[ArrayLike, ArrayLike] | None = None,
    **settings: Any,
) -> Iterator[tuple[Run, Run, int]]:
    """`train_pair`, an epoch of each at a time: (run a, run b, fork in steps). While they share, b is a."""
    chosen = Settings(**settings)
    orders = as_seed(order_seeds[0]), as_seed(order_seeds[1])
    a = Run(sizes, X, y, as_seed(seeds[0]), orders[0], chosen, watch)
    if not 0 <= shared <= chosen.epochs:
        raise ValueError(f"shared must lie between 0 and {chosen.epochs} epochs, and is {shared}")
    fork = round(shared * a.epoch_steps)
    b = a if fork else Run(sizes, X, y, as_seed(seeds[1]), orders[1], chosen, watch)
    yield a, b, fork
    for epoch in range(1, chosen.epochs + 1):
        target = epoch * a.epoch_steps
        if b is a and fork < target:
            a.advance(fork)
            b = a.fork(orders[1])
        a.advance(target)
        b.advance(target)
        yield a, b, fork


def finished(run: Run) -> Trained:
    """The network of a run, and its record up to now, as copies."""
    record = Record(
        np.array(run.losses),
        np.array(run.errors),
        np.array(run.watched_losses),
        np.array(run.watched_errors),
        np.array(run.snapshots, dtype=np.float64),
        run.steps,
    )
    return Trained(unpack(run.theta.astype(np.float64), run.sizes), record)
