"""The command in a terminal."""

from __future__ import annotations

import io

import pandas as pd
import pytest

import explorer
from explorer import cli
from explorer.grid import sweep
from explorer.grid.progress import Bar
from tests.grid.conftest import TRAP


def run(*arguments, to):
    return cli.main(["sweep", *arguments, "--to", str(to), "--workers", "0"])


def test_it_writes_the_file_and_says_how_to_open_it(tmp_path, capsys):
    path = tmp_path / "a.parquet"
    given = ["--over", "n=12,13", "--over", "seed=0:3", "--set", "mood=once", "--measure", "one.value"]
    assert run(TRAP, *given, "--measure", "many.x:max", to=path) == 0
    told = capsys.readouterr()
    assert "6 cells, n = 12, 13; seed = 0, 1, 2" in told.err
    assert "6 of 6 cells, 3 failed" in told.err
    assert "6 cells, 3 of them failed." in told.out
    assert "3: 13 is no number to be computed with." in told.out
    assert "sweeps/result" in told.out
    found = pd.read_parquet(path)
    wanted = explorer.sweep(
        TRAP,
        {"n": [12, 13], "seed": range(3)},
        ["one.value", "many.x:max"],
        fixed={"mood": "once"},
        workers=0,
    )
    assert found.equals(wanted)


def test_a_table_of_ones_own_is_fixed_by_its_path(tmp_path, capsys):
    table = pd.DataFrame({"a": range(9), "b": [1.0, 5, 2, 7, 3, 8, 1, 9, 4], "c": range(0, 81, 9)})
    table.to_csv(tmp_path / "own.csv", index=False)
    given = ["--over", "standardise=*", "--set", f"data={tmp_path / 'own.csv'}", "--set", "target=b"]
    assert run("ridge/path", *given, "--measure", "path.loo:min", to=tmp_path / "a.parquet") == 0
    found = pd.read_parquet(tmp_path / "a.parquet")
    model = explorer.scene("ridge/path", data=table, target="b", standardise=False)
    assert found["path.loo:min"][0] == model.frame.tables["path"]["loo"].min()


def test_a_preset(tmp_path, capsys):
    preset = "The peak at p = n"
    assert run("ridge/path", "--over", "seed=0:2", "--preset", preset, "--measure", "path.risk:min",
               to=tmp_path / "a.parquet") == 0  # fmt: skip
    links = pd.read_parquet(tmp_path / "a.parquet").link
    assert [explorer.from_link(link).p for link in links] == [120, 120]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([TRAP, "--over", "n", "--measure", "one.value"], "--over takes input=values"),
        ([TRAP, "--over", "n=1", "--over", "n=2", "--measure", "one.value"], "twice"),
        ([TRAP, "--over", "n=1", "--set", "seed", "--measure", "one.value"], "--set takes input=value"),
        ([TRAP, "--over", "n=1", "--set", "sead=1", "--measure", "one.value"], "did you mean 'seed'"),
        ([TRAP, "--over", "n=1,2,…", "--measure", "one.value"], "stands between"),
        ([TRAP, "--over", "n=1", "--measure", "one"], "a measure is"),
        (["ridge/pat", "--over", "n=1", "--measure", "one.value"], "did you mean 'ridge/path'"),
        (["ridge/path", "--over", "n=50", "--set", "data=none.csv", "--measure", "path.loo:min"], "none.csv"),
    ],
)
def test_what_is_wrong_is_one_line(tmp_path, capsys, arguments, words):
    assert run(*arguments, to=tmp_path / "a.parquet") == 2
    error = capsys.readouterr().err
    assert words in error
    assert len(error.splitlines()) == 1
    assert not list(tmp_path.iterdir())


def test_interrupted_it_says_that_it_goes_on(tmp_path, capsys, monkeypatch):
    def interrupted(*_arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(sweep, "run", interrupted)
    assert run(TRAP, "--over", "n=1:3", "--measure", "one.value", to=tmp_path / "a.parquet") == 130
    assert "the same command goes on from there" in capsys.readouterr().err


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_the_bar_is_drawn_over_itself_and_ends_full():
    stream = Terminal()
    bar = Bar(stream)
    bar(0, 0, 8)
    bar(4, 1, 8)  # too soon to be drawn
    bar(8, 1, 8)
    bar.end()
    first, last = stream.getvalue().strip("\r\n").split("\r")
    assert "0 of 8 cells" in first
    assert last.startswith("█" * 24)
    assert "8 of 8 cells, 1 failed" in last


def test_what_is_no_terminal_gets_lines():
    stream = io.StringIO()
    bar = Bar(stream)
    bar(0, 0, 8)
    bar(8, 0, 8)
    bar.end()
    assert [line.count("cells") for line in stream.getvalue().splitlines()] == [1, 1]
    assert "\r" not in stream.getvalue()
