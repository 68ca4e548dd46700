"""The state of one training: it goes on batch by batch, and can be forked between any two batches."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.connectivity.network import check_activation, check_inputs, initial, pack, parameter_count
from explorer.connectivity.optimisers import OPTIMISERS, Optimiser
from explorer.connectivity.passes import Pass, check_labels, one_hot

Seed = int | np.random.Generator


@dataclass(frozen=True)
class Settings:
    """What a training is run with.

    Attributes
        activation : "relu" or "tanh"
        optimiser  : "sgd", "momentum" or "adam"
        rate       : float > 0          learning rate
        decay      : float >= 0         weight decay, on all parameters; apart from the gradient for adam
        momentum   : float in [0, 1)    of the optimiser "momentum"
        batch      : int >= 1           samples a step; the last batch of an epoch may be smaller
        epochs     : int >= 0
        dtype      : "float32" or "float64"   of the training; the result is always float64
    """

    activation: str = "relu"
    optimiser: str = "adam"
    rate: float = 1e-3
    decay: float = 0.0
    momentum: float = 0.9
    batch: int = 64
    epochs: int = 20
    dtype: str = "float32"

    def __post_init__(self) -> None:
        check_activation(self.activation)
        rules = (
            (self.optimiser in OPTIMISERS, "optimiser", f"one of {', '.join(OPTIMISERS)}"),
            (np.isfinite(self.rate) and self.rate > 0, "rate", "a number above 0"),
            (np.isfinite(self.decay) and self.decay >= 0, "decay", "a number of 0 or more"),
            (0 <= self.momentum < 1, "momentum", "at least 0 and below 1"),
            (_whole(self.batch) and self.batch >= 1, "batch", "a whole number of 1 or more"),
            (_whole(self.epochs) and self.epochs >= 0, "epochs", "a whole number of 0 or more"),
            (self.dtype in ("float32", "float64"), "dtype", "float32 or float64"),
        )
        for holds, name, wanted in rules:
            if not holds:
                raise ValueError(f"{name} must be {wanted}, and is {getattr(self, name)!r}")


def _whole(value: object) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def as_seed(seed: Seed) -> int:
    """The seed as a number; a generator is asked for one."""
    if isinstance(seed, np.random.Generator):
        return int(seed.integers(2**62))
    if not _whole(seed) or seed < 0:
        raise ValueError(f"a seed must be a whole number of 0 or more or a numpy Generator, and is {seed!r}")
    return int(seed)


class Run:
    """A training under way.

    Attributes
        theta       : array (P,)        the weights now, in the dtype of the training
        losses, errors, watched_losses, watched_errors : lists, one entry an epoch
        snapshots   : list of (P,)      at the start and after every epoch
        epoch_steps : int               batches in an epoch
    """

    def __init__(
        self,
        sizes: Sequence[int],
        X: ArrayLike,
        y: ArrayLike,
        seed: int,
        order_seed: int,
        settings: Settings,
        watch: tuple[ArrayLike, ArrayLike] | None = None,
    ):
        start = initial(sizes, np.random.default_rng(seed), settings.activation)
        dtype = np.dtype(settings.dtype)
        self.sizes, self.settings, self.order_seed = tuple(int(s) for s in sizes), settings, order_seed

        def prepared(X: ArrayLike, y: ArrayLike) -> tuple[NDArray, NDArray]:
            samples = check_inputs(start, X)
            labels = check_labels(y, len(samples), self.sizes[-1])
            return samples.astype(dtype), one_hot(labels, self.sizes[-1], dtype)

        self._inputs, self._targets = prepared(X, y)
        self._watch = None if watch is None else prepared(*watch)
        self.epoch_steps = -(-len(self._inputs) // settings.batch)
        size = parameter_count(self.sizes)
        optimiser = Optimiser(
            settings.optimiser, size, settings.rate, settings.decay, settings.momentum, dtype
        )
        self._begin(pack(start).astype(dtype), optimiser)
        self.losses: list[float] = []
        self.errors: list[float] = []
        self.watched_losses: list[float] = []
        self.watched_errors: list[float] = []
        self.snapshots = [self.theta.copy()]
        self._seen = (0.0, 0)

    def _begin(self, theta: NDArray, optimiser: Optimiser) -> None:
        self.theta, self.optimiser = theta, optimiser
        self._slope = np.empty_like(theta)
        self._passes: dict[int, Pass] = {}

    @property
    def steps(self) -> int:
        """Batches seen."""
        return self.optimiser.steps

    @property
    def epochs(self) -> int:
        """Whole epochs behind it."""
        return len(self.losses)

    @property
    def done(self) -> bool:
        """True after the last epoch."""
        return self.epochs >= self.settings.epochs

    @property
    def share(self) -> float:
        """Part of the training that is done, 0 ... 1."""
        return self.epochs / self.settings.epochs if self.settings.epochs else 1.0

    @property
    def loss(self) -> float:
        """Training loss of the last epoch, NaN before the first."""
        return self.losses[-1] if self.losses else float("nan")

    @property
    def text(self) -> str:
        """One line for a progress bar."""
        if not self.losses:
            return "first weights drawn"
        return f"epoch {self.epochs} of {self.settings.epochs}: training loss {self.loss:.3g}"

    def fork(self, order_seed: int) -> Run:
        """A second run in the same state, which will see its batches in another order."""
        twin = copy(self)
        twin.order_seed = order_seed
        twin._begin(self.theta.copy(), self.optimiser.copy())
        for name in ("losses", "errors", "watched_losses", "watched_errors", "snapshots"):
            setattr(twin, name, list(getattr(self, name)))
        return twin

    def advance(self, target: int) -> None:
        """Goes on until ``target`` batches have been seen.

        Raises
            ValueError          the loss is no longer a finite number
        """
        while self.steps < target:
            epoch, first = divmod(self.steps, self.epoch_steps)
            last = min(self.epoch_steps, first + target - self.steps)
            with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
                self._batches(epoch, first, last)
            if last == self.epoch_steps:
                self._close()

    def _batches(self, epoch: int, first: int, last: int) -> None:
        """The order of an epoch hangs on its number and the seed alone: a fork can change it midway."""
        batch = self.settings.batch
        order = np.random.default_rng([self.order_seed, 1, epoch]).permutation(len(self._inputs))
        inputs, targets = self._inputs[order], self._targets[order]
        loss, wrong = self._seen
        for at in range(first * batch, min(last * batch, len(order)), batch):
            part = inputs[at : at + batch]
            step = self._pass(len(part)).run(part, targets[at : at + batch])
            loss, wrong = loss + step[0], wrong + step[1]
            self.optimiser.step(self.theta, self._slope)
        self._seen = loss, wrong

    def _pass(self, batch: int) -> Pass:
        if batch not in self._passes:
            self._passes[batch] = Pass(self.theta, self._slope, self.sizes, batch, self.settings.activation)
        return self._passes[batch]

    def _close(self) -> None:
        """Books the epoch that has just ended."""
        loss, wrong = self._seen
        if not (np.isfinite(loss) and np.isfinite(self.theta).all()):
            raise ValueError(
                f"the training diverged in epoch {self.epochs + 1}: its loss is no longer a finite number; "
                "a lower learning rate would be right"
            )
        self.losses.append(loss / len(self._inputs))
        self.errors.append(wrong / len(self._inputs))
        self.snapshots.append(self.theta.copy())
        self._seen = (0.0, 0)
        if self._watch is not None:
            count = len(self._watch[0])
            loss, wrong = self._pass(count).score(*self._watch)
            self.watched_losses.append(loss / count)
            self.watched_errors.append(wrong / count)
