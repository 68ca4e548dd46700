"""The twelve methods: what each is called, what a step costs, which numbers it takes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.saddles import spectral_steps, stepping
from explorer.saddles.scales import curvature_scale
from explorer.saddles.surface import Surface

Option = float | int | None


class Evaluations(NamedTuple):
    """How many values, gradients and Hessians one step asks for."""

    values: int
    gradients: int
    hessians: int


@dataclass(frozen=True)
class Method:
    """One way of going downhill.

    Attributes
        name    : str       key in `METHODS`
        label   : str       as a reader writes it
        order   : int       0 uses values only, 1 gradients, 2 Hessians
        formula : str       one step
        options : dict      names and defaults of its numbers besides the step size. None stands for what
                            suits the surface, with L its `curvature_scale` and B the longest side of its
                            box: noise 0.003·L·B, damping 0.1·L, cubic_constant L/B; for directions, one,
                            or all axes
    """

    name: str
    label: str
    order: int
    formula: str
    kind: int
    rule: int = 0
    options: Mapping[str, Option] = field(default_factory=dict)

    @property
    def random(self) -> bool:
        """Whether a step draws random numbers."""
        return self.name in ("noisy", "sphere", "gaussian", "coordinate")

    def directions(self, dimension: int, directions: int | None = None) -> int:
        """Directions that a zeroth-order step probes: one, or for coordinates all of them, if not given."""
        if directions is None:
            return dimension if self.name == "coordinate" else 1
        return int(directions)

    def evaluations(self, dimension: int, directions: int | None = None) -> Evaluations:
        """What one step asks of a surface of d unknowns.

        A zeroth-order step takes two values for each direction; cubic regularisation takes a second value to
        judge its step (and so counts 2: one where it stands, one where it would go).
        """
        if self.order == 0:
            return Evaluations(2 * self.directions(dimension, directions), 0, 0)
        if self.order == 1:
            return Evaluations(0, 1, 0)
        return Evaluations(2 if self.name == "cubic" else 0, 1, 1)

    def settings(
        self, surface: Surface, step_size: float, options: Mapping[str, Option]
    ) -> NDArray[np.float64]:
        """The numbers that the kernels take, after checking them; None becomes what suits the surface.

        Raises
            ValueError      when an option is unknown or out of range
        """
        d = surface.dimension
        chosen = dict(self.checked(d, step_size, options))
        table = np.zeros(stepping.SETTINGS)
        table[stepping.KIND], table[stepping.RULE], table[stepping.STEP] = self.kind, self.rule, step_size
        for name, place in _PLACES.items():
            if name in chosen:
                given = chosen[name]
                table[place] = _SUITED[name](surface) if given is None else given
        if self.order == 0:
            m = self.directions(d, chosen["directions"])  # type: ignore[arg-type]
            table[stepping.SCALE] = (1.0 if self.name == "gaussian" else d) / m
        return table

    def checked(
        self, dimension: int, step_size: float, options: Mapping[str, Option]
    ) -> Mapping[str, Option]:
        """The options with defaults filled in; raises ValueError when one is unknown or out of range."""
        unknown = sorted(set(options) - set(self.options))
        if unknown:
            known = ", ".join(self.options) or "no options"
            raise ValueError(f"{self.label} does not take {', '.join(unknown)}; it takes {known}.")
        if not (step_size > 0.0 and math.isfinite(step_size)):
            raise ValueError(f"step_size must be a positive finite number, not {step_size}.")
        chosen = {**self.options, **options}
        for name, value in chosen.items():
            if value is None and self.options[name] is None:
                continue
            low, high, text = _RANGES[name]
            if value is None or not (low <= value <= high):
                raise ValueError(f"{name} must be {text}, not {value}.")
        m = chosen.get("directions")
        if self.name == "coordinate" and m is not None and m > dimension:
            raise ValueError(
                f"directions must be at most the dimension {dimension} for coordinates, not {m}."
            )
        return chosen


_LEAST = float(np.finfo(float).tiny)
_PLACES = {
    "momentum": stepping.MOMENTUM, "beta1": stepping.BETA_1, "beta2": stepping.BETA_2,
    "epsilon": stepping.EPSILON, "noise": stepping.NOISE, "damping": stepping.AMOUNT,
    "cubic_constant": stepping.AMOUNT, "smoothing": stepping.SMOOTHING,
}  # fmt: skip
_BELOW_ONE = math.nextafter(1.0, 0.0)
_RANGES = {
    "momentum": (0.0, _BELOW_ONE, "from 0 to below 1"),
    "beta1": (0.0, _BELOW_ONE, "from 0 to below 1"),
    "beta2": (0.0, _BELOW_ONE, "from 0 to below 1"),
    "epsilon": (_LEAST, 1e300, "positive"),
    "noise": (0.0, 1e300, "zero or positive"),
    "damping": (0.0, 1e300, "zero or positive"),
    "cubic_constant": (_LEAST, 1e300, "positive"),
    "smoothing": (_LEAST, 1e300, "positive"),
    "directions": (1, 10_000, "from 1 to 10000"),
}
_SUITED: Mapping[str, Callable[[Surface], float]] = {
    "noise": lambda surface: 0.003 * curvature_scale(surface) * surface.size,
    "damping": lambda surface: 0.1 * curvature_scale(surface),
    "cubic_constant": lambda surface: curvature_scale(surface) / surface.size,
}
_ZEROTH: dict[str, Option] = {"directions": None, "smoothing": 1e-4, "noise": 0.0}
_FIRST, _SECOND = stepping.DESCENT, stepping.SECOND_ORDER
_HESSIAN = spectral_steps

METHODS: Mapping[str, Method] = {
    method.name: method
    for method in (
        Method("gradient", "Gradient descent", 1, "x⁺ = x − ηg", _FIRST),
        Method("heavy_ball", "Heavy ball", 1, "v⁺ = βv − ηg(x), x⁺ = x + v⁺", stepping.HEAVY_BALL,
               options={"momentum": 0.9}),
        Method("nesterov", "Nesterov", 1, "v⁺ = βv − ηg(x + βv), x⁺ = x + v⁺", stepping.NESTEROV,
               options={"momentum": 0.9}),
        Method("adam", "Adam", 1, "x⁺ = x − η m̂ / (√v̂ + ε)", stepping.ADAM,
               options={"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}),
        Method("noisy", "Noisy gradient descent", 1, "x⁺ = x − η(g + σξ), ξ ~ N(0, I)", _FIRST,
               options={"noise": None}),
        Method("newton", "Newton", 2, "x⁺ = x − ηH⁻¹g", _SECOND, _HESSIAN.NEWTON),
        Method("damped_newton", "Damped Newton", 2, "x⁺ = x − η(H + (δ + max(0, −λ_min))I)⁻¹g", _SECOND,
               _HESSIAN.DAMPED, {"damping": None}),
        Method("saddle_free", "Saddle-free Newton", 2, "x⁺ = x − η(|H| + δI)⁻¹g", _SECOND,
               _HESSIAN.SADDLE_FREE, {"damping": 0.0}),
        Method("cubic", "Cubic regularisation", 2, "x⁺ = x + η argmin g·s + ½sᵀHs + (M/6)‖s‖³", _SECOND,
               _HESSIAN.CUBIC, {"cubic_constant": None}),
        Method("sphere", "Zeroth order, sphere", 0, "g ≈ (d/m)Σ (f(x+μu) − f(x−μu))/(2μ)·u, ‖u‖ = 1",
               stepping.ZEROTH_ORDER, options=_ZEROTH),
        Method("gaussian", "Zeroth order, Gaussian", 0, "g ≈ (1/m)Σ (f(x+μu) − f(x−μu))/(2μ)·u, u ~ N(0, I)",
               stepping.ZEROTH_ORDER, options=_ZEROTH),
        Method("coordinate", "Zeroth order, coordinates", 0, "g ≈ (d/m)Σ (f(x+μe) − f(x−μe))/(2μ)·e",
               stepping.ZEROTH_ORDER, options=_ZEROTH),
    )
}  # fmt: skip


def method_named(name: str) -> Method:
    """The method of that name; ValueError with the names there are otherwise."""
    if name not in METHODS:
        raise ValueError(f"there is no method {name!r}; there are {', '.join(METHODS)}.")
    return METHODS[name]


def suggest_step(surface: Surface, method: str, **options: Option) -> float:
    """A step size that suits a surface.

    1 for methods that use the Hessian, a hundredth of the box for Adam (whose steps have that length), half
    of 1/L for the others, with L the largest curvature at a critical point; a zeroth-order estimate with
    relative variance V takes 1/(1 + V) of that, because E‖ĝ‖² = (1 + V)‖g‖².

    Parameters
        surface : Surface
        method  : str       key in METHODS
        options             ``directions`` of a zeroth-order method

    Returns
        float > 0
    """
    chosen = method_named(method)
    if chosen.order == 2:
        return 1.0
    if chosen.kind == stepping.ADAM:
        return 0.01 * surface.size
    step = 0.5 / curvature_scale(surface)
    if chosen.order == 1:
        return step
    d = surface.dimension
    m = chosen.directions(d, options.get("directions"))  # type: ignore[arg-type]
    return step / (1.0 + {"sphere": d - 1, "gaussian": d + 1, "coordinate": d - m}[method] / m)
