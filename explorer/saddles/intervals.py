"""Shows that a formula is finite and smooth on its box, or finds where it is not, by interval arithmetic.

The box is cut into cells and every operation gets an interval that holds all its values on a cell. If no
interval touches the place where its operation breaks (zero below a fraction, zero or less in a logarithm or a
root, a pole of the tangent) the formula is infinitely often differentiable on the cell. Cells where that
cannot be said are cut again; what stays undecided is reported, so the answer errs towards refusing.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.saddles.formula_error import FormulaError
from explorer.saddles.graph import Graph, Node

Floats = NDArray[np.float64]
Interval = tuple[Floats, Floats]
HUGE = 1e100
ROUNDS, CELLS, MOST_CELLS, MOST_WORK = 7, 12, 20_000, 4_000_000


def _sum(a: Interval, b: Interval) -> Interval:
    return a[0] + b[0], a[1] + b[1]


def _difference(a: Interval, b: Interval) -> Interval:
    return a[0] - b[1], a[1] - b[0]


def _product(a: Interval, b: Interval) -> Interval:
    ends = np.stack([a[0] * b[0], a[0] * b[1], a[1] * b[0], a[1] * b[1]])
    return ends.min(axis=0), ends.max(axis=0)


def _quotient(a: Interval, b: Interval) -> Interval:
    return _product(a, (1.0 / b[1], 1.0 / b[0]))


def _power(a: Interval, exponent: float) -> Interval:
    ends = np.stack([a[0] ** exponent, a[1] ** exponent])
    low, high = ends.min(axis=0), ends.max(axis=0)
    if exponent > 0.0 and exponent % 2.0 == 0.0:
        low = np.where((a[0] < 0.0) & (a[1] > 0.0), 0.0, low)
    return low, high


def _rising(function: Callable[[Floats], Floats]) -> Callable[[Interval], Interval]:
    return lambda a: (function(a[0]), function(a[1]))


def _cosine(a: Interval) -> Interval:
    """Ends of the interval, or ±1 where a top or a bottom lies inside."""
    ends = np.stack([np.cos(a[0]), np.cos(a[1])])
    top = np.floor(a[1] / (2.0 * np.pi)) >= np.ceil(a[0] / (2.0 * np.pi))
    bottom = np.floor((a[1] / np.pi - 1.0) / 2.0) >= np.ceil((a[0] / np.pi - 1.0) / 2.0)
    return np.where(bottom, -1.0, ends.min(axis=0)), np.where(top, 1.0, ends.max(axis=0))


def _cosh(a: Interval) -> Interval:
    ends = np.stack([np.cosh(a[0]), np.cosh(a[1])])
    return np.where((a[0] < 0.0) & (a[1] > 0.0), 1.0, ends.min(axis=0)), ends.max(axis=0)


_FUNCTIONS: dict[str, Callable[[Interval], Interval]] = {
    **{name: _rising(getattr(np, name)) for name in ("exp", "log", "sqrt", "sinh", "tanh", "tan")},
    "atan": _rising(np.arctan),
    "asin": _rising(np.arcsin),
    "acos": lambda a: (np.arccos(a[1]), np.arccos(a[0])),
    "cos": _cosine,
    "sin": lambda a: _cosine((a[0] - 0.5 * np.pi, a[1] - 0.5 * np.pi)),
    "cosh": _cosh,
}
_REASON = {
    "div": "the division is not finite{place}: what it divides by reaches zero",
    "log": "the logarithm is not finite{place}: its argument must stay above zero",
    "sqrt": "the root is not smooth{place}: its argument must stay above zero",
    "abs": "abs is not smooth{place}: its argument passes through zero",
    "pow": "the power is not smooth{place}: its base must stay above zero",
    "pole": "the power is not finite{place}: its base reaches zero",
    "tan": "the tangent is not finite{place}",
    "asin": "asin is not smooth{place}: its argument must stay between -1 and 1",
    "acos": "acos is not smooth{place}: its argument must stay between -1 and 1",
    "size": "the value is too large to be finite{place}",
}


def _broken(node: Node, parts: list[Interval]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Cells where the operation may break, and cells where it certainly does."""
    if node.op in ("log", "sqrt") or (node.op == "pow" and node.value % 1.0):
        low, high = parts[0]
        return ~(low > 0.0), high <= 0.0
    if node.op == "div" or (node.op == "pow" and node.value < 0.0):
        low, high = parts[-1]
        return ~((low > 0.0) | (high < 0.0)), (low == 0.0) & (high == 0.0)
    if node.op in ("asin", "acos"):
        low, high = parts[0]
        return ~((low > -1.0) & (high < 1.0)), (low >= 1.0) | (high <= -1.0)
    if node.op == "tan":
        low, high = parts[0]
        return ~(np.floor(high / np.pi - 0.5) < np.ceil(low / np.pi - 0.5)), np.zeros(len(low), dtype=bool)
    none = np.zeros(len(parts[0][0]), dtype=bool)
    return none, none


def _image(node: Node, parts: list[Interval]) -> Interval:
    if node.op == "pow":
        return _power(parts[0], node.value)
    rules = {"add": _sum, "sub": _difference, "mul": _product, "div": _quotient}
    return rules[node.op](*parts) if node.op in rules else _FUNCTIONS[node.op](parts[0])


def _survey(graph: Graph, order: list[int], cells: Floats) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """For every cell (n, d, 2) the first node that may break there, or -1, and whether it certainly does."""
    culprit = np.full(len(cells), -1, dtype=np.int64)
    certain = np.zeros(len(cells), dtype=bool)
    images: dict[int, Interval] = {}
    for n in order:
        node = graph.nodes[n]
        if node.op == "const":
            images[n] = (np.full(len(cells), node.value), np.full(len(cells), node.value))
            continue
        if node.op == "var":
            images[n] = (cells[:, node.a, 0], cells[:, node.a, 1])
            continue
        parts = [images[p] for p in graph.parts(n)]
        may, must = _broken(node, parts)
        low, high = images[n] = _image(node, parts)
        may = may | ~((low > -HUGE) & (high < HUGE))
        must = must | (low >= HUGE) | (high <= -HUGE)
        fresh = may & (culprit < 0)
        culprit[fresh] = n
        certain |= fresh & must
    return culprit, certain


def _quartered(cells: Floats) -> Floats:
    """Every cell (n, d, 2) cut in half along every axis."""
    for axis in range(cells.shape[1]):
        middle = cells[:, axis].mean(axis=1)
        below, above = cells.copy(), cells.copy()
        below[:, axis, 1], above[:, axis, 0] = middle, middle
        cells = np.concatenate([below, above])
    return cells


def _sentence(graph: Graph, n: int, words: dict[int, str], middle: Floats) -> FormulaError:
    node, column = graph.nodes[n], graph.columns[n]
    kind = node.op if node.op in _REASON else "size"
    if kind == "pow" and node.value % 1.0 == 0.0:
        kind = "pole" if node.value < 0.0 else "size"
    written = words.get(column)
    if (kind, written) in (("sqrt", "abs"), ("log", "^")):  # what these were lowered to is not what one reads
        kind = {"abs": "abs", "^": "pow"}[str(written)]
    place = " near " + ", ".join(f"{name} = {at:.3g}" for name, at in zip("xy", middle, strict=False))
    sentence = _REASON[kind].format(place=place)
    return FormulaError(sentence[0].upper() + sentence[1:], column)


def require_smooth(graph: Graph, root: int, bounds: ArrayLike, words: dict[int, str]) -> None:
    """Raises unless the function is shown to be finite and smooth on the box.

    Parameters
        graph  : Graph
        root   : int        node of the function
        bounds : (d, 2)
        words  : dict       column -> name written there

    Raises
        FormulaError        with the operation's column and a place in the box

    Cost: O(nodes × cells), a few ms; at most 20,000 cells and 4 million intervals at a time.
    Holds: no pole, corner or overflow passes in the tests; it may refuse a smooth formula whose intervals are
    too wide, such as abs(x^2).
    """
    box = np.array(bounds, dtype=float)
    axes = [np.linspace(low, high, CELLS + 1) for low, high in box]
    ends = [np.stack([axis[:-1], axis[1:]], axis=1) for axis in axes]
    places = np.stack(np.meshgrid(*[np.arange(CELLS)] * len(box), indexing="ij"), -1).reshape(-1, len(box))
    cells = np.stack([ends[k][places[:, k]] for k in range(len(box))], axis=1)
    order = graph.needed([root])
    room = min(MOST_CELLS, MOST_WORK // len(order))
    for last in range(ROUNDS, -1, -1):
        with np.errstate(all="ignore"):
            culprit, certain = _survey(graph, order, cells)
        open_ = culprit >= 0
        if not open_.any():
            return
        if certain.any() or last == 0 or 4 * open_.sum() > room:
            worst = int(np.argmax(certain)) if certain.any() else int(np.argmax(open_))
            raise _sentence(graph, int(culprit[worst]), words, cells[worst].mean(axis=1))
        cells = _quartered(cells[open_])
