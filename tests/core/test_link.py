"""A link carries the whole state, floats to the last bit; what else it holds is refused in one sentence."""

from __future__ import annotations

import contextlib
import math
from urllib.parse import quote, urlencode

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import explorer
from explorer.core import link, registry
from explorer.core.inputs import Choice, Real, Switch, Text, Whole
from explorer.core.model import Model
from explorer.core.values import InputError

HOSTS = ("", "?", "https://example.org/?", "http://localhost:5006/page?", "  ?")


class Linked(Model):
    """One input of each kind that travels as text."""

    scene_name = "toy/linked"

    size = Real(0.0, label="size")
    count = Whole(0, label="count")
    noisy = Switch(False, label="noise")
    level = Choice(1, objects=[1, 2.5, "a&b=c", "ü"], label="level")
    formula = Text("", label="formula")


def travel(model: Linked) -> Linked:
    name, texts = link.decode(model.link())
    assert name == "toy/linked"
    return Linked(**link.read_inputs(Linked, texts))


class TestRoundTrip:
    @given(
        size=st.floats(allow_nan=False, allow_infinity=False),
        count=st.integers(-(2**53), 2**53),
        noisy=st.booleans(),
        level=st.sampled_from([1, 2.5, "a&b=c", "ü"]),
        formula=st.text(st.characters(codec="utf-8"), max_size=50),
    )
    def test_gives_back_every_bit(self, **inputs):
        model = Linked(**inputs)
        again = travel(model)
        assert again.state() == model.state()
        assert math.copysign(1.0, again.size) == math.copysign(1.0, model.size)
        assert {k: type(v) for k, v in again.state().items()} == {
            k: type(v) for k, v in model.state().items()
        }

    @settings(max_examples=25, deadline=None)
    @given(frequency=st.floats(0.5, 4.0), decay=st.floats(1e-3, 10.0), seed=st.integers(0, 2**31 - 1))
    def test_gives_the_same_digest(self, frequency, decay, seed):
        model = explorer.scene(
            "toy/wave", frequency=frequency, decay=decay, seed=seed, shape="square", phase=5.0
        )
        assert explorer.from_link(model.link()).frame.digest() == model.frame.digest()

    @pytest.mark.parametrize("host", HOSTS)
    def test_may_be_a_whole_address(self, host):
        model = explorer.scene("toy/wave", frequency=2.5)
        assert explorer.from_link(f"{host}{model.link()}").state() == model.state()

    @pytest.mark.parametrize(
        "address", ["http://localhost:5006/toy/wave?frequency=2.5", "/deep/toy/wave/?frequency=2.5"]
    )
    def test_may_name_the_scene_in_its_path(self, address):
        assert explorer.from_link(address).frequency == 2.5

    def test_may_leave_inputs_at_their_defaults(self):
        assert explorer.from_link("scene=toy/wave").state() == explorer.scene("toy/wave").state()

    @pytest.mark.parametrize("key", sorted(link.RESERVED - {"scene", "preset"}))
    def test_reserved_keys_steer_the_page_and_are_no_inputs(self, key):
        assert explorer.from_link(f"scene=toy/wave&{key}=1&lines=3").lines == 3

    def test_reserved_keys_are_no_inputs_of_the_toy(self):
        assert not link.RESERVED & set(explorer.scene("toy/wave").inputs())


class TestRefused:
    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("", r"names no scene; it should hold scene=family/name\."),
            ("?", "names no scene"),
            ("lines=2", "names no scene"),
            ("scene=", "names no scene"),
            ("scene=toy/wav", "there is no scene 'toy/wav'; did you mean 'toy/wave'"),
            ("http://localhost/", "names no scene"),
            ("scene=toy/wave&line=2", "no input 'line'; did you mean 'lines'"),
            ("scene=toy/wave&lines=2&lines=3", "sets 'lines' twice"),
            ("scene=toy/wave&lines=two", "lines is a whole number; 'two' is not"),
            ("scene=toy/wave&lines=", "lines is a whole number"),
            ("scene=toy/wave&lines=9", "lies between 1 and 3"),
            ("scene=toy/wave&frequency=nan", "finite number"),
            ("scene=toy/wave&frequency=1e999", "finite number"),
            ("scene=toy/wave&seed=" + "9" * 400, "finite number"),
            ("scene=toy/wave&seed=" + "9" * 5000, "is a whole number"),
            ("scene=toy/wave&shape=__import__('os')", "is one of sine, square"),
            ("scene=toy/wave&noisy=maybe", "is 1 or 0 in a link"),
            ("scene=toy/wave&name=x", "no input 'name'"),
            ("http://[bad/?scene=toy/wave", "no address"),
            ("scene=toy/wave&" + "x" * 20_000, "at most 20000 characters"),
        ],
    )
    def test_with_one_sentence(self, text, words):
        with pytest.raises(InputError, match=words) as caught:
            explorer.from_link(text)
        assert len(str(caught.value)) < 300
        assert "\n" not in str(caught.value)

    def test_saying_the_same_twice_is_no_contradiction(self):
        assert explorer.from_link("scene=toy/wave&lines=3&lines=3").lines == 3


KEYS = st.sampled_from(
    ["scene", "lines", "frequency", "seed", "shape", "noisy", "phase", "theme", "x" * 50, ""]
)


class TestHostile:
    @settings(max_examples=300, deadline=None)
    @given(st.text(max_size=60))
    @example("//[")
    @example("://?scene=toy/wave")
    @example("\ud800?scene=\ud800")
    @example("scene=%ff%fe&%00=%00")
    def test_any_text_is_read_or_refused(self, text):
        with contextlib.suppress(InputError):  # any other exception fails the test
            assert explorer.from_link(text).state()

    @settings(max_examples=300, deadline=None)
    @given(
        st.lists(
            st.tuples(KEYS, st.text(max_size=20) | st.integers().map(str) | st.floats().map(str)), max_size=4
        )
    )
    def test_any_values_of_known_inputs_are_read_or_refused(self, pairs):
        text = urlencode([("scene", "toy/wave"), *pairs], errors="replace")
        with contextlib.suppress(InputError):
            model = explorer.from_link(text)
            assert explorer.from_link(model.link()).state() == model.state()

    @pytest.mark.parametrize(
        "scene", ["../../etc/passwd", "core/model", "os", "toy.wave", "toy/wave/model", "__main__"]
    )
    def test_no_scene_is_loaded_but_those_of_the_registry(self, scene):
        with pytest.raises(InputError, match="there is no scene"):
            explorer.from_link(f"scene={quote(scene)}")


def test_a_link_may_start_from_a_preset():
    name = "The peak at p = n"
    model = explorer.from_link("http://localhost:5006/ridge/path?preset=The+peak+at+p+%3D+n&noise=0.7")
    (preset,) = (held for held in registry.find("ridge/path").presets if held.name == name)
    assert {key: getattr(model, key) for key in preset.inputs} == {**preset.inputs, "noise": 0.7}
    with pytest.raises(InputError, match="has no preset 'nope'"):
        explorer.from_link("scene=ridge%2Fpath&preset=nope")
