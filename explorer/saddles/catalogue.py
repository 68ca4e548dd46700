"""The named surfaces; those with parameters are made by functions, and `SURFACES` holds one of each.

four wells       (x⁴ + y⁴)/4 − (x² + y²)/2 + cxy                 four minima for |c| < ½
monkey           x³ − 3xy²                                       a saddle with H = 0
Rosenbrock       (1 − x)² + 100(y − x²)²                         minimum 0 at (1, 1); Rosenbrock 1960
Beale            Σ_k (a_k − x + xy^k)², a = 1.5, 2.25, 2.625     minimum 0 at (3, ½); Beale 1958
Himmelblau       (x² + y − 11)² + (x + y² − 7)²                  four minima with value 0; Himmelblau 1972
Müller–Brown     Σ A exp(a∆x² + b∆x∆y + c∆y²), four terms        three minima; Müller and Brown 1979
six-hump camel   (4 − 2.1x² + x⁴/3)x² + xy + (4y² − 4)y²         six minima; Dixon and Szegő 1978
deep chain       ½(w₁w₂…w_L − r)²                                loss of a product of weights
random quadratic, plateau                                        see `spectral_surface`
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import product

import numpy as np

from explorer.saddles.formula import surface_from_formula
from explorer.saddles.formula_parser import Parser
from explorer.saddles.program_surface import ProgramSurface
from explorer.saddles.spectral_surface import plateau, random_quadratic
from explorer.saddles.surface import CriticalPoints, Surface, classify

Factory = Callable[[], Surface]
MOST_LAYERS = 8
_MULLER_BROWN = (  # A, a, b, c, x, y: Müller and Brown 1979, Theor. Chim. Acta 53, table 1
    (-200.0, -1.0, 0.0, -10.0, 1.0, 0.0),
    (-100.0, -1.0, 0.0, -10.0, 0.0, 0.5),
    (-170.0, -6.5, 11.0, -6.5, -0.5, 1.5),
    (15.0, 0.7, 0.6, 0.7, -1.0, 1.0),
)


def four_wells(coupling: float = 0.2) -> ProgramSurface:
    """Two double wells, coupled: (x⁴ + y⁴)/4 − (x² + y²)/2 + cxy.

    Minima at ±√(1−c)(1, 1) and ±√(1+c)(1, −1) while |c| < ½, a maximum at the origin while |c| < 1.

    Parameters
        coupling : float    c, from −2 to 2
    """
    if not -2.0 <= coupling <= 2.0:
        raise ValueError(f"coupling must be from -2 to 2, not {coupling}.")
    text = f"(x^4 + y^4)/4 - (x^2 + y^2)/2 + ({coupling!r})*x*y"
    return surface_from_formula(text, ((-2.0, 2.0), (-2.0, 2.0)), "four wells")


def muller_brown() -> ProgramSurface:
    """The Müller–Brown potential: three minima and two saddles between them, a path that bends."""
    text = " + ".join(
        f"({k!r})*exp(({a!r})*(x - ({x!r}))^2"
        f" + ({b!r})*(x - ({x!r}))*(y - ({y!r})) + ({c!r})*(y - ({y!r}))^2)"
        for k, a, b, c, x, y in _MULLER_BROWN
    )
    return surface_from_formula(text, ((-1.6, 1.2), (-0.4, 2.1)), "Müller–Brown")


def deep_chain(depth: int = 2, target: float = -1.0) -> ProgramSurface:
    """Loss of a deep linear network with one weight a layer: ½(w₁w₂…w_L − r)².

    Its minima form a continuum w₁…w_L = r; listed are the balanced ones, |w_i| = |r|^(1/L). The origin is a
    saddle of index 1 for L = 2 and a degenerate one for L > 2. From the identity start w = (1, …, 1) gradient
    descent keeps all weights equal: with r < 0 and short steps they shrink to 0 together, where the gradient
    vanishes, so the product never changes its sign and the loss stays above ½r².

    Parameters
        depth  : int        L, 2 to 8
        target : float      r, not zero

    Ref: Saxe, McClelland and Ganguli 2014, Exact solutions to the nonlinear dynamics of learning in deep
    linear networks (the model); the trap of the identity start follows from the symmetry.
    """
    if not 2 <= depth <= MOST_LAYERS:
        raise ValueError(f"depth must be from 2 to {MOST_LAYERS}, not {depth}.")
    if not (np.isfinite(target) and target != 0.0):
        raise ValueError("target must be a finite number other than zero.")
    names = tuple(f"w{i}" for i in range(1, depth + 1))
    text = f"({'*'.join(names)} - ({float(target)!r}))^2/2"
    parser = Parser(text, names)
    root = parser.parse()
    side = 2.0 * max(1.0, abs(target) ** (1.0 / depth))

    def critical(surface: Surface) -> CriticalPoints:
        signs = np.array([s for s in product((-1.0, 1.0), repeat=depth) if np.prod(s) == np.sign(target)])
        balanced = signs * abs(target) ** (1.0 / depth)
        return classify(surface, np.concatenate([np.zeros((1, depth)), balanced]), abs(target))

    return ProgramSurface(
        f"deep chain, L = {depth}", [(-side, side)] * depth, parser.graph, root, text, critical
    )


def _formula(name: str, text: str, *bounds: tuple[float, float]) -> Factory:
    return lambda: surface_from_formula(text, bounds, name)


FACTORIES: dict[str, Factory] = {
    "four_wells": four_wells,
    "monkey": _formula("monkey saddle", "x^3 - 3*x*y^2", (-1.5, 1.5), (-1.5, 1.5)),
    "rosenbrock": _formula("Rosenbrock", "(1 - x)^2 + 100*(y - x^2)^2", (-2.0, 2.0), (-1.0, 3.0)),
    "beale": _formula(
        "Beale",
        "(1.5 - x + x*y)^2 + (2.25 - x + x*y^2)^2 + (2.625 - x + x*y^3)^2",
        (-4.5, 4.5),
        (-4.5, 4.5),
    ),
    "himmelblau": _formula("Himmelblau", "(x^2 + y - 11)^2 + (x + y^2 - 7)^2", (-5.0, 5.0), (-5.0, 5.0)),
    "muller_brown": muller_brown,
    "camel": _formula(
        "six-hump camel", "(4 - 2.1*x^2 + x^4/3)*x^2 + x*y + (4*y^2 - 4)*y^2", (-2.0, 2.0), (-1.2, 1.2)
    ),
    "deep_chain": deep_chain,
    "random_quadratic": random_quadratic,
    "plateau": plateau,
}


class _Catalogue(Mapping[str, Surface]):
    """The default surfaces by name; each is made once, when it is first asked for."""

    def __getitem__(self, name: str) -> Surface:
        if name not in FACTORIES:
            raise KeyError(f"no surface {name!r}; there are {', '.join(FACTORIES)}")
        return _default(name)

    def __iter__(self) -> Iterator[str]:
        return iter(FACTORIES)

    def __len__(self) -> int:
        return len(FACTORIES)


@cache
def _default(name: str) -> Surface:
    return FACTORIES[name]()


SURFACES: Mapping[str, Surface] = _Catalogue()
