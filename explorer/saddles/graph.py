"""Expressions as a graph in which equal parts are one node, simplified while they are built.

A node is a number into `Graph.nodes`; the parts of a node always have smaller numbers, so one pass in order
visits parts before wholes and nothing here recurses.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from explorer.saddles.formula_error import FormulaError

UNARY: dict[str, Callable[[float], float]] = {
    "exp": math.exp, "log": math.log, "sqrt": math.sqrt, "sin": math.sin, "cos": math.cos, "tan": math.tan,
    "sinh": math.sinh, "cosh": math.cosh, "tanh": math.tanh, "asin": math.asin, "acos": math.acos,
    "atan": math.atan,
}  # fmt: skip
MAX_NODES = 30_000


@dataclass(frozen=True, slots=True)
class Node:
    """One operation.

    Attributes
        op    : str     "const", "var", "add", "sub", "mul", "div", "pow" (of a constant) or a key of UNARY
        a, b  : int     the parts, -1 where there is none; for "var" a is the number of the variable
        value : float   the constant, or the exponent of "pow"
    """

    op: str
    a: int = -1
    b: int = -1
    value: float = 0.0


class Graph:
    """A growing set of expressions in ``variables`` unknowns.

    The methods `add`, `sub`, `mul`, `div`, `power` and `call` give the number of a node that equals the named
    operation, after the simplifications that keep symbolic derivatives small: constants folded and drawn
    outwards, neutral elements dropped, equal factors gathered into powers, equal nodes shared.

    Raises
        FormulaError    when a folded constant is not finite, or when more than 30,000 nodes are asked for
    """

    def __init__(self, variables: int) -> None:
        self.nodes: list[Node] = []
        self.columns: list[int] = []
        self._known: dict[Node, int] = {}
        self.column = 0  # where the text now being read or differentiated stands, for errors
        self.variables = [self._node(Node("var", i)) for i in range(variables)]

    def _node(self, node: Node) -> int:
        if node not in self._known:
            if len(self.nodes) >= MAX_NODES:
                raise FormulaError("The formula is too large once differentiated", self.column)
            self._known[node] = len(self.nodes)
            self.nodes.append(node)
            self.columns.append(self.column)
        return self._known[node]

    def constant(self, value: float) -> int:
        if not math.isfinite(value):
            raise FormulaError("A constant part of the formula is not finite", self.column)
        return self._node(Node("const", value=value + 0.0))  # + 0.0: one zero, not two

    def constant_of(self, a: int) -> float | None:
        """The value of a constant node, None for any other."""
        return self.nodes[a].value if self.nodes[a].op == "const" else None

    def _factor(self, a: int) -> tuple[float, int]:
        """A node as (constant, rest), so that 3*x and x*3 are both (3, x)."""
        node = self.nodes[a]
        if node.op == "mul" and self.nodes[node.a].op == "const":
            return self.nodes[node.a].value, node.b
        return 1.0, a

    def add(self, a: int, b: int) -> int:
        ca, cb = self.constant_of(a), self.constant_of(b)
        if ca is not None and cb is not None:
            return self.constant(ca + cb)
        if ca == 0.0:
            return b
        if cb == 0.0:
            return a
        (ka, ra), (kb, rb) = self._factor(a), self._factor(b)
        if ra == rb:
            return self.mul(self.constant(ka + kb), ra)
        if kb < 0.0:
            return self._node(Node("sub", a, self.mul(self.constant(-kb), rb)))
        if ka < 0.0 and ca is None:
            return self._node(Node("sub", b, self.mul(self.constant(-ka), ra)))
        return self._node(Node("add", min(a, b), max(a, b)))

    def sub(self, a: int, b: int) -> int:
        return self.add(a, self.mul(self.constant(-1.0), b))

    def mul(self, a: int, b: int) -> int:
        ca, cb = self.constant_of(a), self.constant_of(b)
        if ca is not None and cb is not None:
            return self.constant(ca * cb)
        if cb is not None:
            a, b, ca, cb = b, a, cb, ca
        if ca is not None:
            k, rest = self._factor(b)
            k *= ca
            return rest if k == 1.0 else self.constant(0.0) if k == 0.0 else self._scaled(k, rest)
        (ka, ra), (kb, rb) = self._factor(a), self._factor(b)
        if ka * kb != 1.0:
            return self.mul(self.constant(ka * kb), self.mul(ra, rb))
        (base_a, power_a), (base_b, power_b) = self._base(a), self._base(b)
        if base_a == base_b:
            return self.power(base_a, power_a + power_b)
        return self._node(Node("mul", min(a, b), max(a, b)))

    def _scaled(self, k: float, rest: int) -> int:
        return self._node(Node("mul", self.constant(k), rest))

    def _base(self, a: int) -> tuple[int, float]:
        """A node as (base, exponent); only positive whole exponents, so that x/x^2 keeps its pole."""
        node = self.nodes[a]
        if node.op == "pow" and node.value > 0.0 and node.value == int(node.value):
            return node.a, node.value
        return a, 1.0

    def div(self, a: int, b: int) -> int:
        cb = self.constant_of(b)
        if cb == 0.0:
            raise FormulaError("This divides by zero", self.column)
        if cb is not None:
            return self.mul(self.constant(1.0 / cb), a)
        ka, ra = self._factor(a)
        kb, rb = self._factor(b)
        if self.constant_of(a) == 0.0:
            return a
        if ka != 1.0 or kb != 1.0:
            return self.mul(self.constant(ka / kb), self.div(ra, rb))
        return self._node(Node("div", a, b))

    def power(self, a: int, exponent: float) -> int:
        """a raised to a constant."""
        if exponent == 0.0:
            return self.constant(1.0)
        if exponent == 1.0:
            return a
        value = self.constant_of(a)
        if value is not None:
            return self._folded("power", lambda: value**exponent)
        node = self.nodes[a]
        whole = exponent == math.floor(exponent)
        if whole and node.op == "pow" and node.value == math.floor(node.value):
            return self.power(node.a, node.value * exponent)
        return self._node(Node("pow", a, value=self.nodes[self.constant(exponent)].value))

    def call(self, name: str, a: int) -> int:
        """One of the functions of UNARY."""
        value = self.constant_of(a)
        return self._node(Node(name, a)) if value is None else self._folded(name, lambda: UNARY[name](value))

    def _folded(self, name: str, compute: Callable[[], float | complex]) -> int:
        try:
            value = compute()
        except (ArithmeticError, ValueError):
            value = math.nan
        if isinstance(value, complex) or not math.isfinite(value):
            raise FormulaError(f"The {name} of this constant is not a finite number", self.column)
        return self.constant(value)

    def parts(self, a: int) -> tuple[int, ...]:
        """The nodes that a node is made of."""
        node = self.nodes[a]
        return () if node.op in ("const", "var") else (node.a,) if node.b < 0 else (node.a, node.b)

    def needed(self, roots: Iterable[int]) -> list[int]:
        """Every node that the roots are made of, parts first."""
        wanted, waiting = set(), list(roots)
        while waiting:
            a = waiting.pop()
            if a not in wanted:
                wanted.add(a)
                waiting.extend(self.parts(a))
        return sorted(wanted)
