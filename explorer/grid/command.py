"""The command ``explorer sweep``."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer.core import given

if TYPE_CHECKING:
    from explorer.grid.plan import Plan

EPILOGUE = """\
values after --over:
  width=8,16,…,512      continued by ratio if that ends at the last value, else by difference (... does as well)
  seed=0:100            0 to 99, as Python's range; noise=0:1:0.25 has steps of 0.25
  rate=1e-4:1:log9      nine values evenly by ratio, both ends included; lin9 evenly spaced
  optimiser=sgd,adam    choices by name; optimiser='*' all of them

measures:
  path.loo:min          a column of a table, and which number of its rows; no :WAY where there is one row
                        min max mean median sum std first last argmin argmax, or a row's place
  path.penalty:argmin:loo    the penalty where loo is least
  facts.NAME  checks.failed  checks.NAME

It may be interrupted at any moment: the same command goes on from there.
"""


def add_to(commands: Any) -> None:
    """Add the command to the others."""
    parser = commands.add_parser(
        "sweep",
        help="compute a grid of a scene's inputs, on all cores or on a cluster",
        description="Compute a measure of a scene over a grid of its inputs.",
        epilog=EPILOGUE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("scene", help="such as ridge/path")
    parser.add_argument(
        "--over", action="append", required=True, metavar="INPUT=VALUES", help="an axis of the grid"
    )
    parser.add_argument(
        "--measure",
        action="append",
        required=True,
        metavar="TABLE.COLUMN[:WAY]",
        help="a number of each cell",
    )
    parser.add_argument("--to", required=True, metavar="FILE", help="ends in .parquet")
    given.add_options(parser)
    parser.add_argument("--scheduler", metavar="ADDRESS", help="of a Dask scheduler, such as tcp://host:8786")
    parser.add_argument(
        "--workers",
        type=int,
        metavar="N",
        help="processes on this machine (one a core); 0: this one, without Dask",
    )
    parser.add_argument("--retry", action="store_true", help="compute the cells again that failed")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Run the command; gives the exit status: 0 when every cell is there, failed ones among them."""
    from explorer.core import registry
    from explorer.grid import sweep
    from explorer.grid.plan import plan_of
    from explorer.grid.progress import Bar

    sweep.check_workers(options.scheduler, options.workers)
    over = given.pairs(options.over, "--over", "values")
    fixed = given.inputs_set(registry.find(options.scene).model_class, options.set)
    plan = plan_of(options.scene, over, options.measure, fixed, options.preset)
    target, bar = Path(options.to), Bar()
    print(_announced(plan), file=sys.stderr)
    try:
        table = sweep.run(plan, target, options.scheduler, options.workers, options.retry, bar)
    except KeyboardInterrupt:
        bar.end()
        print("explorer: interrupted; what was computed is kept, and the same command goes on from there.",
              file=sys.stderr)  # fmt: skip
        return 130
    finally:
        bar.end()
    print(_told(table, target))
    return 0


def _announced(plan: Plan) -> str:
    axes = [f"{axis.name} = {_few([_short(value) for value in axis.values])}" for axis in plan.axes]
    return f"{plan.scene}: {len(plan):,} cells, " + "; ".join(axes)


def _few(words: list[str]) -> str:
    return (
        ", ".join(words)
        if len(words) <= 5
        else f"{', '.join(words[:3])}, …, {words[-1]} ({len(words)} values)"
    )


def _short(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _told(table: Any, target: Path) -> str:
    """What became of it, and how to look at it."""
    reasons = Counter(reason for reason in table["reason"].to_pylist() if reason)
    lines = [f"{target}: {table.num_rows:,} cells, {reasons.total():,} of them failed."]
    different = sorted(reasons, key=lambda reason: (-reasons[reason], reason))
    lines += [f"  {reasons[reason]:,}: {reason}" for reason in different[:5]]
    lines += [f"  and {len(different) - 5:,} further reasons"] if len(different) > 5 else []
    lines.append("Look at it: explorer serve sweeps/result, and choose the file there;")
    lines.append(f'or in Python: explorer.scene("sweeps/result", file={str(target)!r}).figures()')
    return "\n".join(lines)
