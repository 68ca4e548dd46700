"""What must be true of two networks and the line between them, judged on what the figures draw."""

from __future__ import annotations

import numpy as np

from explorer.connectivity.alignment import inner
from explorer.connectivity.exhaustive import Best
from explorer.connectivity.hyperbola import hyperbola_barrier, hyperbola_gradient, hyperbola_line
from explorer.connectivity.line import barrier, interpolate, loss_curve
from explorer.connectivity.matching import match
from explorer.connectivity.network import forward, sizes_of, unpack
from explorer.connectivity.pair import toy
from explorer.connectivity.pair.study import TS, Study
from explorer.connectivity.pair.tables import LEAST, SEEN, over_chord
from explorer.connectivity.plane import plane_through
from explorer.connectivity.scores import score
from explorer.connectivity.search import WIDEST
from explorer.connectivity.symmetry import permute, random_permutations
from explorer.core.check import Check
from explorer.core.frame import Frame

EXACT = 1e-10
SAME = 1e-12
HECHT = "Hecht-Nielsen, On the algebraic structure of feedforward network weight spaces, 1990"
REBASIN = "Ainsworth, Hayase and Srinivasa, Git Re-Basin, 2023"
ENTEZARI = "Entezari and others, The role of permutation invariance in linear mode connectivity, 2022"
FORK = "Frankle and others, Linear mode connectivity and the lottery ticket hypothesis, 2020"
GARIPOV = "Garipov and others, Loss surfaces, mode connectivity, and fast ensembling of DNNs, 2018"
TAYLOR = "Taylor's theorem with the remainder as an integral"
PLACES = (9, 25, 38)  # points of the line that are looked at again


def checks(study: Study, frame: Frame, measure: str, found: tuple[Best, Best] | None) -> list[Check]:
    """Every check of a trained pair; exact identities first."""
    return [
        _same_function(study),
        _objective(study),
        _ends(study, frame, measure),
        _on_line(study, frame, measure),
        _segment(study, frame, measure),
        _plane(study, frame),
        _planted(study),
        _fork(study, frame),
        _brute_force(study, frame, measure, found),
    ]


def _same_function(study: Study) -> Check:
    """Reordered, rescaled, turned in sign: on random inputs the network says what it said."""
    pair, join = study.pair(), study.join()
    X = np.random.default_rng(0).standard_normal((200, study.posed.ends[0]))
    worst = 0.0
    for net, moved in ((pair.a, join.a), (pair.b, join.moved)):
        said = forward(net, X, study.recipe.activation)
        gap = np.abs(said - forward(moved, X, study.recipe.activation)).max()
        worst = max(worst, float(gap / (np.abs(said).max() or 1.0)))
    return Check("permuted = original", worst, 0.0, SAME, f"{HECHT}: the symmetries of a network")


def _objective(study: Study) -> Check:
    found = study.join().matching
    lost = max(0.0, found.start - found.objective) / (abs(found.start) or 1.0)
    return Check("matching never loses", lost, 0.0, SAME, f"{REBASIN}, section 3")


def _ends(study: Study, frame: Frame, measure: str) -> Check:
    """The drawn curves begin and end with the scores of the networks themselves, as they were trained."""
    line, pair, which = frame.tables["line"], study.pair(), int(measure == "error")
    worst = 0.0
    for test, tail in ((False, ""), (True, "_test")):
        X, y = study.data(test)
        own = [score(net, X, y, study.recipe.activation)[which] for net in (pair.a, pair.b)]
        for name in ("before", "after") if study.matched else ("before",):
            drawn = line[name + tail][[0, -1]]
            worst = max(worst, float((np.abs(drawn - own) / np.maximum(np.abs(own), 1.0)).max()))
    return Check("ends = the networks", worst, 0.0, EXACT, f"{ENTEZARI}, definition 2.1")


def _on_line(study: Study, frame: Frame, measure: str) -> Check:
    """Three points of every drawn curve against networks that are built and run one by one."""
    line, join = frame.tables["line"], study.join()
    worst = 0.0
    for test, tail in ((False, ""), (True, "_test")):
        X, y = study.data(test)
        for name, b in (("before", join.b), ("after", join.moved))[: 1 + study.matched]:
            for place in PLACES:
                said = forward(interpolate(join.a, b, TS[place]), X, study.recipe.activation)
                own = _error(said, y) if measure == "error" else _loss(said, y)
                worst = max(worst, abs(line[name + tail][place] - own) / max(abs(own), 1.0))
    return Check("curve = networks on it", float(worst), 0.0, EXACT, f"{ENTEZARI}, definition 2.1")


def _loss(said: np.ndarray, y: np.ndarray) -> float:
    return float(np.mean(np.logaddexp.reduce(said, axis=1) - said[np.arange(len(y)), y]))


def _error(said: np.ndarray, y: np.ndarray) -> float:
    return float(np.mean(said.argmax(axis=1) != y))


def _segment(study: Study, frame: Frame, measure: str) -> Check:
    """Drawn curve = chord + what curvature adds + what the kinks of ReLU add, to the quadrature's error."""
    name, reference = "curve = chord − ∫G φ″", f"{TAYLOR}, twice along the line, kinks included"
    if measure == "error":
        return Check.not_applicable(name, reference, "The error has no curvature; show the loss instead.")
    bent, line = frame.tables["bent"], frame.tables["line"]
    breaks = [*np.flatnonzero(np.isnan(bent["bent_t"])), len(bent["bent_t"])]
    worst, allowed, start = 0.0, EXACT, 0
    for stop, column, of in zip(breaks, ("before", "after"), (study.plain, study), strict=False):
        at = slice(start, stop)
        drawn = np.interp(bent["bent_t"][at], TS, line[column])
        worst = max(worst, float(np.abs(drawn - bent["bent"][at] - bent["kinks"][at]).max()))
        allowed, start = max(allowed, of.segment().bound), stop + 1
    note = (
        "The tolerance is what the integral changes when its rule loses a point, and three standard errors."
    )
    return Check(name, worst, 0.0, allowed, reference, note=note)


def _plane(study: Study, frame: Frame) -> Check:
    """Three cells of the drawn plane against networks built from their coordinates."""
    join, drawn = study.join(), frame.fields["plane"]
    plane = plane_through(join.a, join.b, join.moved)
    X, y = study.data(False)
    worst = 0.0
    for row, column in ((0, 0), (len(drawn.y) // 2, len(drawn.x) // 3), (len(drawn.y) - 1, 1)):
        theta = plane.origin + np.array([drawn.x[column], drawn.y[row]]) @ plane.axes
        own, _ = score(unpack(theta, plane.sizes), X[:SEEN], y[:SEEN], study.recipe.activation)
        worst = max(worst, abs(drawn.values[row, column] - np.log10(max(own, LEAST))))
    return Check("plane = networks in it", float(worst), 0.0, EXACT, f"{GARIPOV}: the axes")


def _planted(study: Study) -> Check:
    """A copy of a in a random order is found again: no barrier is left between them."""
    a, (X, y) = study.join().a, study.data(False)
    copy = permute(a, random_permutations(sizes_of(a), np.random.default_rng(0)))
    found = match(a, copy, "weights")
    height = barrier(loss_curve(a, found.apply(copy), X, y, TS[::10], study.recipe.activation))
    return Check("planted order is recovered", height, 0.0, EXACT, f"{REBASIN}, section 3.2")


def _fork(study: Study, frame: Frame) -> Check:
    name = "shared to the end: no barrier"
    if study.recipe.shared < study.recipe.epochs:
        return Check.not_applicable(name, FORK, "The two part before the last step.")
    height = float(np.abs(over_chord(frame.tables["line"]["before"])).max())
    return Check(name, height, 0.0, EXACT, FORK)


def _brute_force(study: Study, frame: Frame, measure: str, found: tuple[Best, Best] | None) -> Check:
    """No order beats the best of all: neither the objective of the matching nor its barrier."""
    name = "no order beats the best"
    if found is None:
        why = f"All orders are tried for one or two hidden layers of at most {WIDEST} units."
        return Check.not_applicable(name, REBASIN, why)
    objective, lowest = found
    join, (X, y) = study.join(), study.few()
    own = study.curve_of(permute(join.b, lowest.permutations))
    wanted = own.loss if measure == "loss" else own.error
    beaten = float(np.abs(frame.tables["line"]["best"] - wanted).max())
    gap = objective.value - inner(join.a, join.moved)
    if not study.matcher.signed:  # with free signs there are more networks than orders
        here = barrier(loss_curve(join.a, join.moved, X, y, TS, study.recipe.activation))
        beaten = max(beaten, -gap / (abs(objective.value) or 1.0), lowest.value - here)
    note = (
        f"Gap of the objective {gap:.3g}; lowest barrier {lowest.value:.3g} nats of {lowest.tried:,} orders."
    )
    return Check(name, beaten, 0.0, EXACT, REBASIN, note=note)


def toy_checks(frame: Frame, a: float, balanced: bool) -> list[Check]:
    """The formulas of the hyperbola against the landscape itself."""
    line, scale = frame.tables["line"], max(hyperbola_barrier(a), 1.0)
    here, there, moved = toy.ends(a, balanced)
    middle = line["before"][len(TS) // 2]
    bent = frame.tables["bent"]
    drawn = line["before"][::5]
    slope = max(float(np.abs(hyperbola_gradient(*end)).max()) for end in (here, there, moved))
    sweep = frame.tables["sweep"]
    swept = np.abs(sweep["sweep_before"] - [hyperbola_barrier(x) for x in sweep["sweep_x"]]).max()
    source = "Closed form: w₁w₂ = 1 + t(1 − t)(a − 1/a)² on the line"
    return [
        Check("barrier = (a − 1/a)⁴/32", float(middle), hyperbola_barrier(a), EXACT * scale, source),
        Check(
            "curve = formula",
            float(np.abs(line["before"] - hyperbola_line(a, TS)).max()),
            0.0,
            EXACT * scale,
            source,
        ),
        Check("curve = −∫G φ″", float(np.abs(drawn - bent["bent"]).max()), 0.0, EXACT * scale, TAYLOR),
        Check("both ends are minima", slope, 0.0, EXACT, source),
        Check("barriers of the grid", float(swept), 0.0, EXACT * hyperbola_barrier(toy.SWEPT[-1]), source),
    ]
