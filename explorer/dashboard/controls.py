"""Controls: one widget an input, in named groups, with its unit, its help and its cost class honoured."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import panel as pn
import panel_material_ui as pmui
import param
from bokeh.models import CustomJSTickFormatter

from explorer.core import inputs
from explorer.core.inputs import matters
from explorer.core.model import Model
from explorer.dashboard import limits, theme
from explorer.dashboard.scrub import Scrub
from explorer.dashboard.upload import Upload

# Panel waits 50 ms to merge a widget's events; a tenth of that still lets the newest value win (see tests/ui).
MERGE_MS = 5
SHORT_NUMBER = """
const v = scale == 'log' ? Math.pow(10, tick) : tick
const size = Math.abs(v)
if (whole) return unit ? `${v} ${unit}` : String(v)
const text = size != 0 && (size >= 1e4 || size < 1e-2) ? v.toExponential(1) : String(Number(v.toPrecision(3)))
return unit ? text + ' ' + unit : text
"""
UPLOAD = "your own CSV or Parquet file"

Change = Callable[[dict[str, Any], bool], None]


class Controls:
    """The widgets of one model.

    Parameters
        model   : Model
        changed : called with ({input: value}, moving) when the hand changes something; `moving` is True
                  while a slider is still held. It returns nothing; it shows its own messages.
        refused : called with a ValueError when the hand gives what cannot be taken
    """

    def __init__(
        self, model: Model, changed: Change, refused: Callable[[ValueError], None] = lambda error: None
    ) -> None:
        self._model = model
        self._changed = changed
        self._refused = refused
        self._quiet = False
        self._groups: dict[str, list[Any]] = {}
        self._members: dict[str, list[str]] = {}
        self.widgets: dict[str, Any] = {}
        self.scrubs: dict[str, Scrub] = {}
        self._boxes: dict[str, Any] = {}  # what hides with an input, where that is more than its widget
        for name, parameter in model.inputs().items():
            self._add(name, parameter)
        self._sections = {title: self._section(title, widgets) for title, widgets in self._groups.items()}
        self.panel = pn.Column(*self._sections.values(), sizing_mode="stretch_width", margin=(0, 8))
        self.show(model)

    @staticmethod
    def _section(title: str, widgets: list[Any]) -> pn.Column:
        heading = pn.pane.HTML(f"<h2>{title}</h2>", margin=0, stylesheets=[theme.style()])
        return pn.Column(heading, *widgets, sizing_mode="stretch_width", margin=(0, 0, 6, 0))

    def show(self, model: Model) -> None:
        """Make every widget say what the model says, without calling back."""
        self._quiet = True
        try:
            for name, widget in self.widgets.items():
                value = getattr(model, name)
                if name in self.scrubs:
                    continue
                parameter = model.inputs()[name]
                if isinstance(parameter, inputs.Data):
                    self._show_data(widget, parameter, value)
                elif isinstance(parameter, inputs.Column):
                    self._show_column(widget, model, parameter, value)
                elif isinstance(parameter, inputs.File):
                    self._show_file(name, value)
                else:
                    shown = math.log10(value) if _is_log(parameter) else value
                    if widget.value != shown:
                        widget.value = shown
                    # Or letting go at an old place would say nothing.
                    if "value_throttled" in widget.param and widget.value_throttled != shown:
                        with param.edit_constant(widget):
                            widget.value_throttled = shown
                self._boxes.get(name, widget).visible = matters(parameter.info, model)
            for title, names in self._members.items():
                shown = (self._boxes.get(name, self.widgets[name]).visible for name in names)
                self._sections[title].visible = any(shown)
        finally:
            self._quiet = False

    def show_cursors(
        self, model: Model, cursors: dict[str, np.ndarray], series: dict[str, list[str]]
    ) -> None:
        """Give every cursor its positions, and put it where the model says."""
        from explorer.core.frame import nearest

        for name, scrub in self.scrubs.items():
            positions = cursors.get(name, np.zeros(0))
            index = nearest(positions, getattr(model, name)) if len(positions) else 0
            listed = [float(p) for p in positions]
            self._quiet = True
            try:
                wanted = {"index": index, "series": series.get(name, []), "positions": listed}
                changed = {key: value for key, value in wanted.items() if getattr(scrub, key) != value}
                if changed:
                    scrub.param.update(**changed)
            finally:
                self._quiet = False

    # One widget an input -------------------------------------------------------------------------------

    def _add(self, name: str, parameter: Any) -> None:
        build = {
            "number": self._slider,
            "seed": self._seed,
            "choice": self._choice,
            "switch": self._switch,
            "text": self._text,
            "cursor": self._cursor,
            "dataset": self._dataset,
            "column": self._column,
            "file": self._file,
        }[parameter.info.kind]
        built = build(name, parameter)
        if parameter.info.kind != "cursor":  # cursors stand above the figures, not among the inputs
            self._groups.setdefault(parameter.info.group, []).extend(built)
            self._members.setdefault(parameter.info.group, []).append(name)

    def _say(self, name: str, moving: bool = False, convert: Callable[[Any], Any] = lambda v: v) -> Callable:
        def heard(event: Any) -> None:
            if not self._quiet:
                self._changed({name: convert(event.new)}, moving)

        return heard

    def _slider(self, name: str, parameter: Any) -> list[Any]:
        low, high = parameter.bounds
        log = _is_log(parameter)
        whole = isinstance(parameter, inputs.Whole)
        formatter = CustomJSTickFormatter(
            code=SHORT_NUMBER,
            args={
                "scale": "log" if log else "linear",
                "unit": parameter.info.unit,
                "whole": whole and not log,
            },
        )
        if log:
            low, high = math.log10(low), math.log10(high)
        step = parameter.step or (1 if whole else (high - low) / 200)
        widget = (pmui.IntSlider if whole else pmui.FloatSlider)(
            label=parameter.label, start=low, end=high, step=step, format=formatter, **_common(parameter)
        )
        widget._debounce = MERGE_MS
        convert = (lambda v: float(np.clip(10.0**v, *parameter.bounds))) if log else (int if whole else float)
        if parameter.info.cost == "live":
            widget.param.watch(self._say(name, True, convert), "value")
        # Of a fast hand the last place is in `value` already: writing an older one back would pull the thumb away.
        widget.param.watch(self._say(name, False, lambda _old: convert(widget.value)), "value_throttled")
        self.widgets[name] = widget
        return [widget]

    def _seed(self, name: str, parameter: Any) -> list[Any]:
        number = pmui.IntInput(
            label=parameter.label, start=parameter.bounds[0], end=parameter.bounds[1], **_common(parameter)
        )
        again = pmui.Button(
            label="New draw", icon="casino", variant="outlined", size="small", margin=(4, 4, 8, 0), height=38
        )

        def typed(event: Any) -> None:
            if not self._quiet and event.new is None:
                self.show(self._model)
            elif not self._quiet:
                self._changed({name: int(event.new)}, False)

        number.param.watch(typed, "value")
        again.on_click(lambda _event: self._changed({name: (getattr(self._model, name) + 1) % 2**31}, False))
        self.widgets[name] = number
        self._boxes[name] = pn.Row(number, again, sizing_mode="stretch_width")
        return [self._boxes[name]]

    def _choice(self, name: str, parameter: Any) -> list[Any]:
        words = {parameter.info.names.get(v, str(v)): v for v in parameter.objects}
        widget = pmui.Select(label=parameter.label, options=words, **_common(parameter))
        widget.param.watch(self._say(name), "value")
        self.widgets[name] = widget
        return [widget]

    def _switch(self, name: str, parameter: Any) -> list[Any]:
        widget = pmui.Switch(label=parameter.label, **_common(parameter))
        widget.param.watch(self._say(name), "value")
        self.widgets[name] = widget
        return [widget]

    def _text(self, name: str, parameter: Any) -> list[Any]:
        widget = pmui.TextInput(label=parameter.label, max_length=2000, **_common(parameter))
        widget.param.watch(self._say(name), "value")
        self.widgets[name] = widget
        return [widget]

    def _cursor(self, name: str, parameter: Any) -> list[Any]:
        scrub = Scrub(
            cursor=name,
            label=parameter.label,
            unit=parameter.info.unit,
            sizing_mode="stretch_width",
            margin=(0, 0, 8, 0),
        )

        def rested(event: Any) -> None:
            if not self._quiet and event.new < len(scrub.positions):
                self._changed({name: float(np.clip(scrub.positions[event.new], *parameter.bounds))}, False)

        scrub.param.watch(rested, "index")
        self.widgets[name] = self.scrubs[name] = scrub
        return [scrub]

    def _dataset(self, name: str, parameter: Any) -> list[Any]:
        words = {title: key for key, title in parameter.bundled.items()}
        choice = pmui.Select(label=parameter.label, options={**words, UPLOAD: UPLOAD}, **_common(parameter))
        upload = Upload(
            self._refused,
            label="Choose a file",
            accept=".csv,.tsv,.txt,.parquet",
            visible=False,
            margin=(0, 0, 8, 0),
            max_file_size=limits.present().upload_bytes,
            sizing_mode="stretch_width",
        )

        def chosen(event: Any) -> None:
            upload.visible = event.new == UPLOAD
            if not self._quiet and event.new in parameter.bundled:
                self._changed({name: event.new}, False)

        def uploaded(event: Any) -> None:
            if event.new is not None:
                content, upload.value = event.new or b"", None  # or the same file again would be no change
                self._changed({name: (content, upload.filename)}, False)

        choice.param.watch(chosen, "value")
        upload.param.watch(uploaded, "value")
        self.widgets[name] = choice
        return [choice, upload]

    def _file(self, name: str, parameter: Any) -> list[Any]:
        upload = Upload(
            self._refused,
            label=f"{parameter.label}: choose a file",
            accept=",".join(parameter.accept),
            max_file_size=limits.present().upload_bytes,
            **{**_common(parameter), "size": "medium"},
        )
        held = pmui.Button(icon="close", variant="text", size="small", margin=(0, 4, 6, 4), visible=False)

        def uploaded(event: Any) -> None:
            if event.new is not None:
                content, upload.value = event.new or b"", None  # or the same file again would be no change
                self._changed({name: (content, upload.filename)}, False)

        upload.param.watch(uploaded, "value")
        held.on_click(lambda _event: self._changed({name: ""}, False))
        self.widgets[name] = upload
        self._boxes[name] = pn.Column(upload, held, sizing_mode="stretch_width", margin=0)
        return [self._boxes[name]]

    def _column(self, name: str, parameter: Any) -> list[Any]:
        widget = pmui.Select(label=parameter.label, options=[""], **_common(parameter))
        widget.param.watch(self._say(name), "value")
        self.widgets[name] = widget
        return [widget]

    def _show_file(self, name: str, value: Any) -> None:
        held = self._boxes[name][1]
        held.visible = bool(value)
        held.label = f"{value.name}: take it away" if value else ""

    @staticmethod
    def _show_data(widget: Any, parameter: Any, value: Any) -> None:
        widget.value = value if isinstance(value, str) else UPLOAD

    @staticmethod
    def _show_column(widget: Any, model: Model, parameter: Any, value: str) -> None:
        columns, usual = parameter.listed(getattr(model, parameter.of))
        widget.options = list(columns) or [""]
        widget.value = value if value in columns else usual
        widget.disabled = not columns


def _is_log(parameter: Any) -> bool:
    return parameter.info.log and parameter.info.kind == "number"


def _common(parameter: Any) -> dict[str, Any]:
    return {
        "description": parameter.doc or "",
        "sizing_mode": "stretch_width",
        "margin": (2, 4, 6, 4),
        "size": "small",
    }
