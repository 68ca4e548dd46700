"""Survey: every check of a scene over its defaults, presets and bounds."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any

from explorer.core import inputs, registry
from explorer.core.check import Check
from explorer.core.model import Model
from explorer.core.registry import Scene


def settings(scene: Scene) -> Iterator[tuple[str, dict[str, Any]]]:
    """(words, inputs) of every setting that is surveyed: defaults, presets, each input at its ends.

    An input's ends are tried with the values that make it matter, where the defaults do not.
    """
    yield "defaults", {}
    for preset in scene.presets:
        yield f"preset {preset.name}", dict(preset.inputs)
    for name, parameter in scene.model_class.inputs().items():
        needed = {other: values[0] for other, values in parameter.info.cases[0].items()}
        if "yours" in needed.values():
            continue  # it takes a file that nobody has given
        for value in _ends(parameter):
            yield (
                f"{name} = {value:g}" if not isinstance(value, str) else f"{name} = {value}",
                {**needed, name: value},
            )


def _ends(parameter: Any) -> Sequence[Any]:
    if isinstance(parameter, inputs.Seed):
        return ()
    if isinstance(parameter, inputs.Real | inputs.Whole) and parameter.bounds:
        return parameter.bounds
    if isinstance(parameter, inputs.Choice):
        return [value for value in parameter.objects if value != parameter.default]
    if isinstance(parameter, inputs.Switch):
        return [not parameter.default]
    if isinstance(parameter, inputs.Data):
        return [name for name in parameter.bundled if name != parameter.default]
    return ()


def check_setting(scene: Scene, values: dict[str, Any]) -> tuple[Model, list[Check]]:
    """The model of one setting and its checks."""
    model = scene.open(**values)
    return model, model.checks()


def run(names: Sequence[str] = (), quiet: bool = False) -> int:
    """Print a table of all checks of all settings; gives 1 when one fails or cannot be computed, else 0."""
    scenes = [registry.find(name) for name in names] or list(registry.scenes())
    held = failed = silent = 0
    started = time.perf_counter()
    for scene in scenes:
        for words, values in settings(scene):
            try:
                _, checks = check_setting(scene, values)
            except Exception as error:
                failed += 1
                print(f"{scene.name:<18} {words:<34} ERROR  {type(error).__name__}: {error}")
                continue
            for check in checks:
                held += check.verdict == "holds"
                failed += check.verdict == "fails"
                silent += check.verdict == "n/a"
                if not quiet or check.verdict == "fails":
                    print(_line(scene, words, check))
    print(
        f"{held} checks hold, {failed} fail, {silent} do not apply, "
        f"in {len(scenes)} {'scene' if len(scenes) == 1 else 'scenes'} and {time.perf_counter() - started:.0f} s."
    )
    return 1 if failed else 0


def _line(scene: Scene, words: str, check: Check) -> str:
    numbers = (
        f"{check.measured:>10.3g} {check.expected:>10.3g} {check.tolerance:>9.2g}" if check.applies else ""
    )
    return f"{scene.name:<18} {words[:34]:<34} {check.verdict:<5} {check.name[:44]:<44} {numbers}".rstrip()
