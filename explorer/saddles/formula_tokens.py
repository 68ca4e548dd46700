"""Cuts the text of a formula into tokens; anything outside a short ASCII alphabet is refused here."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from explorer.saddles.formula_error import FormulaError

MAX_TEXT = 2000
_TOKEN = re.compile(
    r"(?P<blank>[ \t\r\n]+)"
    r"|(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<word>[A-Za-z_][A-Za-z_0-9]*)"
    r"|(?P<sign>\*\*|[-+*/^()])"
)
_WRITE_INSTEAD = {
    "×": "*", "·": "*", "÷": "/", "−": "-", "–": "-", "²": "^2", "³": "^3", "π": "pi", "√": "sqrt()",
    "[": "(", "]": ")", "{": "(", "}": ")", ",": "a decimal point",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of a formula.

    Attributes
        kind   : str    "number", "word", "sign" or "end"
        text   : str    as written; ``**`` is given as ``^``
        column : int    1-based place of its first character
        value  : float  of a number, else 0
    """

    kind: str
    text: str
    column: int
    value: float = 0.0


def tokens(text: str) -> list[Token]:
    """The tokens of a formula, with an "end" token last.

    Parameters
        text : str      at most 2000 characters of ``+ - * / ^ ** ( )``, decimal numbers and ASCII words

    Raises
        FormulaError    when a character is not allowed, a number is not finite or the text is too long

    Cost: linear in the text.
    """
    if not isinstance(text, str):
        raise FormulaError("A formula must be text")
    if len(text) > MAX_TEXT:
        raise FormulaError(f"The formula has {len(text)} characters, more than {MAX_TEXT}", MAX_TEXT + 1)
    found: list[Token] = []
    place = 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise FormulaError(_refusal(text[place]), place + 1)
        if match.lastgroup != "blank":
            found.append(_token(match))
        place = match.end()
    return [*found, Token("end", "", len(text) + 1)]


def _token(match: re.Match[str]) -> Token:
    kind, text, column = str(match.lastgroup), match.group(), match.start() + 1
    if kind != "number":
        return Token(kind, "^" if text == "**" else text, column)
    value = float(text)
    if not math.isfinite(value):
        raise FormulaError("The number is too large to be finite", column)
    return Token(kind, text, column, value)


def _refusal(character: str) -> str:
    shown = character if character.isprintable() else f"U+{ord(character):04X}"
    instead = _WRITE_INSTEAD.get(character)
    return f"The character '{shown}' is not allowed" + (f", write {instead}" if instead else "")
