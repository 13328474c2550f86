"""Rejections: shadows beyond a price in several sessions; and gaps between sessions."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from crosscurrent.audit.case import Case
from crosscurrent.audit.compare import compared, dated, direction_of, stated
from crosscurrent.audit.kind import ClaimKind
from crosscurrent.audit.says import Number, Quote, Says, Words
from crosscurrent.audit.verdicts import Part, fails, holds, near_miss, undecidable
from crosscurrent.facts.marks import Band

__all__ = ["GAP", "REJECTION"]

SHADOW = 0.25
"""A shadow that rejects is at least this share of its bar's range."""
WITHIN = 5


class RejectionSays(Says):
    """A rejection above (or below) a price: in how many of the last sessions, by shadows."""

    above: Quote | None = None
    below: Quote | None = None
    by: Words | None = None
    sessions: Number | None = None
    within: Quote | None = None


def judge_rejection(case: Case, says: RejectionSays) -> Iterator[Part]:
    """Yield the verdict on a rejection."""
    raw = says.above or says.below
    bars = case.traded
    if raw is None:
        yield undecidable("The claim names no price that was rejected.", code="says_nothing")
        return
    price = case.price(raw).value
    if bars.is_close_only:
        yield undecidable(f"{case.market} has closes alone: no shadow can be read", code="no_data")
        return
    side = 1.0 if says.above else -1.0
    first = case.since(says.within, max(WITHIN, int(says.sessions.value) if says.sessions else 0))
    rows = np.flatnonzero(bars.session >= first)
    extreme = (bars.high if side > 0 else bars.low)[rows]
    inner = np.maximum(bars.open, bars.close)[rows] if side > 0 else np.minimum(bars.open, bars.close)[rows]
    span = np.maximum(bars.high[rows] - bars.low[rows], 1e-12)
    shadow = side * (extreme - inner) / span
    beyond = (side * (extreme - price) > 0) & (side * (bars.close[rows] - price) <= 0)
    marked = beyond & (shadow >= SHADOW)
    n = int(marked.sum())
    days = ", ".join(dated(d) for d in bars.session[rows][marked])
    word = "above" if side > 0 else "below"
    told = (
        f"sessions of {case.market} that traded {word} {case.show(price)}, closed back, and left a shadow of at least"
        f" {SHADOW:.0%} of the range; {dated(first)} to {bars.session[-1]}"
    )
    measured: dict[str, float | str | bool | None] = {
        "sessions": float(n),
        "traded_beyond": float(beyond.sum()),
        "largest_shadow": float(shadow.max()) if len(shadow) else None,
    }
    said = (
        f"{n} session{'s' if n != 1 else ''} rejected {word} {case.show(price)}{f' ({days})' if days else ''};"
        f" {int(beyond.sum())} traded there and closed back"
    )
    marks = (
        (Band(bars.session[rows[0]], price, price, "level", f"claimed level {case.show(price)}"),) if len(rows) else ()
    )
    if says.sessions is not None:
        part = compared(
            says.sessions, float(n), "The number of sessions", lambda v: f"{v:.0f}", definition=told, name="sessions"
        )
        near = part.verdict == "fails" and abs(n - says.sessions.value) <= 1 and n > 0
        yield Part(
            "near_miss" if near else part.verdict,
            f"{said}; {part.reason}",
            measured,
            "near_value" if near else part.code,
            told,
            part.tolerance,
            "",
            marks,
        )
    else:
        yield (holds if n >= 2 else near_miss if n == 1 else fails)(
            said, measured, definition=told, marks=marks, code="" if n >= 2 else "never_tested"
        )


REJECTION = ClaimKind(
    "rejection",
    RejectionSays,
    judge_rejection,
    bare="above",
    aliases="rejected rejections wicks upper_shadows shadows topside_wicks sellers price_rejection",
    subject=("above", "below"),
    names={
        "above": "price level at from",
        "within": "over window since",
        "sessions": "count bars days times touches",
        "by": "shadows wicks through with",
        "below": "under",
    },
    prepared=lambda fields, spoken: {
        (
            "below"
            if k == "above"
            and re.search(r"lower|downside|bullish|buy|support", str(fields.get("by", fields.get("direction", ""))))
            and "below" not in fields
            else k
        ): v
        for k, v in fields.items()
        if k != "direction"
    },
)


class GapSays(Says):
    """A gap: up or down between this bar and the one before, its size, its edges, and whether it was filled within the session or since."""

    direction: Words | None = None
    state: Words | None = None
    size: Number | None = None
    start: Quote | None = None
    end: Quote | None = None
    filled: Words | None = None
    on: Words | None = None


def judge_gap(case: Case, says: GapSays) -> Iterator[Part]:
    """Yield the verdicts on a gap between two sessions."""
    bars = case.traded
    if bars.is_close_only or len(bars) < 2:
        yield undecidable(f"{case.market} has no ranges in the data: no gap can be read", code="no_data")
        return
    rolled = bool(case.adjusted.rolled[-1]) if len(case.adjusted) == len(bars) else False
    opening = bool(says.on and "open" in says.on)
    o, c0 = float(bars.open[-1]), float(bars.close[-2])
    full_up, full_down = float(bars.low[-1] - bars.high[-2]), float(bars.low[-2] - bars.high[-1])
    at_open = o - c0
    sign = direction_of(says.direction)
    size = full_up if full_up > 0 else -full_down if full_down > 0 else 0.0
    told = (
        f"ranges of {case.market} that do not overlap, {bars.session[-2]} and {bars.session[-1]}, as charted; a gap"
        " at the open is told beside"
    )
    measured: dict[str, float | str | bool | None] = {"gap": size, "opening_gap": at_open, "rolled": rolled}
    said = (
        "The ranges"
        f" {'leave a gap of ' + case.show(abs(size)) + (' up' if size > 0 else ' down') if size else 'overlap'}; the"
        f" open lies {at_open:+.6g} from the close before"
    )
    if rolled:
        yield undecidable(
            f"{said}, but a new contract began on {bars.session[-1]}: part of that is the roll",
            measured,
            code="roll_artefact",
            definition=told,
        )
        return
    is_there = (
        (size * sign > 0 if sign else size != 0) if not opening else (at_open * sign > 0 if sign else at_open != 0)
    )
    wants_none = bool(says.state and re.search(r"^(no|none|without)", says.state))
    near = not is_there and (at_open * sign > case.notation.tick if sign else abs(at_open) > case.notation.tick)
    if wants_none:
        yield stated(size == 0, said, said, measured, definition=told, code="" if size == 0 else "other_state")
        return
    yield stated(
        is_there,
        said,
        f"{said}: no gap {says.direction or ''}".rstrip(),
        measured,
        definition=told,
        is_near=near,
        code="" if is_there else "opening_only" if near else "no_gap",
    )
    if says.size is not None:
        base = at_open if opening or not size else size
        value = 100.0 * base / c0 if says.size.unit == "pct" else base
        yield compared(says.size.turned(1.0), abs(value), "The gap", lambda v: f"{v:.6g}", definition=told, name="size")
    low, high = (
        (float(bars.high[-2]), float(bars.low[-1])) if full_up > 0 else (float(bars.low[-2]), float(bars.high[-1]))
    )
    if size:
        for raw, value, name in ((says.start, low, "start"), (says.end, high, "end")):
            if raw is not None:
                yield compared(
                    case.price(raw).figure,
                    value,
                    f"The {name} of the gap",
                    case.show,
                    near=0.05 * case.atr,
                    definition=told,
                    name=name,
                )
    if says.filled is not None or (says.state and "fill" in says.state):
        yield _filled(case, says, size, at_open, c0)


def _filled(case: Case, says: GapSays, size: float, at_open: float, before: float) -> Part:
    """Judge whether the session traded back to the close before; what a later session did belongs to a claim of its own date."""
    bars = case.traded
    words = f"{says.filled or ''} {says.state or ''}"
    is_filled = bool(bars.low[-1] <= before <= bars.high[-1])
    wanted = not re.search(r"\b(no|not|un|false|open|unfilled)", words)
    told = "filled when the session traded back to the close before"
    return stated(
        is_filled == wanted,
        f"The gap was {'filled' if is_filled else 'not filled'} within the session",
        f"The gap was {'filled' if is_filled else 'not filled'} within the session",
        {"filled": is_filled},
        definition=told,
        code="" if is_filled == wanted else "other_state",
    )


GAP = ClaimKind(
    "gap",
    GapSays,
    judge_gap,
    bare="direction",
    aliases="gap_up gap_down gapped gaps opening_gap price_gap gap_higher gap_lower",
    names={
        "direction": "way type change",
        "size": "points by value of pct",
        "start": "from low",
        "end": "to high",
        "filled": "closed fill",
        "state": "status",
        "on": "at",
    },
    prepared=lambda fields, spoken: (
        (
            {"direction": "up"}
            if re.search("up|higher", spoken.lower())
            else {"direction": "down"}
            if re.search("down|lower", spoken.lower())
            else {}
        )
        | ({"on": "open"} if "opening" in spoken.lower() else {})
        | fields
    ),
)
