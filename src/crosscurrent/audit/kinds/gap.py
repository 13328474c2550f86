"""Gaps between two sessions: up or down, how large, filled or open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from crosscurrent.audit.case import Case
from crosscurrent.audit.compare import compared, dated, direction_of, is_no, stated
from crosscurrent.audit.kind import ClaimKind
from crosscurrent.audit.says import Fields, Number, Quote, Says, Words
from crosscurrent.audit.spoken import figure_in
from crosscurrent.audit.tolerance import spelling
from crosscurrent.audit.verdicts import Measured, Part, undecidable
from crosscurrent.bars.bars import Bars
from crosscurrent.facts.marks import Band

__all__ = ["GAP"]


class GapSays(Says):
    """A gap: up or down, of which session (that of the date unless said), its size, its edges, whether it was filled by the date."""

    direction: Words | None = None
    state: Words | None = None
    size: Number | None = None
    start: Quote | None = None
    end: Quote | None = None
    filled: Words | None = None
    on: Words | None = None
    session: Quote | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """What lies between two sessions: `size` between their ranges (0 where they overlap), `opening` from close to open; up is positive."""

    bars: Bars
    at: int

    @property
    def size(self) -> float:
        """How far the ranges are apart."""
        up, down = (
            float(self.bars.low[self.at] - self.bars.high[self.at - 1]),
            float(self.bars.low[self.at - 1] - self.bars.high[self.at]),
        )
        return up if up > 0 else -down if down > 0 else 0.0

    @property
    def opening(self) -> float:
        """How far the open lies from the close before."""
        return float(self.bars.open[self.at] - self.bars.close[self.at - 1])

    @property
    def edges(self) -> tuple[float, float]:
        """Where the gap begins and ends, in the order of time."""
        if self.size:
            up = self.size > 0
            return float((self.bars.high if up else self.bars.low)[self.at - 1]), float(
                (self.bars.low if up else self.bars.high)[self.at]
            )
        return float(self.bars.close[self.at - 1]), float(self.bars.open[self.at])

    @property
    def filled_at(self) -> int | None:
        """The first bar that traded back to where the gap began: the edge of the bar before, or its close for a gap at the open alone."""
        begins, way = self.edges[0], self.size or self.opening
        back = self.bars.low[self.at :] <= begins if way > 0 else self.bars.high[self.at :] >= begins
        rows = np.flatnonzero(back)
        return int(self.at + rows[0]) if len(rows) else None


def judge(case: Case, says: GapSays) -> Iterator[Part]:
    """Yield the verdicts on a gap between two sessions."""
    bars = case.traded
    if bars.is_close_only or len(bars) < 2:
        yield undecidable(f"{case.market} has no ranges in the data: no gap can be read", code="no_data")
        return
    gap = Gap(bars, _place(case, says))
    days = f"{dated(bars.session[gap.at - 1])} and {dated(bars.session[gap.at])}"
    told = f"ranges of {case.market} that do not overlap, {days}, as charted; a gap at the open is told beside"
    measured: Measured = {"gap": gap.size, "opening_gap": gap.opening, "session": dated(bars.session[gap.at])}
    if _is_roll(case, gap.at):
        why = f"{_said(case, gap)}, but a new contract began on {dated(bars.session[gap.at])}: part of that is the roll"
        yield undecidable(why, measured, code="roll_artefact", definition=told)
        return
    band = Band(bars.session[gap.at - 1], min(gap.edges), max(gap.edges), "level", "claimed gap")
    for part in _parts(case, says, gap):
        yield part.with_definition(told).with_more(measured, band)


def _place(case: Case, says: GapSays) -> int:
    """Return the bar of the gap: the session named, else the last; else, for one said to be filled, the latest that the last bar filled."""
    bars, last = case.traded, len(case.traded) - 1
    if says.session:
        return max(int(np.searchsorted(bars.session, case.when(says.session).end, side="right")) - 1, 1)
    asks_fill = _wants_fill(says) is True and not Gap(bars, last).size
    earlier = (
        k for k in range(last - 1, max(last - 250, 0), -1) if Gap(bars, k).size and Gap(bars, k).filled_at == last
    )
    return next(earlier, last) if asks_fill else last


def _is_roll(case: Case, at: int) -> bool:
    adjusted = case.adjusted
    return len(adjusted) == len(case.traded) and bool(adjusted.rolled[at])


def _said(case: Case, gap: Gap) -> str:
    ranges = f"leave a gap of {case.show(abs(gap.size))} {'up' if gap.size > 0 else 'down'}" if gap.size else "overlap"
    return f"The ranges {ranges}; the open lies {gap.opening:+.6g} from the close before"


def _parts(case: Case, says: GapSays, gap: Gap) -> Iterator[Part]:
    if says.state and re.match(r"(no|none|without)\b", says.state):
        yield stated(gap.size == 0, _said(case, gap))
        return
    yield _there(case, says, gap)
    if says.size is not None:
        yield _sized(says.size, gap, at_open=bool(says.on))
    for raw, value, name in ((says.start, gap.edges[0], "start"), (says.end, gap.edges[1], "end")):
        if raw is not None:
            yield compared(
                case.price(raw).figure, value, f"The {name} of the gap", case.show, near=0.05 * case.atr, name=name
            )
    wanted = _wants_fill(says)
    if wanted is not None:
        yield _filled(gap, wanted)


def _there(case: Case, says: GapSays, gap: Gap) -> Part:
    sign, at_open = direction_of(says.direction), bool(says.on and "open" in says.on)
    value = gap.opening if at_open else gap.size
    is_there = value * sign > 0 if sign else value != 0
    opens = gap.opening * sign if sign else abs(gap.opening)
    near = not is_there and opens > case.notation.tick
    said = _said(case, gap)
    return stated(
        is_there,
        said,
        instead=f"{said}: no gap {says.direction or ''}".rstrip(),
        is_near=near,
        code="opening_only" if near else "no_gap",
    )


def _sized(figure: object, gap: Gap, at_open: bool) -> Part:
    """Compare the size between ranges, or from close to open: the convention that fits, unless the claim says which."""
    before = float(gap.bars.close[gap.at - 1])
    values = [gap.opening] if at_open or not gap.size else [gap.size, gap.opening]
    scale = 100.0 / before if figure.unit == "pct" else 1.0  # type: ignore[attr-defined]
    parts = [compared(figure.turned(1.0), abs(v * scale), "The gap", lambda x: f"{x:.6g}", name="size") for v in values]  # type: ignore[attr-defined]
    return next((p for p in parts if p.verdict == "holds"), parts[0])


def _wants_fill(says: GapSays) -> bool | None:
    words = f"{says.filled or ''} {says.state or ''}".strip()
    if says.filled is None and not (says.state and re.search(r"fill|open|close", says.state)):
        return None
    return not (is_no(words) or re.search(r"\b(open|unfilled|remains)\b", words))


def _filled(gap: Gap, wanted: bool) -> Part:
    at = gap.filled_at
    said = f"The gap was {'not filled' if at is None else f'filled on {dated(gap.bars.session[at])}'} by {dated(gap.bars.session[-1])}"
    return stated((at is not None) == wanted, said, {"filled": at is not None}).with_definition(
        "filled when traded back to where it began"
    )


def _folded(key: str, value: object) -> Fields:
    """Read `up: true`, `unfilled: true`, `by: 2.5%`."""
    said_yes = spelling(value).lower() in ("true", "yes")
    if key in ("up", "down", "higher", "lower"):
        return {"direction": key} if said_yes else {"direction": key, "size": value}
    if key in ("unfilled", "open", "still_open"):
        return {"filled": "no" if said_yes else "yes"}
    return {"filled": "yes"} if key in ("filled_by", "closed_by") else {}


def _prepared(fields: Fields, spoken: str) -> Fields:
    words = spoken.lower().replace("_", " ")
    sign = direction_of(words)
    found: Fields = {"direction": "up" if sign > 0 else "down"} if sign else {}
    found |= {"on": "open"} if "opening" in words else {}
    found |= {"filled": "yes"} if "filled" in words and "unfilled" not in words else {}
    on = spelling(fields.get("on", ""))
    return found | (
        {k: v for k, v in fields.items() if k != "on"} | {"session": on} if re.match(r"\d{4}-", on) else fields
    )


def _worded(text: str) -> Fields:
    figure, sign = figure_in(text), direction_of(text)
    found: Fields = {"direction": "up" if sign > 0 else "down"} if sign else {}
    found |= {"filled": "no" if is_no(text.lower()) else "yes"} if "fill" in text.lower() else {}
    return found | ({"size": figure} if figure else {})


GAP = ClaimKind(
    "gap",
    GapSays,
    judge,
    bare="direction",
    worded=_worded,
    folded=_folded,
    prepared=_prepared,
    subject=("session",),
    aliases="gap_up gap_down gapped gaps opening_gap price_gap gap_higher gap_lower gap_filled gap_fill",
    names={
        "direction": "way type change side",
        "size": "points by value of pct",
        "start": "from begins lower_edge",
        "end": "to ends upper_edge",
        "filled": "closed fill",
        "state": "status",
        "on": "at",
        "session": "date gap_date formed opened_on of_session since",
    },
)
