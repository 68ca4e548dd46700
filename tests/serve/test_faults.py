"""Bad links, bad uploads, a full disk: one sentence each, never a traceback nor a path of this machine."""

from __future__ import annotations

import os
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.core import export, registry
from explorer.core.table_error import DataError
from explorer.core.values import InputError
from explorer.dashboard import address
from explorer.dashboard.session import sentence

SCENES = [scene.name for scene in registry.scenes()]
KEYS = sorted({name for scene in registry.scenes() for name in scene.model_class.inputs()})
HOSTILE = st.sampled_from(
    [
        "",
        "nan",
        "inf",
        "-1",
        "1e999",
        "9" * 400,
        "../../etc/passwd",
        "/etc/passwd",
        "<img src=x>",
        "__import__('os')",
        "\0",
    ]
)
DATA_INPUTS = [
    (scene, name, parameter)
    for scene in registry.scenes()
    for name, parameter in scene.model_class.inputs().items()
    if parameter.info.kind in ("dataset", "file")
]


def fit_to_show(error: Exception) -> None:
    text = sentence(error)
    assert "\n" not in text
    assert "Traceback" not in text
    assert os.getcwd() not in text


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(SCENES),
    st.dictionaries(
        st.sampled_from([*KEYS, "preset", "hide", "lesson", "digest"]) | st.text(max_size=20),
        HOSTILE | st.text(max_size=60),
        max_size=6,
    ),
)
def test_any_address_opens_its_scene_and_says_what_was_wrong(name, texts):
    scene = registry.find(name)
    asked = address.read(scene, address.texts_of("?" + urlencode(texts, errors="replace")))
    for text in asked.sentences:
        fit_to_show(ValueError(text))
    scene.open(**asked.inputs)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=400))
def test_any_query_text_is_read(text):
    address.read(registry.find("ridge/path"), address.texts_of(text))


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(DATA_INPUTS),
    st.binary(max_size=300) | st.text(alphabet="0123456789,;.\t\n\"'ae-", max_size=200).map(str.encode),
    st.sampled_from(
        ["a.csv", "a.parquet", "a.npz", "../../a.txt", "/etc/passwd", "C:\\x\\y.tsv", "a.pkl", "", "a"]
    ),
)
def test_any_upload_is_taken_or_refused_in_a_sentence(which, content, filename):
    scene, name, _parameter = which
    try:
        scene.model_class.checked({name: (content, filename)})
    except (InputError, DataError) as error:
        fit_to_show(error)


def test_nothing_that_was_uploaded_is_unpickled(tmp_path):
    class Bomb:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "went-off"),)

    import io
    import pickle

    import numpy as np

    packed = io.BytesIO()
    np.savez(packed, weights=np.array([Bomb()], dtype=object))
    assert not (tmp_path / "went-off").exists()
    for scene, name, _parameter in DATA_INPUTS:
        for content in (pickle.dumps(Bomb()), packed.getvalue()):
            for filename in ("a.npz", "a.csv", "a.parquet", "a.pkl"):
                with pytest.raises((InputError, DataError)):
                    scene.model_class.checked({name: (content, filename)})
    assert not (tmp_path / "went-off").exists()


@pytest.mark.parametrize("call", ["write_bytes", "replace"])
def test_a_full_disk_at_export_is_a_sentence_and_leaves_the_old_file(tmp_path, monkeypatch, call):
    def full(*_args, **_options):
        raise OSError(28, "No space left on device", str(tmp_path))

    target = tmp_path / "path.py"
    target.write_text("the old one")
    owner = os if call == "replace" else export.Path
    monkeypatch.setattr(owner, call, full)
    with pytest.raises(InputError, match=r"^path\.py could not be written: no space left on device\.$"):
        export.write(registry.find("ridge/path").open(), target)
    assert [place.name for place in tmp_path.iterdir()] == ["path.py"]
    assert target.read_text() == "the old one"
