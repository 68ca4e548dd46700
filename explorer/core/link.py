"""A link is the state: every input as query text, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from explorer.core import values
from explorer.core.values import InputError

if TYPE_CHECKING:
    from explorer.core.model import Model

SCENE = "scene"
# Keys that steer the page and are no inputs of a scene.
RESERVED = frozenset({SCENE, "version", "digest", "hide", "embed", "theme", "preset", "sketch", "lesson"})
LONGEST = 20_000


def encode(model: Model) -> str:
    """Query text with the scene and every input: ``scene=ridge%2Fpath&n=200&...``."""
    pairs = [(SCENE, model.scene_name)]
    pairs += [(name, values.to_text(p, getattr(model, name))) for name, p in model.inputs().items()]
    return urlencode(pairs)


def decode(text: str) -> tuple[str, dict[str, str]]:
    """(scene name, input name -> text) of a query text or a whole address.

    Raises    InputError  when the text is no link to a scene, or names an input twice
    """
    if len(text) > LONGEST:
        raise InputError(f"a link has at most {LONGEST} characters; this one has {len(text)}.")
    try:
        address = urlsplit(text.strip()) if "?" in text or "://" in text else None
    except ValueError:
        raise InputError(f"{text[:40]!r} is no address; a link is query text or a web address.") from None
    query = address.query if address else text.strip()
    found: dict[str, str] = {}
    for key, value in parse_qsl(query, keep_blank_values=True, errors="replace"):
        if key in found and found[key] != value:
            raise InputError(f"the link sets {key[:40]!r} twice; leave one of the two out.")
        found[key] = value
    path = "/".join(address.path.strip("/").split("/")[-2:]) if address else ""
    scene = found.get(SCENE) or path
    if not scene:
        raise InputError("the link names no scene; it should hold scene=family/name.")
    return scene, {key: value for key, value in found.items() if key not in RESERVED}


def preset_of(text: str) -> str:
    """The preset that a link starts from; empty where it names none."""
    found = dict(parse_qsl(text.strip().partition("?")[2] or text.strip(), errors="replace"))
    return found.get("preset", "")


def read_inputs(model_class: type[Model], texts: dict[str, str]) -> dict[str, Any]:
    """Values of the inputs named in a link; unknown names pass through for the model to refuse."""
    known = model_class.inputs()
    return {
        name: values.from_text(name, known[name], text) if name in known else text
        for name, text in texts.items()
    }
