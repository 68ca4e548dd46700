"""Two trained networks, the matching of their units and the line between them, each kept by what it came from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from explorer.connectivity.curvature import Segment, segment_identity
from explorer.connectivity.exhaustive import Best, best_barrier, best_objective
from explorer.connectivity.line import Curve, loss_curve
from explorer.connectivity.matching import Matching, match
from explorer.connectivity.network import Network, pack, sizes_of, unpack
from explorer.connectivity.pair.own import Own
from explorer.connectivity.pair.problems import Posed
from explorer.connectivity.run import Run
from explorer.connectivity.scores import score
from explorer.connectivity.search import WIDEST
from explorer.connectivity.symmetry import balance
from explorer.connectivity.training import Pair, finished, train_pair, train_pair_epochs
from explorer.connectivity.variance import repaired_line
from explorer.core.cache import Cache
from explorer.core.runner import Report, silent

TS = np.linspace(0.0, 1.0, 51)
FEW = 300
SIGNED = ("weights", "activations", "straight_through")

_NETWORKS = Cache(2)
_PAIRS, _JOINS, _CURVES, _SEGMENTS, _ORDERS = Cache(4), Cache(16), Cache(32), Cache(8), Cache(8)


@dataclass(frozen=True)
class Recipe:
    """How the two networks are trained."""

    hidden: tuple[int, ...]
    activation: str
    optimiser: str
    rate: float
    decay: float
    batch: int
    epochs: int
    shared: float
    seeds: tuple[int, int]
    orders: tuple[int, int]


def recipe_of(own: Own, activation: str) -> Recipe:
    """What is known of two networks out of files: their widths, and the activation that they are run with."""
    return Recipe(own.sizes[1:-1], activation, "", 0.0, 0.0, 0, 1, 0.0, (0, 0), (0, 0))


@dataclass(frozen=True)
class Matcher:
    """How the units of b are lined up with those of a."""

    method: str = "none"
    balanced: bool = False
    signed: bool = False
    temperature: float = 0.1


@dataclass(frozen=True)
class Join:
    """Both ends of the line: a, b as it was trained, and b moved by what the matching found."""

    a: Network
    b: Network
    moved: Network
    matching: Matching


@dataclass(frozen=True)
class Study:
    """A problem, a training and a matching: what all figures are about."""

    posed: Posed
    recipe: Recipe
    matcher: Matcher
    own: Own | None = None

    @property
    def plain(self) -> Study:
        """The same two networks without a matching."""
        return replace(self, matcher=Matcher(balanced=self.matcher.balanced))

    @property
    def trained(self) -> bool:
        """Whether the two networks were trained here."""
        return self.own is None

    def pair(self, report: Report = silent) -> Pair:
        """The two networks: out of their files, or trained now unless they are held."""
        if self.own is not None:
            return self.own.pair
        return _PAIRS.get((self.posed, self.recipe), lambda: train(self.posed, self.recipe, report))

    @property
    def at_hand(self) -> bool:
        """Whether nothing has to be trained for the pair."""
        return self.own is not None or _PAIRS.find((self.posed, self.recipe)) is not None

    @property
    def begun(self) -> Study:
        """The same two networks after the first epoch of their training."""
        first = replace(self.recipe, epochs=1, shared=min(self.recipe.shared, 1.0))
        return replace(self, recipe=first)

    def grow(self, report: Report) -> Iterator[tuple[Run, Run]]:
        """Both trainings after every epoch; when they end, their networks are held."""
        given, settings = _given(self.posed, self.recipe), _settings(self.posed, self.recipe)
        for a, b, fork in train_pair_epochs(*given, **settings):
            report((a.share + b.share) / 2, a.text)
            yield a, b
            if a.done and b.done:
                _PAIRS.put((self.posed, self.recipe), Pair(finished(a), finished(b), fork))

    def join(self, report: Report = silent) -> Join:
        """The ends of the line after the matching."""
        return _JOINS.get(self, lambda: self.joined(self.pair(report), report))

    def joined(self, pair: Pair, report: Report = silent) -> Join:
        """The ends of the line between two networks of this study's recipe."""
        parts, chosen = self.posed.split, self.matcher
        a, b = (self.rescaled(net) for net in (pair.a, pair.b))
        found = match(
            a,
            b,
            chosen.method,
            parts.X_train,
            y=parts.y_train,
            activation=self.recipe.activation,
            signed=chosen.signed,
            temperature=chosen.temperature,
            report=report,
        )
        return Join(a, b, found.apply(b), found)

    def rescaled(self, net: Network) -> Network:
        """The network with its units balanced, if the study asks for it."""
        return balance(net) if self.matcher.balanced else list(net)

    def curve(self, test: bool = False) -> Curve:
        """Loss and error on the line from a to the moved b."""
        return _CURVES.get((self, test), lambda: self._curve(test))

    def _curve(self, test: bool) -> Curve:
        join, (X, y) = self.join(), self.data(test)
        return loss_curve(join.a, join.moved, X, y, TS, self.recipe.activation)

    def mended_networks(self) -> list[Network]:
        """The matched line after REPAIR, with the spreads taken over the training inputs."""
        join, (X, _) = self.join(), self.data(False)
        return _NETWORKS.get(self, lambda: repaired_line(join.a, join.moved, TS, X, self.recipe.activation))

    def mended(self, test: bool = False) -> tuple[np.ndarray, np.ndarray]:
        """Loss and error of the repaired networks: two arrays (k,)."""
        X, y = self.data(test)

        def scores() -> tuple[np.ndarray, np.ndarray]:
            loss, error = np.array(
                [score(net, X, y, self.recipe.activation) for net in self.mended_networks()]
            ).T
            return loss, error

        return _CURVES.get((self, test, "mended"), scores)

    def segment(self) -> Segment:
        """The curvature along the line, and the excess of the training loss that it makes."""
        join, (X, y) = self.join(), self.data(False)
        return _SEGMENTS.get(
            self, lambda: segment_identity(join.a, join.moved, X, y, TS[::5], self.recipe.activation)
        )

    def data(self, test: bool) -> tuple[np.ndarray, np.ndarray]:
        """Training or test samples and their labels."""
        parts = self.posed.split
        return (parts.X_test, parts.y_test) if test else (parts.X_train, parts.y_train)

    def curve_of(self, b: Network) -> Curve:
        """The line from a to any network, on the training set."""
        X, y = self.data(False)
        return loss_curve(self.join().a, b, X, y, TS, self.recipe.activation)

    @property
    def matched(self) -> bool:
        """Whether b is moved at all."""
        return self.matcher.method != "none"

    @property
    def narrow(self) -> bool:
        """Whether all orders of the hidden units can be looked at."""
        return len(self.recipe.hidden) <= 2 and max(self.recipe.hidden) <= WIDEST

    def few(self) -> tuple[np.ndarray, np.ndarray]:
        """The training samples on which orders are compared: fewer where the orders are many."""
        X, y = self.data(False)
        kept = len(y) if len(self.recipe.hidden) == 1 else FEW
        return X[:kept], y[:kept]

    def all_orders(self, report: Report = silent) -> tuple[Best, Best]:
        """Of all orders of the hidden units, that of the best objective and that of the lowest barrier."""
        join, (X, y) = self.join(), self.few()

        def search() -> tuple[Best, Best]:
            lowest = best_barrier(join.a, join.b, X, y, TS, self.recipe.activation, report)
            return best_objective(join.a, join.b), lowest

        return _ORDERS.get(self.plain, search)

    def ways(self) -> list[np.ndarray]:
        """Every snapshot (epochs + 1, P) of a, of b, and of b as the matching moves it."""
        pair, join = self.pair(), self.join()
        sizes = sizes_of(join.a)
        a, b = (
            np.array([pack(self.rescaled(unpack(theta, sizes))) for theta in net.record.snapshots])
            for net in (pair.a, pair.b)
        )
        return [a, b, np.array([pack(join.matching.apply(unpack(theta, sizes))) for theta in b])]


def train(posed: Posed, recipe: Recipe, report: Report) -> Pair:
    """Two networks by a recipe, with their test scores after every epoch."""
    return train_pair(*_given(posed, recipe), report=report, **_settings(posed, recipe))


def _given(posed: Posed, recipe: Recipe) -> tuple[tuple[int, ...], np.ndarray, np.ndarray]:
    inputs, classes = posed.ends
    return (inputs, *recipe.hidden, classes), posed.split.X_train, posed.split.y_train


def _settings(posed: Posed, recipe: Recipe) -> dict[str, Any]:
    return {
        "seeds": recipe.seeds,
        "order_seeds": recipe.orders,
        "shared": min(recipe.shared, recipe.epochs),
        "watch": (posed.split.X_test, posed.split.y_test),
        "activation": recipe.activation,
        "optimiser": recipe.optimiser,
        "rate": recipe.rate,
        "decay": recipe.decay,
        "batch": recipe.batch,
        "epochs": recipe.epochs,
    }
