"""A plan: a scene, what is fixed, the axes of the grid and what is measured in each cell."""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from explorer.core import link, registry, values
from explorer.core.registry import Scene
from explorer.core.values import InputError
from explorer.core.version import VERSION
from explorer.grid.axes import Axis, axis_of
from explorer.grid.measures import Measure, measures_of

MOST = 1_000_000  # cells of a grid
OWN = ("digest", "machine", "link", "reason")  # columns that every result has


@dataclass(frozen=True)
class Plan:
    """What a sweep computes. Cells are numbered with the last axis running fastest.

    Parameters
        scene    : str                 ``family/scene``
        fixed    : mapping             every input that is no axis -> its value
        axes     : tuple of Axis
        measures : tuple of Measure
        package  : str                 the scene's folder, for workers that have not found it themselves
        version  : str                 of the explorer that made the plan; a worker of another one refuses it
    """

    scene: str
    fixed: Mapping[str, Any]
    axes: tuple[Axis, ...]
    measures: tuple[Measure, ...]
    package: str = field(default="", compare=False)
    version: str = field(default=VERSION, compare=False)

    def __reduce__(self) -> tuple:
        return (Plan, (self.scene, dict(self.fixed), self.axes, self.measures, self.package, self.version))

    def __len__(self) -> int:
        return math.prod(len(axis.values) for axis in self.axes)

    def at(self, cell: int) -> tuple:
        """The value of every axis in a cell."""
        found = []
        for axis in reversed(self.axes):
            cell, place = divmod(cell, len(axis.values))
            found.append(axis.values[place])
        return tuple(reversed(found))

    def inputs(self, cell: int) -> dict[str, Any]:
        """Every input of a cell."""
        return {**self.fixed, **dict(zip((axis.name for axis in self.axes), self.at(cell), strict=True))}

    @cached_property
    def found(self) -> Scene:
        """The scene; one that was registered at run time is made known to this process too."""
        try:
            return registry.find(self.scene)
        except InputError:
            if not self.package:
                raise
            return registry.register(self.scene, self.package)

    @cached_property
    def _texts(self) -> dict[str, str]:
        known = self.found.model_class.inputs()
        return {name: values.to_text(known[name], value) for name, value in self.fixed.items()}

    def link(self, cell: int) -> str:
        """The link of a cell's setting, as the model itself would write it."""
        known = self.found.model_class.inputs()
        axes = dict(zip((axis.name for axis in self.axes), self.at(cell), strict=True))
        moved = {name: values.to_text(known[name], value) for name, value in axes.items()}
        texts = {**self._texts, **moved}
        return urlencode([(link.SCENE, self.scene), *((name, texts[name]) for name in known)])

    def identity(self) -> dict[str, Any]:
        """What must agree before the rows of two sweeps may stand in one file: all but the axes' values."""
        return {
            "scene": self.scene,
            "version": VERSION,
            "fixed": dict(sorted(self._texts.items())),
            "axes": [axis.name for axis in self.axes],
            "measures": [measure.text for measure in self.measures],
        }

    def describe(self) -> dict[str, Any]:
        """The identity, and each axis with its words and values: JSON-able."""
        known = self.found.model_class.inputs()
        axes = []
        for axis in self.axes:
            parameter = known[axis.name]
            words = {"label": parameter.label, "unit": parameter.info.unit, "kind": parameter.info.kind}
            axes.append({"name": axis.name, **words, "values": list(axis.values)})
        return {**self.identity(), "axes": axes}


def plan_of(
    scene: str,
    over: Mapping[str, Any],
    measure: str | Sequence[str],
    fixed: Mapping[str, Any] | None = None,
    preset: str | None = None,
) -> Plan:
    """The plan of a sweep, with every name and value checked.

    Raises    InputError  one sentence, before anything is computed
    """
    found = registry.find(scene)
    known = found.model_class.inputs()
    if not over:
        raise InputError("there is nothing to sweep over; name an input and its values, as in seed=0:10.")
    for name in over:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"it has {', '.join(known)}."
            raise InputError(f"{scene} has no input {values.short(name)} to sweep over; {hint}")
        if name in (fixed or {}):
            raise InputError(f"{name} is both fixed and swept over; leave one of the two out.")
        if name in OWN:
            raise InputError(f"a column of every result is called {name}, so it cannot be swept over.")
    axes = tuple(axis_of(name, known[name], given) for name, given in over.items())
    started = found.preset(preset).inputs if preset else {}
    model = found.open(**{**started, **(fixed or {})})
    held = {name: getattr(model, name) for name in known if name not in over}
    plan = Plan(scene, held, axes, measures_of(measure), found.package)
    if len(plan) > MOST:
        raise InputError(f"the grid has {len(plan):,} cells; at most {MOST:,} are possible.")
    return plan
