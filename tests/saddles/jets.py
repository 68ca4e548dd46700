"""A second way to differentiate: Taylor coefficients carried forward through the graph, in NumPy.

Each node carries (value, d first derivatives, d × d second derivatives). Nothing here is shared with the
symbolic rules under test.
"""

import numpy as np


def _chain(a, f, slope, bend):
    _, first, second = a
    outer = first[:, :, None] * first[:, None, :]
    return f, slope[:, None] * first, slope[:, None, None] * second + bend[:, None, None] * outer


def _times(a, b):
    cross = a[1][:, :, None] * b[1][:, None, :]
    return (
        a[0] * b[0],
        a[0][:, None] * b[1] + b[0][:, None] * a[1],
        a[0][:, None, None] * b[2] + b[0][:, None, None] * a[2] + cross + cross.transpose(0, 2, 1),
    )


def _unary(op, a):
    x = a[0]
    s, c, t, h = np.sin(x), np.cos(x), np.tan(x), np.tanh(x)
    with np.errstate(all="ignore"):
        rules = {
            "exp": (np.exp(x), np.exp(x), np.exp(x)),
            "log": (np.log(x), 1 / x, -1 / x**2),
            "sqrt": (np.sqrt(x), 0.5 / np.sqrt(x), -0.25 * x**-1.5),
            "sin": (s, c, -s),
            "cos": (c, -s, -c),
            "tan": (t, 1 / c**2, 2 * t / c**2),
            "sinh": (np.sinh(x), np.cosh(x), np.sinh(x)),
            "cosh": (np.cosh(x), np.sinh(x), np.cosh(x)),
            "tanh": (h, 1 - h**2, -2 * h * (1 - h**2)),
            "asin": (np.arcsin(x), (1 - x**2) ** -0.5, x * (1 - x**2) ** -1.5),
            "acos": (np.arccos(x), -((1 - x**2) ** -0.5), -x * (1 - x**2) ** -1.5),
            "atan": (np.arctan(x), 1 / (1 + x**2), -2 * x / (1 + x**2) ** 2),
        }
    return _chain(a, *rules[op])


def jet(graph, root, points):
    """Value (N,), gradient (N, d) and Hessian (N, d, d) of a graph's node at points (N, d)."""
    n, d = points.shape
    flat, square = np.zeros((n, d)), np.zeros((n, d, d))
    jets = {}
    for k in graph.needed([root]):
        node = graph.nodes[k]
        if node.op == "const":
            jets[k] = np.full(n, node.value), flat, square
        elif node.op == "var":
            first = flat.copy()
            first[:, node.a] = 1.0
            jets[k] = points[:, node.a], first, square
        elif node.op == "pow":
            x, p = jets[node.a][0], node.value
            second = p * (p - 1) * x ** (p - 2) if p not in (0.0, 1.0) else 0.0 * x
            jets[k] = _chain(jets[node.a], x**p, p * x ** (p - 1), second)
        elif node.b < 0:
            jets[k] = _unary(node.op, jets[node.a])
        else:
            a, b = jets[node.a], jets[node.b]
            if node.op == "mul":
                jets[k] = _times(a, b)
            elif node.op == "div":
                jets[k] = _times(a, _chain(b, 1 / b[0], -1 / b[0] ** 2, 2 / b[0] ** 3))
            else:
                sign = 1.0 if node.op == "add" else -1.0
                jets[k] = tuple(u + sign * v for u, v in zip(a, b, strict=True))
    return jets[root]
