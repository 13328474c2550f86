"""Edges as a plot: a row a kind, its edge as a dot, and around nought the band in which chance leaves it."""

from __future__ import annotations

from collections.abc import Sequence

from crosscurrent.evaluate.study import ALL, Row
from crosscurrent.publish.canvas import Box, Canvas, disc, rule
from crosscurrent.publish.svg import finished
from crosscurrent.publish.theme import LIGHT

__all__ = ["edges_svg"]

MOST_ROWS = 40
NORMAL, DOT = 1.96, 3.6
WIDTH, NAMES, NUMBERS, TOP, STEP, SIZE = 760.0, 230.0, 70.0, 30.0, 17.0, 10.0
STEPS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)


def edges_svg(rows: Sequence[Row]) -> str:
    """Return the rows of one outcome as a drawing, the surest of them sorted by edge; nothing when none claims anything.

    A dot is filled where the row is a finding; the band is what chance gives in nineteen of twenty questions asked alone.
    """
    asked = sorted((row for row in rows if row.verdict.p is not None), key=lambda row: row.verdict.p or 0.0)
    shown = sorted(asked[:MOST_ROWS], key=lambda row: -row.verdict.edge)
    if not shown:
        return ""
    box = Box(NAMES, TOP, WIDTH - NUMBERS, TOP + STEP * len(shown))
    canvas = Canvas(WIDTH, box.bottom + 34.0, LIGHT)
    most = max(max(abs(row.verdict.edge), NORMAL * row.verdict.error) for row in shown) * 1.05
    _axis(canvas, box, most, "share" if shown[0].is_rate else "ATR")
    for place, row in enumerate(shown):
        _row(canvas, box, most, box.top + STEP * (place + 0.5), row)
    outcome = shown[0].outcome
    title, identity = f"Edge over chance: {outcome}", f"cc-study-{outcome.replace('.', '-')}"
    alt = f"{len(shown)} of {len(asked)} rows. " + "; ".join(f"{_name(r)} {r.verdict.edge:+.3f}" for r in shown[:3])
    drawn = canvas.svg()
    return finished(drawn, identity=identity, title=title, alt=alt, is_themed=True, surface=LIGHT["surface"])


def _axis(canvas: Canvas, box: Box, most: float, unit: str) -> None:
    step = next((s for s in STEPS if most / s <= 4), STEPS[-1])
    for k in range(-int(most / step), int(most / step) + 1):
        x = _at(box, most, k * step)
        canvas.lines([rule(x, box.top, x, box.bottom)], "norm" if k == 0 else "grid", 1.0)
        canvas.text(f"{k * step:+g}" if k else "0", x, box.bottom + 14.0, "muted", SIZE, anchor="middle")
    canvas.text(
        f"edge over chance, {unit}", (box.left + box.right) / 2, box.bottom + 29.0, "muted", SIZE, anchor="middle"
    )
    canvas.text("cases", WIDTH - 2.0, box.top - 8.0, "muted", SIZE, anchor="end")


def _row(canvas: Canvas, box: Box, most: float, y: float, row: Row) -> None:
    v = row.verdict
    reach, x = NORMAL * v.error, _at(box, most, v.edge)
    band = Box(_at(box, most, -reach), y - 4.5, _at(box, most, reach), y + 4.5)
    canvas.shapes([band.corners()], "shade", alpha=0.25)
    ink = "up" if v.edge > 0 else "down"
    canvas.shapes([disc(x, y, DOT)], ink if row.is_finding else "surface", ink, 1.4)
    canvas.text(_name(row), box.left - 8.0, y + 3.5, "text", SIZE, is_bold=row.is_finding, anchor="end")
    canvas.text(f"{v.n:,}", WIDTH - 2.0, y + 3.5, "muted", SIZE, anchor="end")


def _at(box: Box, most: float, edge: float) -> float:
    return box.left + box.width * (edge + most) / (2 * most)


def _name(row: Row) -> str:
    market = "" if row.market == ALL else f" {row.market}"
    return f"{row.kind.replace('_', ' ')}{market}" + ("" if row.group is None else f", {row.group}")
