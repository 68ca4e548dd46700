"""Turns expression graphs into straight-line programs for the interpreter kernel.

A program is a table of instructions (operation, target row, row a, row b) with one constant each. Rows hold
one number per lane. The first d rows are the unknowns, then come the value, the gradient (d rows) and the
lower triangle of the Hessian by rows (d(d+1)/2 rows); the rest is scratch, shared by values whose lives do
not overlap so that a block of lanes stays in the first-level cache.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.saddles.graph import UNARY, Graph

BINARY = ("add", "sub", "mul", "div")
WITH_CONSTANT = ("set", "copy", "add_k", "mul_k", "k_sub", "k_div", "pow_k")
OPERATIONS = {name: number for number, name in enumerate((*BINARY, *WITH_CONSTANT, *UNARY))}
LONGEST_PRODUCT = 64  # whole powers up to this one are products; beyond it the power function is called


@dataclass(frozen=True)
class Program:
    """Three programs over the same rows: the value; value and gradient; value, gradient and Hessian.

    Attributes
        code     : int64 (instructions, 4)      operation, target, a, b
        constants: float64 (instructions,)
        parts    : int64 (3, 2)                 first and last + 1 instruction of each level
        rows     : int                          rows of the register table
    """

    code: NDArray[np.int64]
    constants: NDArray[np.float64]
    parts: NDArray[np.int64]
    rows: int


Instruction = tuple[int, int, int, float]


class _Lowering:
    """Gathers the instructions that compute some nodes; equal instructions are made once."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self.instructions: list[Instruction] = []
        self._made: dict[Instruction, int] = {}
        self._value: dict[int, int] = {}  # node -> value number; unknowns are -1, -2, ...

    def value_of(self, node: int) -> int:
        """The number of the value that a node became; its parts must have been lowered before."""
        return self._value[node]

    def lower(self, n: int) -> None:
        """Adds what node n needs beyond its parts."""
        node, value = self._graph.nodes[n], self._value
        if node.op == "var":
            value[n] = -1 - node.a
        elif node.op == "const":
            return  # folded into the instruction that uses it
        elif node.op == "pow":
            value[n] = self._power(value[node.a], node.value)
        elif node.op in UNARY:
            value[n] = self._emit(node.op, value[node.a])
        else:
            value[n] = self._binary(node.op, node.a, node.b)

    def _binary(self, op: str, a: int, b: int) -> int:
        ka, kb = self._graph.constant_of(a), self._graph.constant_of(b)
        if ka is not None:
            name = {"add": "add_k", "sub": "k_sub", "mul": "mul_k", "div": "k_div"}[op]
            return self._emit(name, self._value[b], constant=ka)
        if kb is not None:  # the graph keeps the constant of sums and products first, and divides by none
            return self._emit("add_k", self._value[a], constant=-kb if op == "sub" else kb)
        return self._emit(op, self._value[a], self._value[b])

    def _emit(self, op: str, a: int, b: int | None = None, constant: float = 0.0) -> int:
        key = (OPERATIONS[op], a, a if b is None else b, constant)
        if key not in self._made:
            self._made[key] = len(self.instructions)
            self.instructions.append(key)
        return self._made[key]

    def _power(self, a: int, exponent: float) -> int:
        if exponent == 1.0:
            return a
        if exponent == 0.5:
            return self._emit("sqrt", a)
        if exponent != int(exponent) or abs(exponent) > LONGEST_PRODUCT:
            return self._emit("pow_k", a, constant=exponent)
        if exponent < 0.0:
            return self._emit("k_div", self._power(a, -exponent), constant=1.0)
        if exponent % 2.0:
            return self._emit("mul", self._power(a, exponent - 1.0), a)
        half = self._power(a, exponent / 2.0)
        return self._emit("mul", half, half)


def _allocate(
    made: _Lowering, outputs: Sequence[int], graph: Graph
) -> tuple[list[list[int]], list[float], int]:
    """Rows for every value: outputs keep theirs, scratch rows are used again after their last reader."""
    unknowns = len(graph.variables)
    row = {-1 - i: i for i in range(unknowns)}
    tail: list[tuple[str, int, int, float]] = []
    for place, node in enumerate(outputs, start=unknowns):
        constant = graph.constant_of(node)
        if constant is not None:
            tail.append(("set", place, place, constant))
        elif made.value_of(node) in row:
            tail.append(("copy", place, row[made.value_of(node)], 0.0))
        else:
            row[made.value_of(node)] = place
    kept = set(row)
    last = {v: k for k, (_, a, b, _) in enumerate(made.instructions) for v in (a, b)}
    free: list[int] = []
    top = unknowns + len(outputs)
    code, constants = [], []
    for k, (op, a, b, constant) in enumerate(made.instructions):
        if k not in row:
            row[k] = free.pop() if free else top
            top = max(top, row[k] + 1)
        code.append([op, row[k], row[a], row[b]])
        constants.append(constant)
        free.extend(row[v] for v in {a, b} if last[v] == k and v not in kept)
    code += [[OPERATIONS[op], target, source, source] for op, target, source, _ in tail]
    constants += [constant for *_, constant in tail]
    return code, constants, top


def compile_program(graph: Graph, value: int, gradient: Sequence[int], hessian: Sequence[int]) -> Program:
    """Instructions for the value, the gradient and the Hessian.

    Parameters
        graph    : Graph
        value    : int              node of the value
        gradient : d nodes          first derivatives
        hessian  : d(d+1)/2 nodes   second derivatives, lower triangle by rows

    Cost: linear in the nodes.
    """
    code: list[list[int]] = []
    constants: list[float] = []
    parts, rows = [], 0
    for outputs in ([value], [value, *gradient], [value, *gradient, *hessian]):
        made = _Lowering(graph)
        for node in graph.needed(outputs):
            made.lower(node)
        more, more_constants, top = _allocate(made, outputs, graph)
        parts.append([len(code), len(code) + len(more)])
        code += more
        constants += more_constants
        rows = max(rows, top)
    d = len(graph.variables)
    rows = max(rows, d + 1 + d + d * (d + 1) // 2)
    table = np.array(code, dtype=np.int64).reshape(-1, 4)
    return Program(table, np.array(constants, dtype=np.float64), np.array(parts, dtype=np.int64), rows)
