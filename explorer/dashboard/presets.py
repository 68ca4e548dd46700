"""The presets of a scene: one of them chosen, and what it teaches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import panel as pn
import panel_material_ui as pmui

from explorer.core.model import Model
from explorer.core.registry import Scene
from explorer.dashboard.words import Words

OWN = "your own setting"


class Presets:
    """A choice of the scene's presets, and the lesson of the present one.

    Parameters
        scene  : Scene
        model  : Model
        chosen : called with a value for every input when the hand chooses a preset
    """

    def __init__(self, scene: Scene, model: Model, chosen: Callable[[dict[str, Any]], Any]) -> None:
        self._model = model
        self._presets = {preset.name: preset for preset in scene.presets}
        self._chosen = chosen
        wide: dict[str, Any] = {"sizing_mode": "stretch_width"}
        self._select = pmui.Select(
            label="Preset", options=[OWN, *self._presets], size="small", margin=(12, 12, 0, 12), **wide
        )
        self._lesson = Words(object="", margin=(2, 12), **wide)
        self.panel = pn.Column(self._select, self._lesson, margin=0, visible=bool(self._presets), **wide)
        self.show()
        self._select.param.watch(self._heard, "value")

    def show(self) -> None:
        """Name the preset that the present inputs are, and say what it teaches."""
        name = self._now()
        self._select.value = name
        if name in self._presets:
            self._lesson.object = f'<p class="lesson">{self._presets[name].lesson}</p>'
        else:  # the last one stays, faint: without it the controls would jump under the hand
            self._lesson.object = self._lesson.object.replace('"lesson"', '"lesson left"')

    def _heard(self, event: Any) -> None:
        if event.new in self._presets and event.new != self._now():
            self._chosen({**self._model.defaults(), **self._presets[event.new].inputs})

    def _now(self) -> str:
        """The preset that the present inputs are, cursors aside; or one's own."""
        now = self._model.setting()
        for preset in self._presets.values():
            wanted = {**self._model.defaults(), **preset.inputs}
            if all(value == wanted[name] for name, value in now.items()):
                return preset.name
        return OWN
