"""Finds the files that come with the project: style, logo, bundled tables."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath, PureWindowsPath

_PACKAGE = Path(__file__).resolve().parents[1]


def asset(relative: str) -> Path:
    """The path of a file or folder in ``assets/`` of a checkout, or in its copy inside an installed package.

    Parameters
        relative : str          with forward slashes, such as ``"data/diabetes.csv"``

    Raises                      FileNotFoundError   when there is none, or the path leads out of the folder
    """
    folder = _folder(_PACKAGE)
    wanted = PurePosixPath(relative)
    outside = (
        wanted.is_absolute() or PureWindowsPath(relative).anchor or ".." in wanted.parts or "\0" in relative
    )
    path = folder if outside else (folder / wanted).resolve()
    if (
        outside or not path.is_relative_to(folder) or not os.path.exists(path)
    ):  # too long a name is just absent
        shown = "".join(letter if letter.isprintable() else " " for letter in wanted.name[:60])
        raise FileNotFoundError(
            f"There is no '{shown}' among the project's assets: name a file inside that folder."
        )
    return path


def _folder(package: Path) -> Path:
    """The assets of a package: in the checkout around it, told by its project file, or inside the package."""
    checkout = package.parent
    if (checkout / "pyproject.toml").is_file() and (checkout / "assets").is_dir():
        return (checkout / "assets").resolve()
    return (package / "_assets").resolve()
