"""Your own formula as a surface."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from explorer.saddles.formula_error import FormulaError
from explorer.saddles.formula_parser import Parser
from explorer.saddles.intervals import require_smooth
from explorer.saddles.program_surface import ProgramSurface

MOST_INSTRUCTIONS = 4000
CHECKED = 41  # points per axis at which value, gradient and Hessian must be finite numbers


def surface_from_formula(
    text: str, bounds: ArrayLike = ((-3.0, 3.0), (-3.0, 3.0)), name: str | None = None
) -> ProgramSurface:
    """The surface that a formula in x and y describes.

    Parameters
        text   : str        ``+ - * / ^ **``, brackets, numbers, x, y, pi, e, and the functions exp, log (ln),
                            sqrt, sin, cos, tan, asin, acos, atan, sinh, cosh, tanh, and abs away from its
                            corner; at most 2000 characters
        bounds : (2, 2)     the box on which the function must be finite and smooth
        name   : str        the formula itself if not given

    Returns
        ProgramSurface      with exact derivatives; beyond the box values may be infinite or NaN

    Raises
        FormulaError        (a ValueError) one sentence with the column of what is not allowed, not finite or
                            not smooth in the box
        ValueError          when the bounds are not two pairs low < high

    Cost: a few ms. The text is read by a parser of this package and never run as code.
    Holds: 10,000 hostile or malformed texts raise nothing but FormulaError and take under a second (tests).
    Ref: Moore 1966, Interval Analysis (the test for smoothness).
    """
    box = np.array(bounds, dtype=float)
    if box.shape != (2, 2) or not (np.isfinite(box).all() and (box[:, 0] < box[:, 1]).all()):
        raise ValueError("bounds must be two finite (low, high) pairs, low < high.")
    parser = Parser(text)
    root = parser.parse()
    require_smooth(parser.graph, root, box, parser.words)
    surface = ProgramSurface(text if name is None else name, box, parser.graph, root, text)
    if len(surface.kernel[0]) > MOST_INSTRUCTIONS:
        raise FormulaError("The formula is too large once differentiated")
    _require_finite(surface)
    return surface


def _require_finite(surface: ProgramSurface) -> None:
    axes = [np.linspace(low, high, CHECKED) for low, high in surface.bounds]
    points = np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2)
    finite = np.isfinite(surface.hessian(points)).all(axis=(1, 2))
    finite &= np.isfinite(surface.gradient(points)).all(axis=1)
    if not finite.all():
        x, y = points[np.argmin(finite)]
        raise FormulaError(f"The derivatives of the formula are not finite near x = {x:.3g}, y = {y:.3g}")
