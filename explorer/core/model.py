"""Model: the headless half of a scene. Inputs change, one watcher marks the frame stale, reading it computes it."""

from __future__ import annotations

import difflib
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Self

import param

from explorer.core import link as links
from explorer.core import screen, values
from explorer.core.check import Check
from explorer.core.frame import Frame
from explorer.core.inputs import Column
from explorer.core.runner import Report, silent
from explorer.core.threads import one_blas_thread
from explorer.core.values import InputError


class Model(param.Parameterized):
    """Base of every scene's model.

    A scene declares its inputs as class attributes (see `explorer.core.inputs`) and implements

        compute(report) -> Frame             everything the figures need, within the inputs' cost class
        refine(frame, report) -> frames      optional: better frames, such as more simulated draws; the last
                                             one is the answer, and each is drawn as it comes
        verify(frame) -> list of Check       what must be true of the final frame

    All three read the inputs and nothing else, so equal inputs give equal frames.

    Parameters
        **inputs    any of the scene's inputs; unknown names and values out of bounds raise `InputError`

    Raises    InputError  one sentence that says what was wrong and what would be right
    """

    scene_name: ClassVar[str] = ""

    def __init__(self, **inputs: Any) -> None:
        super().__init__(**self.checked(inputs))
        self._frame: Frame | None = None
        self.param.watch(self._mark_stale, self._computing())

    # What a scene implements -------------------------------------------------------------------------

    @abstractmethod
    def compute(self, report: Report) -> Frame:
        """The frame of the present inputs."""
        raise NotImplementedError

    def refine(self, frame: Frame, report: Report) -> Iterator[Frame]:
        """Better versions of the frame, in order; none by default."""
        return iter(())

    def verify(self, frame: Frame) -> list[Check]:
        """What must be true of the frame; nothing by default."""
        return []

    # Inputs -------------------------------------------------------------------------------------------

    @classmethod
    def inputs(cls) -> dict[str, Any]:
        """name -> parameter of every input, in the order in which the scene declares them."""
        return {name: p for name, p in cls.param.objects("existing").items() if getattr(p, "info", None)}

    @classmethod
    def _computing(cls) -> list[str]:
        return [name for name, p in cls.inputs().items() if p.info.cost != "cursor"]

    @classmethod
    def checked(cls, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """The values in the types of their inputs.

        Raises    InputError  one sentence
        """
        known = cls.inputs()
        checked = {}
        for name, value in inputs.items():
            if name not in known:
                near = difflib.get_close_matches(name, known, 1)
                hint = f"did you mean {near[0]!r}?" if near else f"it has {', '.join(known)}."
                raise InputError(
                    f"{cls.scene_name or cls.__name__} has no input {values.short(name)}; {hint}"
                )
            checked[name] = values.check(name, known[name], value)
        return checked

    def update(self, **inputs: Any) -> Self:
        """Set several inputs as one change; nothing is set if one of them is wrong.

        Raises    InputError  one sentence
        """
        checked = self.checked(inputs)
        self.param.update(**{**self._let_go(checked), **checked})
        return self

    def _let_go(self, checked: Mapping[str, Any]) -> dict[str, str]:
        """Names chosen in a table or file that makes way for one without them: back to the usual ones."""
        return {
            name: ""
            for name, p in self.inputs().items()
            if isinstance(p, Column)
            and p.of in checked
            and getattr(self, name) not in p.listed(checked[p.of])[0]
        }

    @classmethod
    def defaults(cls) -> dict[str, Any]:
        """The default of every input."""
        return {name: p.default for name, p in cls.inputs().items()}

    def setting(self) -> dict[str, Any]:
        """The values of all inputs that the frame depends on: all but the cursors."""
        return {name: getattr(self, name) for name in self._computing()}

    def reset(self) -> Self:
        """Every input back to its default, as one change."""
        return self.update(**self.defaults())

    def copy(self) -> Self:
        """A model of its own with the same inputs, such as a worker may compute on; a finished frame goes along."""
        made = type(self)(**{name: getattr(self, name) for name in self.inputs()})
        made._frame = self._frame
        return made

    def _mark_stale(self, *_events: param.parameterized.Event) -> None:
        self._frame = None

    # Results ------------------------------------------------------------------------------------------

    def draft(self, report: Report = silent) -> Frame:
        """The frame of the present inputs before any refinement."""
        with one_blas_thread():
            return self.compute(report)

    def refined(self, frame: Frame, report: Report = silent) -> Iterator[Frame]:
        """Each refinement of a drafted frame."""
        with one_blas_thread():
            yield from self.refine(frame, report)

    def judged(self, frame: Frame) -> list[Check]:
        """Every check of a finished frame of the present inputs."""
        with one_blas_thread():
            return self.verify(frame)

    def frames(self, report: Report = silent) -> Iterator[Frame]:
        """The frame of the present inputs, then each refinement of it; the last one is `frame`."""
        frame = self.draft(report)
        yield frame
        yield from self.refined(frame, report)

    @property
    def frame(self) -> Frame:
        """The finished frame of the present inputs; computed when it is read after a change."""
        return self.finish()

    def opened(self, frame: Frame) -> Frame:
        """The frame opened at the pages that the cursor inputs point to."""
        return frame.at(**{name: getattr(self, name) for name in self.inputs() if name in frame.cursors})

    @property
    def finished(self) -> Frame | None:
        """The finished frame of the present inputs if it has been computed, here or elsewhere."""
        return self._frame

    def finish(self, report: Report = silent) -> Frame:
        """The finished frame of the present inputs; what `report` raises stops the work."""
        if self._frame is None:
            *_, self._frame = self.frames(report)
        return self._frame

    def accept(self, frame: Frame) -> None:
        """Take a finished frame of the present inputs that was computed elsewhere, on a `copy`."""
        self._frame = frame

    def checks(self) -> list[Check]:
        """Every check of the present frame."""
        return self.judged(self.frame)

    def state(self) -> dict[str, Any]:
        """Every input as JSON-able data: ``explorer.scene(name, **model.state())`` gives the same digest."""
        return {name: values.to_json(p, getattr(self, name)) for name, p in self.inputs().items()}

    def link(self) -> str:
        """Query text that carries every input; a table of one's own is carried by its fingerprint."""
        return links.encode(self)

    def figures(self) -> Any:
        """The scene's figures of the present frame as a HoloViews layout."""
        from explorer.core.registry import find

        screen.expect_figures()
        return find(self.scene_name).layout(self.opened(self.frame))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> screen.MimeBundle | None:
        """The live scene, where a notebook shows the model; a console prints its text."""
        return screen.live(self) if self.scene_name else None

    def __repr__(self) -> str:
        inside = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.inputs())
        return f"{self.scene_name or type(self).__name__}({inside})"
