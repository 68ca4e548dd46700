"""The command line: serve the pages, list scenes, check them, measure them."""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from explorer.core import given

if TYPE_CHECKING:
    from explorer.core.model import Model

DESCRIPTION = "Ridgeline: live pictures of machine-learning theory that check themselves."
EPILOGUE = """\
examples:
  explorer                          open the gallery in the browser
  explorer serve ridge/path         serve one scene
  explorer check                    run every scene's checks; exit 1 if one fails
  explorer export ridge/path --set alpha=10 --to path.npz
  explorer export ridge/path --to path.html         the page in one file, for a talk without a network
  explorer sweep ridge/path --over noise=0:2:0.25 --over seed=0:20 --set data=synthetic \\
      --measure path.risk:min --to risk.parquet
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; gives the exit status."""
    parser, commands = _parser()
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words and words[0][:1] not in ("", "-") and words[0] not in commands:
        print(f"explorer: {_no_command(words[0], commands)}", file=sys.stderr)
        return 2
    options = parser.parse_args(words)
    try:
        return options.run(options)
    except ValueError as error:
        from explorer.core.table_error import DataError
        from explorer.core.values import InputError

        if not isinstance(error, InputError | DataError):
            raise
        print(f"explorer: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print()
        return 130


def _no_command(word: str, commands: Collection[str]) -> str:
    """What is said of a first word that is no command: the nearest one, or the scene that it may be meant for."""
    from explorer.core import registry

    scenes = [scene.name for scene in registry.scenes()]
    if near := difflib.get_close_matches(word, commands, 1):
        meant = f"did you mean explorer {near[0]}?"
    elif near := difflib.get_close_matches(word, scenes, 1):
        meant = f"did you mean explorer serve {near[0]}?"
    else:
        meant = f"there are {', '.join(commands)}."
    return f"{word[:40]!r} is no command; {meant}"


def _parser() -> tuple[argparse.ArgumentParser, Collection[str]]:
    """The command line, and the names of its commands."""
    from explorer import __version__
    from explorer.grid import command

    parser = argparse.ArgumentParser(
        prog="explorer",
        description=DESCRIPTION,
        epilog=EPILOGUE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"explorer {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="")
    serve = commands.add_parser("serve", help="serve the gallery and the scenes (what no command does)")
    _serve_options(parser)
    _serve_options(serve, named=True)
    desktop = commands.add_parser("desktop", help="open the gallery, or a scene, in a window of its own")
    desktop.add_argument("scene", nargs="?", help="such as ridge/path")
    desktop.set_defaults(run=_desktop)
    listing = commands.add_parser("list", help="list the scenes")
    listing.set_defaults(run=_list)
    check = commands.add_parser("check", help="run the scenes' checks over defaults, bounds and presets")
    check.add_argument(
        "scenes", nargs="*", metavar="scene", help="such as ridge/path; all when none is named"
    )
    check.add_argument("-q", "--quiet", action="store_true", help="print only what fails and the totals")
    check.set_defaults(run=_check)
    bench = commands.add_parser("bench", help="measure speed against a bare Bokeh page and other libraries")
    bench.add_argument(
        "--json", default="bench.json", metavar="FILE", help="where the figures go (%(default)s)"
    )
    bench.add_argument("--no-browser", action="store_true", help="leave out what needs Chromium")
    bench.add_argument(
        "--class",
        action="store_true",
        dest="classroom",
        help="sit a class of 40 before a server of two workers for a minute instead",
    )
    bench.set_defaults(run=_bench)
    _export_options(
        commands.add_parser(
            "export", help="write a setting's numbers, pictures, page, or programs that compute them"
        )
    )
    command.add_to(commands)
    pictures = commands.add_parser("thumbnails", help="draw the gallery's thumbnails anew (needs Chromium)")
    pictures.add_argument("scenes", nargs="*", metavar="scene")
    pictures.set_defaults(run=_thumbnails)
    return parser, commands.choices


def _export_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("scene", help="such as ridge/path; or a link, as it stands in a page's address")
    parser.add_argument(
        "--to",
        required=True,
        metavar="FILE",
        help="ends in .npz .zip .csv .parquet, .py .ipynb, .html, .png .svg, or .mp4 .webm .gif",
    )
    given.add_options(parser)
    parser.add_argument("--table", metavar="NAME", help="the table that a .csv or .parquet holds")
    parser.add_argument(
        "--figure", metavar="NAME", help="the figure that is drawn, or whose columns are written"
    )
    parser.add_argument(
        "--cursor", metavar="NAME", help="the cursor that a film plays (the one with most pages)"
    )
    parser.add_argument("--no-presets", action="store_true", help="leave the presets out of an .html")
    parser.add_argument("--dark", action="store_true", help="pictures and films on a dark ground")
    parser.set_defaults(run=_export)


def _serve_options(parser: argparse.ArgumentParser, named: bool = False) -> None:
    """The options of serving; under a command of its own they leave alone what was given before it."""
    unset = argparse.SUPPRESS if named else None
    if named:
        parser.add_argument(
            "scenes", nargs="*", metavar="scene", help="such as ridge/path; all when none is named"
        )
    else:
        parser.set_defaults(scenes=[])
    parser.add_argument(
        "--port", type=_port, default=unset, help="port to listen on (the first free one from 5006)"
    )
    parser.add_argument(
        "--no-show", action="store_true", default=unset or False, help="do not open a browser"
    )
    parser.add_argument("--address", default=unset or "localhost", help="interface to listen on (localhost)")
    parser.add_argument(
        "--allow-origin",
        action="append",
        default=[],
        metavar="HOST[:PORT]",
        help="further address pages may come from",
    )
    _class_options(parser, named)
    parser.set_defaults(run=_serve)


def _class_options(parser: argparse.ArgumentParser, named: bool) -> None:
    """Workers and limits, for a server with many readers."""
    numbers = (
        ("--workers", 1, "N", "processes that share the address"),
        ("--max-sessions", 200, "N", "pages open at a time"),
        ("--time-limit", 120, "SECONDS", "of one computation"),
        ("--max-upload", 64, "MB", "of one file"),
        ("--idle-minutes", 120, "N", "untouched for so long, a page rests"),
    )
    group = parser.add_argument_group("for a class")
    for option, usual, unit, words in numbers:
        group.add_argument(
            option,
            type=_whole,
            default=argparse.SUPPRESS if named else usual,
            metavar=unit,
            help=f"{words} ({usual})",
        )
    group.add_argument(
        "--prefix",
        default=argparse.SUPPRESS if named else "",
        metavar="PATH",
        help="path under which a proxy shows the pages",
    )


def _whole(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 1_000_000:
        raise argparse.ArgumentTypeError(f"this is a whole number from 1 to 1000000; {text[:40]!r} is not.")
    return int(text)


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"a port is a number from 1 to 65535; {text!r} is not.")
    return int(text)


def _serve(options: argparse.Namespace) -> int:
    from explorer.core.values import InputError
    from explorer.dashboard import server
    from explorer.dashboard.limits import UNLIMITED, Limits

    if options.max_upload << 20 > UNLIMITED.upload_bytes:
        raise InputError(
            f"--max-upload is at most {UNLIMITED.upload_bytes >> 20}; {options.max_upload} is not."
        )
    return server.run(
        options.scenes,
        port=options.port,
        address=options.address,
        show=not options.no_show,
        origins=options.allow_origin,
        prefix=options.prefix,
        processes=options.workers,
        limits=Limits(
            sessions=options.max_sessions,
            seconds=options.time_limit,
            upload_bytes=options.max_upload << 20,
            idle_seconds=60 * options.idle_minutes,
        ),
    )


def _desktop(options: argparse.Namespace) -> int:
    from explorer.dashboard import desktop

    return desktop.run(options.scene)


def _list(_options: argparse.Namespace) -> int:
    from explorer.core import registry

    scenes = registry.scenes()
    width = max((len(scene.name) for scene in scenes), default=0)
    for scene in scenes:
        print(f"{scene.name:<{width}}  {scene.title}")
    return 0


def _check(options: argparse.Namespace) -> int:
    from explorer.core import survey

    return survey.run(options.scenes, quiet=options.quiet)


def _bench(options: argparse.Namespace) -> int:
    if options.classroom:
        from explorer.measure import classroom

        return classroom.run()
    from explorer.measure import bench

    return bench.run(options.json, browser=not options.no_browser)


def _export(options: argparse.Namespace) -> int:
    from explorer.dashboard import take

    model = _setting(options)
    wish = take.Wish(options.table, options.figure, options.cursor, not options.no_presets, options.dark)
    written = take.write(model, options.to, wish)
    print(f"{written}: {model.scene_name}, digest {model.frame.digest()}")
    return 0


def _setting(options: argparse.Namespace) -> Model:
    """The model of a scene's name or link, its preset and what is set."""
    from explorer.core import link, registry

    name, texts = link.decode(options.scene) if "=" in options.scene else (options.scene, {})
    scene = registry.find(name)
    preset = scene.preset(options.preset).inputs if options.preset else {}
    linked = link.read_inputs(scene.model_class, texts)
    return scene.open(**{**preset, **linked, **given.inputs_set(scene.model_class, options.set)})


def _thumbnails(options: argparse.Namespace) -> int:
    from explorer.measure import thumbnails

    return thumbnails.run(options.scenes)


if __name__ == "__main__":
    sys.exit(main())
