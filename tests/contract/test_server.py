"""The server's addresses: titles, a slash too many, strays, and where it may listen."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from explorer import cli
from explorer.core import registry
from explorer.dashboard import server

TITLE = registry.find("ridge/path").title


@pytest.fixture(scope="module")
def root() -> Iterator[str]:
    port = server.free_port("localhost", None)
    running = server.serve(["ridge/path", "saddles/escape"], port=port, show=False, threaded=True)
    try:
        server.wait_until_up(port)
        yield f"http://localhost:{port}"
    finally:
        running.stop()


def read(address: str) -> tuple[int, str, str]:
    """Status, final address and text."""
    try:
        with urllib.request.urlopen(address, timeout=30) as answer:
            return answer.status, answer.url, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.url, error.read().decode()


@pytest.mark.parametrize(("path", "title"), [("/", "Ridgeline"), ("/ridge/path", f"{TITLE} · Ridgeline")])
def test_a_tab_says_which_scene_it_shows(root, path, title):
    status, _, text = read(root + path)
    assert status == 200
    assert f"<title>{title}</title>" in text


def test_a_slash_too_many_leads_to_the_page(root):
    status, url, text = read(f"{root}/ridge/path/?n=30&seed=2")
    assert (status, url) == (200, f"{root}/ridge/path?n=30&seed=2")
    assert TITLE in text


def test_a_foreign_address_leads_nowhere_else(root):
    status, url, _ = read(f"{root}//elsewhere.example/")
    assert status == 404
    assert url.startswith(root)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/ridge", '<a href="./ridge/path">ridge/path</a>'),
        ("/ridge/pth", '<a href="../ridge/path">ridge/path</a>'),
        ("/saddles/escape/more/", '<a href="../../../">All scenes</a>'),
        ("/zzz", '<a href="./">All scenes</a>'),
        ("/%22%3E%3Cimg%20src=x%3E", "There is no page"),
    ],
)
def test_a_stray_is_told_in_a_sentence_with_a_way_back(root, path, words):
    status, _, text = read(root + path)
    assert status == 404
    assert words in text
    assert "<img" not in text
    assert "Traceback" not in text


def test_under_a_prefix_all_pages_stand():
    port = server.free_port("localhost", None)
    running = server.serve(["ridge/path"], port=port, prefix="/under", show=False, threaded=True)
    try:
        server.wait_until_up(port)
        place = f"http://localhost:{port}/under"
        assert [read(place + path)[:2] for path in ("/", "/ridge/path")] == [
            (200, f"{place}/"),
            (200, f"{place}/ridge/path"),
        ]
        assert read(f"{place}/ridge/path/?n=30")[1] == f"{place}/ridge/path?n=30"
        assert json.loads(read(f"{place}/health")[2])["status"] == "ok"
        assert '&#x27;zzz&#x27; here. <a href="./">All scenes</a>' in read(f"{place}/zzz")[2]
        assert '<a href="../ridge/path">ridge/path</a>?' in read(f"{place}/ridge/pth")[2]
        assert '<a href="/under/">All scenes</a>' in read(f"http://localhost:{port}/ridge/path")[2]
        assert read(f"http://localhost:{port}/under")[:2] == (200, f"{place}/")
    finally:
        running.stop()


@pytest.mark.parametrize("address", ["192.0.2.1", "::1", "nowhere.invalid"])
def test_an_address_of_another_machine_is_not_called_a_taken_port(capsys, address):
    assert cli.main(["serve", "--no-show", "--address", address]) == 2
    said = capsys.readouterr().err
    assert "is no IPv4 address of this machine" in said
    assert "port" not in said


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["ridge/path"], "did you mean explorer serve ridge/path?"),
        (["sevre", "ridge/path"], "did you mean explorer serve?"),
        (["zzz"], "there are serve, desktop,"),
    ],
)
def test_a_first_word_that_is_no_command_is_told_what_was_meant(capsys, words, meant):
    assert cli.main(words) == 2
    assert f"{words[0]!r} is no command; {meant}" in capsys.readouterr().err
