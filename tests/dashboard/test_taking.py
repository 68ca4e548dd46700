"""Files of a scene and of one figure: the right columns under the right words, and sentences where it cannot be."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile

import numpy as np
import pyarrow.csv
import pyarrow.parquet
import pytest

import explorer
from explorer import cli
from explorer.core import export
from explorer.core.registry import find, scenes
from explorer.core.values import InputError
from explorer.dashboard import chromium, columns, figure_files, film, take
from explorer.dashboard.parcels import Parcels
from tests.conftest import TOY


@pytest.fixture(scope="module")
def toy():
    return explorer.scene(TOY, phase=2.0)


@pytest.fixture(scope="module")
def ridge():
    return explorer.scene("ridge/path", data="synthetic", n=40, p=7)


def _headings(model, name):
    return {
        table: [column.heading for column in described]
        for table, (described, _values) in columns.figure_tables(model, figure(model, name)).items()
    }


def figure(model, name):
    return next(spec for spec in find(model.scene_name).figures if spec.name == name)


def test_a_figure_names_what_it_reads_in_its_own_words(ridge):
    found = _headings(ridge, "errors")
    assert found["path"][:2] == ["penalty [penalty α]", "train [training, mean squared error]"]
    assert found["rule"] == ["alpha [penalty α]", "chosen [penalty α]"]


def test_a_picture_is_places_and_values_and_a_series_has_every_page(toy):
    tables = columns.figure_tables(toy, figure(toy, "travelling"))
    swell, moving = tables["swell"], tables["moving"]
    assert [column.name for column in swell[0]] == ["phase", "x", "y", "swell"]
    assert [column.name for column in moving[0]] == ["phase", "pos", "height"]
    assert len(moving[1]["height"]) == toy.frame.series["moving"]["height"].size
    assert len(swell[1]["swell"]) == toy.frame.fields["swell"].values.size


def test_marks_that_are_derived_name_their_columns_too(toy):
    assert [column.name for column in columns.figure_tables(toy, figure(toy, "standing"))["samples"][0]] == [
        "at",
        "sample",
        "error",
    ]


@pytest.mark.parametrize("name", [scene.name for scene in scenes()])
def test_every_figure_of_every_scene_has_columns(name):
    scene = find(name)
    model = scene.open(**(scene.presets[0].inputs if scene.presets else {}))
    for spec in scene.figures:
        tables = columns.figure_tables(model, spec)
        assert tables, spec.name
        for described, values in tables.values():
            assert [column.name for column in described] == list(values)
            assert len({len(column) for column in values.values()}) == 1


def test_csv_and_parquet_of_a_figure_hold_the_frame_to_the_last_bit(ridge):
    table = ridge.frame.tables["path"]
    text = pyarrow.csv.read_csv(io.BytesIO(figure_files.contents(ridge, "errors", ".csv", "path")))
    assert np.array_equal(text["loo [leave-one-out, mean squared error]"].to_numpy(), table["loo"])
    held = pyarrow.parquet.read_table(io.BytesIO(figure_files.contents(ridge, "errors", ".parquet", "path")))
    assert np.array_equal(held["loo"].to_numpy(), table["loo"])
    assert held.schema.field("loo").metadata[b"label"] == b"leave-one-out, mean squared error"
    assert held.schema.metadata[b"digest"].decode() == ridge.frame.digest()


def test_a_figure_of_several_tables_is_a_zip(ridge):
    name, content = figure_files.file(ridge, "errors", ".csv")
    assert name == "ridge-path-errors-csv.zip"
    with zipfile.ZipFile(io.BytesIO(content)) as bundle:
        drawn = columns.figure_columns(figure(ridge, "errors"), ridge.frame)
        assert set(bundle.namelist()) == {"receipt.txt", *(f"{table}.csv" for _kind, table in drawn)}
        assert ridge.frame.digest() in bundle.read("receipt.txt").decode()
    name, _content = figure_files.file(explorer.scene(TOY), "brushed", ".csv")
    assert name == "toy-wave-brushed.csv"


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_the_data_of_a_scene_say_what_their_columns_are(ridge, ending):
    with zipfile.ZipFile(io.BytesIO(take.data(ridge, ending))) as bundle:
        frame = ridge.frame
        assert {f"{name}{ending}" for name in (*frame.tables, *frame.series, *frame.fields)} < set(
            bundle.namelist()
        )
        told = pyarrow.csv.read_csv(io.BytesIO(bundle.read("columns.csv"))).to_pylist()
    said = {(row["file"], row["column"]): row["label"] for row in told}
    assert said[f"path{ending}", "penalty"] == "penalty α"
    assert said[f"path{ending}", "loo"] == "leave-one-out, mean squared error"


@pytest.mark.parametrize(
    ("name", "wish", "words"),
    [
        ("a.xls", {}, "no known ending"),
        ("a.html", {"table": "path"}, "neither"),
        ("a.html", {"figure": "errors"}, "one figure is a"),
        ("a.png", {"figure": "nothing"}, "there is no figure 'nothing'; there are"),
        ("a.csv", {"figure": "errors"}, "name one of"),
        ("a.csv", {"figure": "errors", "table": "rest"}, "draws no table 'rest'"),
        ("a.npz", {"cursor": "alpha"}, "a cursor is played in"),
        ("a.gif", {"cursor": "beta"}, "there is no cursor 'beta'; there are alpha"),
    ],
)
def test_what_cannot_be_taken_is_one_sentence(ridge, tmp_path, monkeypatch, name, wish, words):
    monkeypatch.setattr(film, "ffmpeg", lambda: "ffmpeg")
    with pytest.raises(InputError, match=words) as caught:
        take.write(ridge, tmp_path / name, take.Wish(**wish))
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_what_is_missing_is_said_before_the_work(ridge, tmp_path, monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.delenv("EXPLORER_CHROMIUM", raising=False)
    assert chromium.chromium() is None
    with pytest.raises(InputError, match="needs Chromium; install it"):
        take.write(ridge, tmp_path / "a.png")
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    with pytest.raises(
        InputError, match=r"needs ffmpeg; install it with: pip install 'ridgeline-explorer\[film\]'"
    ):
        take.write(ridge, tmp_path / "a.mp4")
    monkeypatch.setitem(sys.modules, "playwright.sync_api", None)
    with pytest.raises(InputError, match="needs Playwright"):
        take.write(ridge, tmp_path / "a.svg")


def test_a_scene_without_a_cursor_has_no_film(monkeypatch):
    model = explorer.scene(TOY)
    still = export.Frame(tables=model.frame.tables)
    model.accept(still)
    with pytest.raises(InputError, match="nothing to play"):
        film._cursor(model, None)


def test_a_parcel_is_handed_out_once_and_not_for_ever(monkeypatch):
    parcels, now = Parcels(), [0.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    token = parcels.add("a.npz", b"abc")
    assert parcels.take("another") is None
    assert parcels.take(token) == ("a.npz", b"abc")
    assert parcels.take(token) is None
    late = parcels.add("b.npz", b"abc")
    now[0] = 1e4
    assert parcels.take(late) is None


def test_headless_kinds_load_no_screen(tmp_path):
    program = (
        "import sys; from explorer import cli;"
        f"cli.main(['export', 'ridge/path', '--set', 'n=30', '--to', r'{tmp_path / 'a.npz'}']);"
        "print([name for name in ('panel', 'bokeh', 'holoviews') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_command_writes_a_figures_columns(tmp_path, capsys):
    path = tmp_path / "path.csv"
    command = [
        "export",
        "ridge/path",
        "--set",
        "n=30",
        "--figure",
        "errors",
        "--table",
        "path",
        "--to",
        str(path),
    ]
    assert cli.main(command) == 0
    assert path.read_text().splitlines()[0].startswith('"penalty [penalty α]"')
