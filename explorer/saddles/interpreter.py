"""The kernel that runs straight-line programs on a block of points, one instruction on all lanes at a time.

One compiled kernel serves every formula: a new formula is a new table of numbers, so nothing is compiled or
executed for it. The loop over lanes is the inner one, so that the cost of choosing the operation is shared
and the arithmetic is vectorised.
"""

from __future__ import annotations

import math

from explorer.core.jit import kernel
from explorer.saddles.program import OPERATIONS

ADD, SUB, MUL, DIV = (OPERATIONS[name] for name in ("add", "sub", "mul", "div"))
SET, COPY, ADD_K, MUL_K = (OPERATIONS[name] for name in ("set", "copy", "add_k", "mul_k"))
K_SUB, K_DIV, POW_K, EXP = (OPERATIONS[name] for name in ("k_sub", "k_div", "pow_k", "exp"))
LOG, SQRT, SIN, COS = (OPERATIONS[name] for name in ("log", "sqrt", "sin", "cos"))
TAN, SINH, COSH, TANH = (OPERATIONS[name] for name in ("tan", "sinh", "cosh", "tanh"))
ASIN, ACOS, ATAN = (OPERATIONS[name] for name in ("asin", "acos", "atan"))


@kernel(error_model="numpy")
def one_call(op, c, a):
    """One function of one argument on one lane."""
    if op == EXP:
        return math.exp(a)
    if op == SQRT:
        return math.sqrt(a)
    if op == LOG:
        return math.log(a)
    if op == SIN:
        return math.sin(a)
    if op == COS:
        return math.cos(a)
    if op == TAN:
        return math.tan(a)
    if op == TANH:
        return math.tanh(a)
    if op == SINH:
        return math.sinh(a)
    if op == COSH:
        return math.cosh(a)
    if op == ATAN:
        return math.atan(a)
    if op == ASIN:
        return math.asin(a)
    if op == ACOS:
        return math.acos(a)
    return a**c


@kernel(error_model="numpy")
def one(op, c, a, b):
    """One instruction on one lane."""
    if op == MUL:
        return a * b
    if op == MUL_K:
        return c * a
    if op == ADD:
        return a + b
    if op == SUB:
        return a - b
    if op == ADD_K:
        return a + c
    if op == K_SUB:
        return c - a
    if op == DIV:
        return a / b
    if op == K_DIV:
        return c / a
    if op == COPY:
        return a
    if op == SET:
        return c
    return one_call(op, c, a)


@kernel(error_model="numpy")
def run(code, constants, first, last, rows, n):
    """Run the instructions first <= k < last on lanes 0 <= i < n of the table of rows.

    Parameters
        code      : (instructions, 4)   operation, target row, row a, row b
        constants : (instructions,)
        rows      : (r, lanes)          unknowns in the first rows; results and scratch fill the rest

    Cost: about 0.3 ns a lane and arithmetic instruction in blocks of 128, 5 ns a lane for a function, 4 ns an
    instruction for a single lane (measured). Division by zero and domain errors give inf or NaN.
    """
    if n == 1:  # no slices: they cost 30 ns an instruction
        for k in range(first, last):
            rows[code[k, 1], 0] = one(code[k, 0], constants[k], rows[code[k, 2], 0], rows[code[k, 3], 0])
        return
    for k in range(first, last):
        op = code[k, 0]
        out, a, b = rows[code[k, 1]], rows[code[k, 2]], rows[code[k, 3]]
        c = constants[k]
        if op == MUL:
            for i in range(n):
                out[i] = a[i] * b[i]
        elif op == MUL_K:
            for i in range(n):
                out[i] = c * a[i]
        elif op == ADD:
            for i in range(n):
                out[i] = a[i] + b[i]
        elif op == SUB:
            for i in range(n):
                out[i] = a[i] - b[i]
        elif op == ADD_K:
            for i in range(n):
                out[i] = a[i] + c
        elif op == K_SUB:
            for i in range(n):
                out[i] = c - a[i]
        elif op == DIV:
            for i in range(n):
                out[i] = a[i] / b[i]
        elif op == K_DIV:
            for i in range(n):
                out[i] = c / a[i]
        elif op == COPY:
            for i in range(n):
                out[i] = a[i]
        elif op == SET:
            for i in range(n):
                out[i] = c
        else:
            for i in range(n):
                out[i] = one_call(op, c, a[i])
