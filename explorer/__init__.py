"""Ridgeline: live pictures of machine-learning theory that check themselves.

    >>> import explorer
    >>> explorer.scenes()
    ('ridge/path',)
    >>> model = explorer.scene("ridge/path", alpha=10.0)
    >>> model.frame.tables["path"]["loo"]            # read-only NumPy arrays
    >>> [check.verdict for check in model.checks()]

The families are plain numerical libraries as well: ``explorer.ridge.fit_path(X, y, penalties)``.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from explorer.core import screen
from explorer.core.version import VERSION

if TYPE_CHECKING:
    from explorer import connectivity as connectivity
    from explorer import diffusion as diffusion
    from explorer import ridge as ridge
    from explorer import saddles as saddles
    from explorer.core.model import Model

__version__ = VERSION
_FAMILIES = ("ridge", "saddles", "connectivity", "diffusion")
__all__ = ["__version__", "from_link", "page", "scene", "scenes", "sweep", *_FAMILIES]


def scenes() -> tuple[str, ...]:
    """The names of all scenes, such as ``"ridge/path"``."""
    from explorer.core import registry

    return tuple(entry.name for entry in registry.scenes())


def scene(name: str, **inputs: Any) -> Model:
    """A headless model of a scene; on the last line of a notebook's cell it is shown live.

    Parameters
        name     : str     one of `scenes`
        **inputs           values of its inputs; the others keep their defaults

    Raises    ValueError  one sentence, when the name, an input or a value is wrong
    """
    from explorer.core import registry

    return registry.find(name).open(**inputs)


def from_link(text: str) -> Model:
    """The model that a link describes, from ``model.link()`` or a whole address.

    Raises    ValueError  one sentence, when the link is malformed or names something unknown
    """
    from explorer.core import link, registry

    name, texts = link.decode(text)
    found = registry.find(name)
    preset = link.preset_of(text)
    start = found.preset(preset).inputs if preset else {}
    return found.open(**{**start, **link.read_inputs(found.model_class, texts)})


def sweep(
    scene: str, over: Mapping[str, Any], measure: str | Sequence[str], to: Any = None, **options: Any
) -> Any:
    """A data frame with a row a cell of a grid of a scene's inputs; see `explorer.grid.sweep.sweep`.

    >>> explorer.sweep("ridge/path", {"noise": [0.5, 1.0], "seed": range(10)}, "path.loo:min", to="loo.parquet")
    """
    from explorer.grid.sweep import sweep

    return sweep(scene, over, measure, to, **options)


def page(name: str, **inputs: Any) -> Any:
    """The page of a scene as a Panel servable: ``explorer.page("ridge/path").servable()``."""
    from explorer.dashboard.page import build

    return build(name, **inputs)


def _show_scene(model: Model) -> screen.MimeBundle:
    from explorer.dashboard import notebook

    return notebook.show(model)


def _load_figures() -> None:
    from explorer.dashboard import notebook

    notebook.load_figures()


screen.show_scene, screen.load_figures = _show_scene, _load_figures


def __getattr__(name: str) -> Any:
    if name in _FAMILIES:
        return importlib.import_module(f"explorer.{name}")
    raise AttributeError(f"module 'explorer' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
