"""Assets are found in a checkout and in an installed package, and nothing outside their folder is."""

from __future__ import annotations

import re

import pytest

from explorer.core import assets
from explorer.core.assets import asset


@pytest.fixture(params=["checkout", "installed"])
def folder(request, tmp_path, monkeypatch):
    package = tmp_path / "root" / "explorer"
    package.mkdir(parents=True)
    if request.param == "checkout":
        (package.parent / "pyproject.toml").touch()
        place = package.parent / "assets"
    else:
        (package.parent / "assets").mkdir()  # of some other package
        (package.parent / "assets" / "style.css").write_text("not ours")
        place = package / "_assets"
    (place / "data").mkdir(parents=True)
    (place / "style.css").write_text("ours")
    (place / "data" / "t.csv").write_text("a,b\n1,2\n3,4\n")
    (tmp_path / "root" / "secret.txt").touch()
    (place / "way out").symlink_to(tmp_path / "root" / "secret.txt")
    monkeypatch.setattr(assets, "_PACKAGE", package)
    return place


def test_files_and_folders_are_found(folder):
    assert asset("style.css").read_text() == "ours"
    assert asset("data/t.csv") == folder.resolve() / "data" / "t.csv"
    assert asset("data").is_dir()
    assert asset("./data/./t.csv").is_file()


@pytest.mark.parametrize(
    "wrong",
    [
        "no.css",
        "data/no.csv",
        "../secret.txt",
        "data/../../secret.txt",
        "data/../style.css",
        "/etc/passwd",
        "way out",
        "C:\\x",
        "\\\\host\\x",
        "a\0b",
        "no\nsuch",
        "data/" + 300 * "x",
    ],
)
def test_all_else_is_refused_in_one_sentence(folder, wrong):
    with pytest.raises(FileNotFoundError) as caught:
        asset(wrong)
    sentence = str(caught.value)
    assert re.fullmatch(
        r"There is no '[^/]*' among the project's assets: name a file inside that folder\.", sentence
    )
    assert sentence.isprintable()
    assert len(sentence) < 300


def test_the_project_finds_its_own():
    assert asset(".").name in ("assets", "_assets")
