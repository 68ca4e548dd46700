"""Two networks, the straight line between them, and the matching of their units."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.connectivity.pair import laws, own, picture, problems, toy
from explorer.connectivity.pair.settings import PairInputs
from explorer.connectivity.pair.study import SIGNED, Matcher, Recipe, Study, recipe_of
from explorer.core.check import Check
from explorer.core.dataset import Dataset
from explorer.core.frame import Frame
from explorer.core.runner import Report


class PairModel(PairInputs):
    """Frame and checks of the scene ``connectivity/pair``."""

    @property
    def is_toy(self) -> bool:
        """Whether the landscape with the formula is shown in place of networks."""
        return isinstance(self.data, str) and self.data == problems.TOY

    @property
    def below(self) -> str:
        """What the last figure draws: there is no training of networks out of files, and no grid of them."""
        return "similarity" if self.first or self.second else self.lower

    def study(self) -> Study:
        """The problem, the training and the matching that the inputs describe."""
        relu = self.activation == "relu"
        signed = self.signed and not relu and self.method in SIGNED
        temperature = self.temperature if self.method == "sinkhorn" else 0.1
        matcher = Matcher(self.method, self.balanced and relu, signed, temperature)
        if not (self.first or self.second):
            return Study(self._posed(), self._recipe(), matcher)
        found = own.load(self.first, self.second, self.layers)
        posed = self._posed()
        if (found.sizes[0], found.sizes[-1]) != posed.ends:
            raise ValueError(
                f"The networks of the files, {own.chain(found.sizes)}, need {found.sizes[0]} inputs and "
                f"{found.sizes[-1]} classes; the data have {posed.ends[0]} and {posed.ends[1]}."
            )
        return Study(posed, recipe_of(found, self.activation), matcher, found)

    def _recipe(self) -> Recipe:
        seed, order = self.seed, self.order
        return Recipe(
            hidden=(self.width,) * self.depth,
            activation=self.activation,
            optimiser=self.optimiser,
            rate=self.rate,
            decay=self.decay,
            batch=self.batch,
            epochs=self.epochs,
            shared=min(self.shared, float(self.epochs)),
            seeds=(2 * seed, 2 * seed + (not self.same_start)),
            orders=(2 * order, 2 * order + (not self.same_order)),
        )

    def _posed(self) -> problems.Posed:
        drawn = self.samples, self.held_out, self.noise, self.split
        if isinstance(self.data, Dataset):
            return problems.from_table(self.data, self.target, not (self.first or self.second), *drawn)
        spread = self.spread if self.data in problems.PLANE else 0.0
        return problems.bundled(self.data, self.samples, spread, *drawn[1:])

    def compute(self, report: Report) -> Frame:
        """Train, match and walk the line; a fine plane, the curvature and grids come with `refine`.

        Where the training itself is drawn only its first epoch is there yet; `refine` goes on with it.
        """
        if self.is_toy:
            return toy.frame(self.a, self.balanced)
        study = self.study()
        if self.below != "training" or study.at_hand:
            return self._drawn(study, report)
        return picture.provisional(self._drawn(study.begun, report))

    def _drawn(self, study: Study, report: Report) -> Frame:
        study.pair(report)
        study.join(report)
        return picture.first(study, self.measure, self.repair, self.below, self.layer - 1)

    def refine(self, frame: Frame, report: Report) -> Iterator[Frame]:
        """The training as it goes on, a finer plane, the curvature, all orders of narrow layers, and the grid."""
        if self.is_toy:
            return
        study = self.study()
        if self.below == "training":
            if not study.at_hand:
                yield from picture.growing(study, frame, report)
            frame = self._drawn(study, report)
            yield frame
        yield from picture.better(study, frame, self.measure, self.below, report)

    def verify(self, frame: Frame) -> list[Check]:
        """Exact identities of this pair, then what matching and forking promise."""
        if self.is_toy:
            return laws.toy_checks(frame, self.a, self.balanced)
        study = self.study()
        found = study.all_orders() if study.narrow else None
        return laws.checks(study, frame, self.measure, found)
