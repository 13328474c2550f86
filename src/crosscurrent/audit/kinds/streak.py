"""Streaks: so many closes (weeks, months) in a row one way."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from crosscurrent.audit.case import Case
from crosscurrent.audit.compare import compared, dated, direction_of
from crosscurrent.audit.kind import ClaimKind
from crosscurrent.audit.says import Number, Quote, Says, Words
from crosscurrent.audit.tolerance import ORDINALS, WORDS
from crosscurrent.audit.verdicts import Part, fails, holds, undecidable
from crosscurrent.errors import RequestError
from crosscurrent.intermarket.rarity import SAME, spans

__all__ = ["STREAK"]


class StreakSays(Says):
    """A run of closes one way: its length in periods of `over` (days when unsaid), its direction, and since when the longest."""

    length: Number | None = None
    direction: Words | None = None
    over: Quote = "1d"
    longest_since: Quote | None = None


def judge(case: Case, says: StreakSays) -> Iterator[Part]:
    """Yield the verdicts on a streak."""
    window = case.window(says.interval or says.over)
    if window.n != 1 or window.unit not in ("sessions", "weeks", "months"):
        raise RequestError(f"over: a streak is of days, weeks or months, not {window.text!r}.")
    bars = case.bars(basis="adjusted", interval="1d")
    starts, ends = spans(bars.session, window.interval)
    moved = bars.close[ends] - bars.close[starts]
    ways = np.where(np.abs(moved) < SAME, 0.0, np.sign(moved))
    if not len(ways):
        yield undecidable(f"{case.market} has no two closes.", code="no_data")
        return
    claimed, word = direction_of(says.direction), {"1d": "session", "1w": "week", "1mo": "month"}[window.interval]
    run = _run(ways)
    measured: dict[str, float | str | bool | None] = {
        "length": float(run),
        "direction": {1: "up", -1: "down", 0: "unchanged"}[int(ways[-1])],
    }
    told = (
        f"closes of {case.market} one {word} to the next, free of roll gaps, to {bars.session[-1]}; an unchanged"
        " close ends a streak"
    )
    if claimed and claimed != ways[-1]:
        yield fails(
            f"The last {word} went {measured['direction']}: the streak {says.direction} has length 0",
            measured,
            code="wrong_side",
            definition=told,
        )
        return
    if says.length is not None:
        yield compared(
            says.length, float(run), "The streak", lambda v: f"{v:.0f} {word}s", definition=told, name="length"
        )
    if says.longest_since:
        yield _longest(case, says.longest_since, ways, run, bars.session[ends], told)
    if says.length is None and not says.longest_since:
        yield (holds if claimed and run > 1 else undecidable)(
            f"The streak is {run} {word}s {measured['direction']}", measured, definition=told
        )


def _run(ways: np.ndarray) -> int:
    other = np.flatnonzero(ways != ways[-1])
    return int(len(ways) - 1 - other[-1]) if len(other) else len(ways)


def _longest(case: Case, raw: str, ways: np.ndarray, run: int, ends: np.ndarray, told: str) -> Part:
    lengths = np.zeros(len(ways), int)
    for k in range(len(ways)):
        lengths[k] = lengths[k - 1] + 1 if k and ways[k] == ways[k - 1] else 1
    as_long = np.flatnonzero((lengths[:-run] >= run) & (ways[:-run] == ways[-1]))
    last = ends[as_long[-1]] if len(as_long) else None
    span = case.when(raw)
    said = f"It is the longest since {dated(last)}" if last is not None else "It is the longest on record"
    is_so = last is None or last <= span.end
    return (holds if is_so else fails)(
        said,
        {"longest_since": None if last is None else str(last)},
        definition=told,
        code="" if is_so else "larger_since",
    )


def _prepared(fields: dict[str, object], spoken: str) -> dict[str, object]:
    """Read "five-day winning streak" and "fourth straight weekly gain"."""
    words = re.split(r"[\s_-]+", f"{fields.get('direction', '')} {spoken}".lower())
    found: dict[str, object] = {}
    number = next((w for w in words if w.isdigit() or w in WORDS[2:] or w in ORDINALS[2:]), None)
    if number and "length" not in fields:
        found["length"] = number
    unit = next(
        (
            o
            for w, o in (
                ("weekly", "1w"),
                ("week", "1w"),
                ("weeks", "1w"),
                ("monthly", "1mo"),
                ("month", "1mo"),
                ("months", "1mo"),
            )
            if w in words
        ),
        None,
    )
    length = str(fields.get("length", ""))
    unit = unit or next((o for w, o in (("week", "1w"), ("month", "1mo")) if w in length), None)
    if unit and "over" not in fields and "interval" not in fields:
        found["over"] = unit
    return found | fields


STREAK = ClaimKind(
    "streak",
    StreakSays,
    judge,
    bare="direction",
    prepared=_prepared,
    subject=("over", "direction"),
    aliases="run winning_streak losing_streak consecutive straight in_a_row",
    names={
        "length": "days sessions count closes n value consecutive in_a_row straight",
        "direction": "of way change move type state",
        "over": "period unit window frequency",
        "longest_since": "longest_in since",
    },
)
