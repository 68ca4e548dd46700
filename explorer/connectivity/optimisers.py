"""Steps of gradient descent, momentum and Adam on one flat vector, in place."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

OPTIMISERS = ("sgd", "momentum", "adam")


class Optimiser:
    """One step after another on ``theta`` along the gradient; `copy` gives an equal one for a second path.

        sgd        theta -= rate g,                       g = gradient + decay theta
        momentum   v = beta v + g;  theta -= rate v       (heavy ball)
        adam       m = .9 m + .1 g,  s = .999 s + .001 g^2;  theta -= rate m^ / (sqrt s^ + 1e-8),
                   and decay apart from the gradient: theta *= 1 - rate decay

    Ref: Kingma, Ba, "Adam", 2015, algorithm 1; Loshchilov, Hutter, "Decoupled weight decay regularization",
    2019, algorithm 2.
    """

    def __init__(self, name: str, size: int, rate: float, decay: float, beta: float, dtype: np.dtype):
        if name not in OPTIMISERS:
            raise ValueError(f"optimiser must be one of {', '.join(OPTIMISERS)}, and is {name!r}")
        self.name, self.rate, self.decay, self.beta, self.steps = name, rate, decay, beta, 0
        self._first = np.zeros(size, dtype)
        self._second = np.zeros(size, dtype)
        self._work = np.empty(size, dtype)
        self._moves: dict[str, Callable[[NDArray, NDArray], None]] = {
            "sgd": self._sgd,
            "momentum": self._momentum,
            "adam": self._adam,
        }

    def copy(self) -> Optimiser:
        """An optimiser with the same memory, free to go its own way."""
        twin = Optimiser(self.name, self._first.size, self.rate, self.decay, self.beta, self._first.dtype)
        twin.steps = self.steps
        twin._first[:], twin._second[:] = self._first, self._second
        return twin

    def step(self, theta: NDArray, slope: NDArray) -> None:
        """Moves ``theta`` by one step; ``slope`` may be overwritten."""
        self.steps += 1
        if self.decay and self.name == "adam":
            theta *= 1.0 - self.rate * self.decay
        elif self.decay:
            slope += np.multiply(theta, self.decay, out=self._work)
        self._moves[self.name](theta, slope)

    def _sgd(self, theta: NDArray, slope: NDArray) -> None:
        theta -= np.multiply(slope, self.rate, out=self._work)

    def _momentum(self, theta: NDArray, slope: NDArray) -> None:
        self._first *= self.beta
        self._first += slope
        theta -= np.multiply(self._first, self.rate, out=self._work)

    def _adam(self, theta: NDArray, slope: NDArray) -> None:
        work, first, second = self._work, self._first, self._second
        first *= 0.9
        first += np.multiply(slope, 0.1, out=work)
        second *= 0.999
        slope *= slope
        second += np.multiply(slope, 0.001, out=work)
        np.sqrt(second, out=work)
        work *= (1.0 - 0.999**self.steps) ** -0.5
        work += 1e-8
        np.divide(first, work, out=work)
        work *= self.rate / (1.0 - 0.9**self.steps)
        theta -= work
