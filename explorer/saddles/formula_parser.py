"""Reads a formula into a `Graph`: recursive descent over a whitelist, of limited depth.

    sum      = product { ("+" | "-") product }
    product  = signed { ("*" | "/") signed }
    signed   = { "+" | "-" } power
    power    = atom [ ("^" | "**") signed ]              right-associative; -x^2 is -(x^2)
    atom     = number | "x" | "y" | "pi" | "e" | function "(" sum ")" | "(" sum ")"

The text is never handed to anything that runs or interprets Python.
"""

from __future__ import annotations

import difflib
import math

from explorer.saddles.formula_error import FormulaError
from explorer.saddles.formula_tokens import Token, tokens
from explorer.saddles.graph import UNARY, Graph

MAX_DEPTH = 60
CONSTANTS = {"pi": math.pi, "e": math.e}
ALIASES = {"ln": "log", "arctan": "atan", "arcsin": "asin", "arccos": "acos"}
FUNCTIONS = (*UNARY, *ALIASES, "abs")
NOT_SMOOTH = ("sign", "sgn", "floor", "ceil", "round", "min", "max", "relu", "step", "heaviside", "mod")


class Parser:
    """Reads one text into a graph of the unknowns ``names``.

    Attributes
        graph : Graph
        words : dict    column -> the function written there, for sentences about it
    """

    def __init__(self, text: str, names: tuple[str, ...] = ("x", "y")) -> None:
        self.graph = Graph(len(names))
        self.words: dict[int, str] = {}
        self._names = names
        self._tokens = tokens(text)
        self._place = 0
        self._depth = 0

    def parse(self) -> int:
        """The node of the whole text.

        Raises
            FormulaError    one sentence with the column, for everything that is not in the grammar
        """
        if self._now.kind == "end":
            raise FormulaError("The formula is empty, write for example x^2 - y^2")
        root = self._sum()
        if self._now.kind != "end":
            raise FormulaError(self._leftover(), self._now.column)
        return root

    @property
    def _now(self) -> Token:
        return self._tokens[self._place]

    def _take(self, *signs: str) -> Token | None:
        now = self._now
        if now.kind != "sign" or now.text not in signs:
            return None
        self._place += 1
        return now

    def _leftover(self) -> str:
        now = self._now
        if now.text == ")":
            return "This ')' closes nothing"
        return f"There is no operation before '{now.text}', write for example 2*x for 2x"

    def _sum(self) -> int:
        left = self._product()
        while sign := self._take("+", "-"):
            right = self._product()
            self.graph.column = sign.column
            left = self.graph.add(left, right) if sign.text == "+" else self.graph.sub(left, right)
        return left

    def _product(self) -> int:
        left = self._signed()
        while sign := self._take("*", "/"):
            right = self._signed()
            self.graph.column = sign.column
            left = self.graph.mul(left, right) if sign.text == "*" else self.graph.div(left, right)
        return left

    def _signed(self) -> int:
        negative = False
        while sign := self._take("+", "-"):
            negative ^= sign.text == "-"
        value = self._power()
        return self.graph.mul(self.graph.constant(-1.0), value) if negative else value

    def _power(self) -> int:
        base = self._atom()
        sign = self._take("^")
        if sign is None:
            return base
        self._deeper(sign)
        exponent = self._signed()
        self._depth -= 1
        self.graph.column = sign.column
        constant = self.graph.constant_of(exponent)
        if constant is not None:
            return self.graph.power(base, constant)
        self.words[sign.column] = "^"
        return self.graph.call("exp", self.graph.mul(exponent, self.graph.call("log", base)))

    def _deeper(self, token: Token) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise FormulaError(f"The formula is nested more than {MAX_DEPTH} deep", token.column)

    def _atom(self) -> int:
        token = self._now
        if token.kind == "end":
            raise FormulaError("The formula ends where a number, x, y or '(' was expected", token.column)
        if token.kind == "sign" and token.text != "(":
            raise FormulaError(
                f"'{token.text}' stands where a number, x, y or '(' was expected", token.column
            )
        self._place += 1
        self.graph.column = token.column
        if token.kind == "number":
            return self.graph.constant(token.value)
        return self._bracket(token) if token.text == "(" else self._word(token)

    def _bracket(self, opening: Token) -> int:
        self._deeper(opening)
        inner = self._sum()
        self._depth -= 1
        if self._take(")") is None:
            if self._now.kind == "end":
                raise FormulaError("This '(' is never closed", opening.column)
            raise FormulaError(self._leftover(), self._now.column)
        return inner

    def _word(self, token: Token) -> int:
        name = token.text
        if name in self._names:
            return self.graph.variables[self._names.index(name)]
        if name in CONSTANTS:
            return self.graph.constant(CONSTANTS[name])
        if name in NOT_SMOOTH:
            raise FormulaError(f"{name} is not smooth, and a surface needs two derivatives", token.column)
        if name not in FUNCTIONS:
            raise FormulaError(self._unknown(name), token.column)
        opening = self._take("(")
        if opening is None:
            raise FormulaError(f"{name} needs an argument in brackets, as in {name}(x)", token.column)
        inner = self._bracket(opening)
        self.graph.column = token.column
        self.words[token.column] = name
        if name == "abs":  # the same function; smooth exactly where the root's argument stays above zero
            return self.graph.call("sqrt", self.graph.power(inner, 2.0))
        return self.graph.call(ALIASES.get(name, name), inner)

    def _unknown(self, name: str) -> str:
        shown = name if len(name) <= 20 else name[:20] + "…"
        close = difflib.get_close_matches(name[:20].lower(), (*self._names, *CONSTANTS, *FUNCTIONS), 1)
        hint = (
            f"did you mean {close[0]}" if close else "allowed are x, y, pi, e and functions such as sin, exp"
        )
        return f"The word '{shown}' is not known; {hint}"
