"""The settings at which every scene is tested: its defaults, its presets, and each input at its ends."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

import explorer
from explorer.core import inputs, registry, values
from explorer.core.model import Model

TOY = "toy/wave"
registry.register(TOY, "tests.toy.wave")
REAL = tuple(name for name in explorer.scenes() if name != TOY)
SCENES = (*REAL, TOY)
# Inputs of the toy that make it fail or dawdle on purpose; one of its checks fails on purpose, too.
TOY_LEAVES_OUT = ("fail", "work")


@dataclass(frozen=True)
class Setting:
    """One setting of one scene, and where it comes from: defaults, preset, or the end of an input."""

    scene: str
    kind: str
    words: str
    state: str  # JSON

    @property
    def inputs(self) -> dict[str, Any]:
        return json.loads(self.state)

    def open(self) -> Model:
        return explorer.scene(self.scene, **self.inputs)

    def __str__(self) -> str:
        return f"{self.scene}-{self.words}"


def declared(name: str) -> dict[str, Any]:
    return registry.find(name).model_class.inputs()


def settings_of(name: str) -> Iterator[Setting]:
    def setting(kind: str, words: str, given: dict[str, Any]) -> Setting:
        return Setting(name, kind, words, json.dumps(given))

    yield setting("defaults", "defaults", {})
    for preset in registry.find(name).presets:
        yield setting("preset", preset.name, preset.inputs)
    for which, parameter in declared(name).items():
        needed = condition(declared(name), which)
        if needed is not None and not (name == TOY and which in TOY_LEAVES_OUT):
            for end in ends(parameter):
                yield setting(
                    "end",
                    f"{which}={end:g}" if isinstance(end, float) else f"{which}={end}",
                    {**needed, which: end},
                )


def condition(known: dict[str, Any], which: str) -> dict[str, Any] | None:
    """Inputs that make this one matter, in the first case of its `when` that can be; None when only a table would."""
    met = (_met(known, case) for case in known[which].info.cases)
    return next((needed for needed in met if needed is not None), None)


def _met(known: dict[str, Any], case: Any) -> dict[str, Any] | None:
    needed: dict[str, Any] = {}
    for other, accepted in case.items():
        choices = [
            value
            for value in (known[other].default, *accepted)
            if value in accepted and can_be(known[other], value)
        ]
        further = condition(known, other)
        if not choices or further is None:
            return None
        needed |= {**further, other: choices[0]}
    return needed


def can_be(parameter: Any, value: Any) -> bool:
    try:
        values.check("it", parameter, value)
    except ValueError:
        return False
    return True


def ends(parameter: Any) -> list[Any]:
    if isinstance(parameter, inputs.Real | inputs.Whole):
        return list(parameter.bounds)
    if isinstance(parameter, inputs.Choice):
        return [value for value in parameter.objects if value != parameter.default]
    if isinstance(parameter, inputs.Switch):
        return [not parameter.default]
    if isinstance(parameter, inputs.Data):
        return [name for name in parameter.bundled if name != parameter.default]
    return []


SETTINGS = [setting for name in SCENES for setting in settings_of(name)]
CURATED = [setting for setting in SETTINGS if setting.kind != "end"]
every_setting = pytest.mark.parametrize("setting", SETTINGS, ids=str)
every_curated = pytest.mark.parametrize("setting", CURATED, ids=str)
every_scene = pytest.mark.parametrize("name", SCENES)
every_real_scene = pytest.mark.parametrize("name", REAL)
