"""The one error that reading a formula can raise."""

from __future__ import annotations


class FormulaError(ValueError):
    """A formula that cannot be used, said in one sentence that points at the place.

    Attributes
        column : int    1-based place in the text; 0 when the whole text is meant
    """

    def __init__(self, sentence: str, column: int = 0) -> None:
        super().__init__(f"{sentence} (column {column})." if column else f"{sentence}.")
        self.column = column
