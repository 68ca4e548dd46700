"""Films: every page of a scene's cursor, drawn by a headless Chromium and joined by ffmpeg."""

from __future__ import annotations

import math
import shutil
import subprocess
import tempfile
from pathlib import Path

from explorer.core import export
from explorer.core.model import Model
from explorer.core.runner import Report, silent
from explorer.core.values import InputError
from explorer.dashboard.pictures import WIDTH, opened

# Pages a second, as the page plays them; a longer book is shown in fewer pictures.
RATE = 12
MOST = 240
INSTALL = (
    "a film needs ffmpeg; install it with: pip install 'ridgeline-explorer[film]' (or the system's own)."
)
EVEN = "crop=trunc(iw/2)*2:trunc(ih/2)*2"  # the usual codecs take even sizes only
CODECS = {
    ".mp4": ["-vf", EVEN, "-c:v", "libx264", "-crf", "20", "-pix_fmt", "yuv420p", "-movflags", "+faststart"],
    ".webm": [
        "-vf",
        EVEN,
        "-c:v",
        "libvpx-vp9",
        "-b:v",
        "0",
        "-crf",
        "32",
        "-cpu-used",
        "4",
        "-pix_fmt",
        "yuv420p",
    ],
    ".gif": [
        "-vf",
        "split[a][b];[a]palettegen=stats_mode=diff[p];[b][p]paletteuse=dither=none",
        "-loop",
        "0",
    ],
}
PICTURE = "picture-{:04d}.png"
TURN = "([cursor, step]) => { ridgeline.show(cursor, step); return ridgeline.drawn() }"


def ffmpeg() -> str:
    """Path of the system's ffmpeg, or of the one that imageio-ffmpeg brings.

    Raises    InputError  when there is none; the sentence says what to install
    """
    found = shutil.which("ffmpeg")
    if found is None:
        try:
            from imageio_ffmpeg import get_ffmpeg_exe

            found = get_ffmpeg_exe()
        except (ImportError, RuntimeError):
            raise InputError(INSTALL) from None
    return found


def film(
    model: Model, ending: str, cursor: str | None = None, dark: bool = False, report: Report = silent
) -> bytes:
    """A film of the scene's figures while a cursor runs through its pages.

    Parameters
        ending : ``".mp4"``, ``".webm"`` or ``".gif"``
        cursor : its name; None means the one with most pages
        report : told how far it is; what it raises stops the work

    Raises    InputError  when the scene has nothing to play, or ffmpeg or Chromium is missing
    """
    tool = ffmpeg()
    model.finish(lambda _share, text: report(0.0, text))
    name = _cursor(model, cursor)
    steps = len(model.frame.cursors[name])
    stride = math.ceil(steps / MOST)
    pages = [*range(0, steps - 1, stride), steps - 1]
    with tempfile.TemporaryDirectory() as folder:
        _draw(model, name, pages, dark, Path(folder), report)
        report(0.99, "joining the pictures")
        return _joined(tool, Path(folder), ending, model)


def _cursor(model: Model, wanted: str | None) -> str:
    pages = {
        name: len(model.frame.cursors[name]) for name, turned in model.frame.turned_by().items() if turned
    }
    if not pages:
        raise InputError(f"{model.scene_name} has nothing to play at this setting: no series, no cursor.")
    if wanted is None:
        return max(pages, key=lambda name: pages[name])
    if wanted not in pages:
        raise InputError(f"there is no cursor {wanted[:40]!r}; there are {', '.join(pages)}.")
    return wanted


def _draw(model: Model, cursor: str, pages: list[int], dark: bool, folder: Path, report: Report) -> None:
    """Every page as a PNG."""
    report(0.0, "drawing")
    with opened(model, dark) as page:
        page.evaluate("() => ridgeline.bare()")
        box = page.locator("#stage").bounding_box()
        page.set_viewport_size({"width": WIDTH, "height": math.ceil(box["y"] + box["height"])})
        for place, step in enumerate(pages):
            report(place / len(pages), "drawing")
            page.evaluate(TURN, [cursor, step])
            page.screenshot(clip=box, path=folder / PICTURE.format(place))


def _joined(tool: str, folder: Path, ending: str, model: Model) -> bytes:
    target = folder / f"film{ending}"
    said = "; ".join(f"{name} {text}" for name, text in export.receipt(model).items())
    command = [tool, "-hide_banner", "-loglevel", "error", "-framerate", str(RATE), "-i", "picture-%04d.png"]
    command += [*CODECS[ending], "-metadata", f"comment={said}", target.name]
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, errors="replace", timeout=600
        )
    except subprocess.TimeoutExpired:
        raise InputError(f"ffmpeg took more than ten minutes for a {ending} and was stopped.") from None
    if done.returncode or not target.exists():
        words = done.stderr.strip().splitlines()
        raise InputError(f"ffmpeg could not write a {ending}: {words[0] if words else 'it gave no reason'}.")
    return target.read_bytes()
