"""Checks as badges: a word and a sign, the numbers on hover and in a table."""

from __future__ import annotations

import html
import math

from explorer.core.check import Check

SIGNS = {"holds": "✓", "fails": "✗", "n/a": "–"}
WAITING = '<div class="badges" role="status"><span class="badge waiting">checking…</span></div>'


def number(value: float) -> str:
    """Three digits, as short as they get."""
    return "–" if math.isnan(value) else f"{value:.3g}"


def badges_html(checks: list[Check] | None) -> str:
    """A row of badges and, folded away, the table of what was measured."""
    if checks is None:
        return WAITING
    if not checks:
        return ""
    failed = sum(check.verdict == "fails" for check in checks)
    applied = sum(check.applies for check in checks)
    summary = f"{failed} of {applied} checks fail" if failed else f"all {applied} checks hold"
    badges = "".join(_badge(check) for check in checks)
    rows = "".join(_row(check) for check in checks)
    return (
        f'<div class="badges" role="status">{badges}</div>'
        f'<details class="numbers"><summary>{summary}: measured, expected, tolerance, source</summary>'
        '<div class="scroll"><table><thead><tr><th>law</th><th>verdict</th><th>measured</th><th>expected</th>'
        f"<th>tolerance</th><th>source</th></tr></thead><tbody>{rows}</tbody></table></div></details>"
    )


def _badge(check: Check) -> str:
    kind = {"holds": "passed", "fails": "failed", "n/a": "silent"}[check.verdict]
    title = (
        f"measured {number(check.measured)}, expected {number(check.expected)}, "
        f"tolerance {number(check.tolerance)}. {check.note}"
        if check.applies
        else check.note
    )
    return (
        f'<span class="badge {kind}" title="{html.escape(title, quote=True)}">'
        f"{SIGNS[check.verdict]} {html.escape(check.name)}<b> {check.verdict}</b></span>"
    )


def _row(check: Check) -> str:
    cells = [
        check.name,
        check.verdict,
        number(check.measured),
        number(check.expected),
        number(check.tolerance) if check.applies else "–",
        check.reference + (f" {check.note}" if check.note else ""),
    ]
    return "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells) + "</tr>"
