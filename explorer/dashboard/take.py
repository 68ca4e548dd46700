"""Everything that can be taken home of a setting, by the ending of the file it becomes."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from explorer.core import export
from explorer.core.model import Model
from explorer.core.runner import Report, silent
from explorer.core.values import InputError

PICTURES = (".png", ".svg")
FILMS = (".mp4", ".webm", ".gif")
TABLES = (".csv", ".parquet")
KINDS = {
    **export.KINDS,
    ".html": "the page in one file",
    ".png": "a picture",
    ".svg": "a picture in lines",
    **dict.fromkeys(FILMS, "a film"),
}


@dataclass(frozen=True)
class Wish:
    """What is wanted beyond the kind of file.

    Parameters
        table   : the one table of a ``.csv`` or ``.parquet``
        figure  : the one figure of a picture, or the figure whose columns are wanted
        cursor  : the one that a film plays
        presets : whether the presets can be chosen in an ``.html``
        dark    : whether a picture or a film has a dark ground
    """

    table: str | None = None
    figure: str | None = None
    cursor: str | None = None
    presets: bool = True
    dark: bool = False

    def check(self, name: str, ending: str) -> None:
        """Raises    InputError  when something is asked of a kind of file that does not have it"""
        known = ", ".join(f"{kind} ({what})" for kind, what in KINDS.items())
        if ending not in KINDS:
            raise InputError(f"{name} has no known ending; give one of {known}.")
        if self.table is not None and ending not in TABLES:
            raise InputError(f"one table is a .csv or a .parquet; {name} is neither.")
        if self.figure is not None and ending not in (*TABLES, *PICTURES, ".zip"):
            raise InputError(
                f"one figure is a .png, an .svg, or a .csv, .parquet or .zip of what it draws; {name} is none."
            )
        if self.cursor is not None and ending not in FILMS:
            raise InputError(f"a cursor is played in a {', '.join(FILMS)}; {name} is none.")


NOTHING_MORE = Wish()


def write(model: Model, path: str | os.PathLike[str], wish: Wish = NOTHING_MORE) -> Path:
    """Write what a file's ending says; see `explorer.core.export.write` for what needs no screen.

    Raises    InputError  one sentence
    """
    path = Path(path)
    wish.check(path.name, path.suffix.lower())
    return export.save(path, contents(model, path.name, wish))


def contents(model: Model, name: str, wish: Wish = NOTHING_MORE, report: Report = silent) -> bytes:
    """The bytes of a file of that name."""
    ending = Path(name).suffix.lower()
    if ending == ".html":
        from explorer.dashboard import onefile

        return onefile.page(model, wish.presets, report)
    if ending in PICTURES:
        from explorer.dashboard import pictures

        return pictures.picture(model, ending[1:], wish.figure, wish.dark)
    if ending in FILMS:
        from explorer.dashboard import film

        return film.film(model, ending, wish.cursor, wish.dark, report)
    if wish.figure is not None:
        from explorer.dashboard import figure_files

        return figure_files.contents(model, wish.figure, ending, wish.table)
    if ending == ".zip":
        return data(model, ".csv")
    return export.contents(model, ending, wish.table, name)


def data(model: Model, ending: str) -> bytes:
    """A zip of every table, series and field as .csv or .parquet, with the words and units of the figures."""
    from explorer.dashboard.columns import scene_columns

    described = {
        name: {column.name: {"label": column.words, "unit": column.unit} for column in columns.values()}
        for name, columns in scene_columns(model).items()
    }
    return export.archive(model, ending, described)
