"""Films: every page of a scene's cursor, drawn by a headless Chromium and joined by ffmpeg."""

from __future__ import annotations

import math
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from explorer.core import export
from explorer.core.model import Model
from explorer.core.runner import Report, silent
from explorer.core.values import InputError
from explorer.dashboard.pictures import opened

# Pages a second, as the page plays them; a longer book is shown in fewer pictures.
RATE = 12
MOST = 240
INSTALL = "a film needs ffmpeg; install it with: pip install ridgeline-explorer[film] (or the system's own)."
EVEN = "pad=ceil(iw/2)*2:ceil(ih/2)*2:color=white"
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
    tool, name = ffmpeg(), _cursor(model, cursor)
    steps = len(model.frame.cursors[name])
    stride = math.ceil(steps / MOST)
    pages = [*range(0, steps - 1, stride), steps - 1]
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / f"film{ending}"
        _join(tool, _pictures(model, name, pages, dark, report), target, model)
        return target.read_bytes()


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


def _pictures(model: Model, cursor: str, pages: list[int], dark: bool, report: Report) -> Iterator[bytes]:
    report(0.0, "drawing")
    with opened(model, dark) as page:
        page.evaluate("() => ridgeline.bare()")
        stage = page.locator("#stage")
        for place, step in enumerate(pages):
            report(place / len(pages), "drawing")
            page.evaluate(
                "([cursor, step]) => { ridgeline.show(cursor, step); return ridgeline.drawn() }",
                [cursor, step],
            )
            yield stage.screenshot(animations="disabled")


def _join(tool: str, pictures: Iterator[bytes], target: Path, model: Model) -> None:
    said = "; ".join(f"{name} {text}" for name, text in export.receipt(model).items())
    given = ["-f", "image2pipe", "-framerate", str(RATE), "-c:v", "png", "-i", "-"]
    command = [tool, "-hide_banner", "-loglevel", "error", "-y", *given, *CODECS[target.suffix]]
    first = next(pictures)  # what is missing is said before anything starts
    with (
        tempfile.TemporaryFile() as errors,
        subprocess.Popen(
            [*command, "-metadata", f"comment={said}", str(target)], stdin=subprocess.PIPE, stderr=errors
        ) as job,
    ):
        try:
            job.stdin.write(first)
            for picture in pictures:
                job.stdin.write(picture)
            job.stdin.close()
        except BrokenPipeError:
            pass  # it gave up; the reason stands in its messages
        except BaseException:
            job.kill()
            raise
        failed = job.wait()
        errors.seek(0)
        words = errors.read().decode("utf-8", "replace").strip().splitlines()
    if failed or not target.exists():
        raise InputError(
            f"ffmpeg could not write a {target.suffix}: {words[0] if words else 'no reason given'}."
        )
