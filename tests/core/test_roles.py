"""One colour a role, a twin for the dark page, legible badges, marks that colour-blind eyes tell apart."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from explorer.core import roles

OKABE_ITO = {
    "simulation": "#0072b2",
    "estimate": "#e69f00",
    "estimate2": "#56b4e9",
    "third": "#009e73",
    "data": "#d55e00",
    "cursor": "#cc79a7",
}
WHITE, DARK_PAPER = "#ffffff", "#1e1e22"
MARKS = ("theory", "simulation", "estimate", "estimate2", "data", "cursor", "third")

# Machado, Oliveira and Fernandes, "A physiologically-based model for simulation of color vision deficiency",
# 2009, its matrices at severity 1.0; they act on linear RGB.
BLINDNESS = {
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritan": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


def linear(colour: str) -> np.ndarray:
    share = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def luminance(colour: str) -> float:
    return float(linear(colour) @ [0.2126, 0.7152, 0.0722])


def contrast(a: str, b: str) -> float:
    """Contrast ratio of WCAG 2.2."""
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


def lab(rgb: np.ndarray) -> np.ndarray:
    """CIE L*a*b* under D65."""
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ rgb.clip(
        0, 1
    )
    x, y, z = np.cbrt(np.maximum(xyz / [0.9505, 1.0, 1.089], 0.008856))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize(("role", "colour"), OKABE_ITO.items())
def test_the_palette_is_okabe_and_itos(role, colour):
    assert roles.ROLES[role].light == colour


@pytest.mark.parametrize(("role", "words"), [(name, role.meaning) for name, role in roles.ROLES.items()])
def test_every_role_says_what_it_means(role, words):
    assert len(words) > 5


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("eye", [None, *BLINDNESS], ids=["full", *BLINDNESS])
def test_marks_stay_apart_for_every_eye(eye, dark):
    see = np.array(BLINDNESS[eye]) if eye else np.eye(3)
    colours = {name: roles.ROLES[name].dark if dark else roles.ROLES[name].light for name in MARKS}
    for (a, one), (b, other) in itertools.combinations(colours.items(), 2):
        distance = float(np.linalg.norm(lab(see @ linear(one)) - lab(see @ linear(other))))
        assert distance > 10, f"{a} and {b} are {distance:.1f} apart for the {eye or 'full'} eye"


@pytest.mark.parametrize("role", ["theory", "passed", "failed"])
def test_words_in_these_colours_are_legible(role):
    assert contrast(roles.ROLES[role].light, WHITE) >= 4.5
    assert contrast(roles.ROLES[role].dark, DARK_PAPER) >= 4.5


def test_every_colour_is_six_hex_digits_in_lower_case_and_has_one_twin():
    pairs = [(role.light, role.dark) for role in roles.ROLES.values()] + list(roles.CATEGORY)
    for colour in itertools.chain(*pairs):
        assert len(colour) == 7
        assert colour == f"#{int(colour[1:], 16):06x}"
    assert all(roles.DARK_TWIN[light] == dark for light, dark in pairs)
    assert not {light for light, _ in pairs} & {
        dark for _, dark in pairs
    }  # turning dark twice must not drift


def test_turning_light_again_gives_the_colour_that_was():
    assert len(set(roles.DARK_TWIN.values())) == len(roles.DARK_TWIN)


def test_categories_are_distinct():
    assert len({light for light, _ in roles.CATEGORY}) == len({dark for _, dark in roles.CATEGORY}) == 10


def test_lines_and_points_wear_their_role():
    assert roles.line("theory") == {"color": "#1b1b1f", "line_width": 2.0}
    assert roles.line("bound")["line_dash"] == "dashed"
    assert "line_dash" not in roles.line("estimate")
    assert roles.line("estimate")["line_width"] < roles.line("theory")["line_width"]
    assert roles.line("bound", line_dash="dotted", alpha=0.5)["line_dash"] == "dotted"
    assert roles.points("simulation") == {"color": "#0072b2", "size": 5, "line_color": None}
    assert roles.points("data", size=9)["size"] == 9
    with pytest.raises(KeyError):
        roles.line("nothing")
