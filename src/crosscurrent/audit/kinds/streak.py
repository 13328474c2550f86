"""Streaks: so many closes (weeks, months) in a row one way."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from crosscurrent.audit.case import Case
from crosscurrent.audit.compare import compared, direction_of, said_of
from crosscurrent.audit.kind import ClaimKind
from crosscurrent.audit.says import Fields, Number, Quote, Says, Words
from crosscurrent.audit.since import Reach, reaching
from crosscurrent.audit.spoken import days_in, length_in
from crosscurrent.audit.tolerance import spelling
from crosscurrent.audit.verdicts import Measured, Part, fails, holds, undecidable
from crosscurrent.errors import RequestError
from crosscurrent.intermarket.rarity import SAME, spans

__all__ = ["STREAK"]

WORD = {"1d": "session", "1w": "week", "1mo": "month"}
WAYS = {1: "up", -1: "down", 0: "unchanged"}
PERIODS = {"week": "1w", "weeks": "1w", "weekly": "1w", "month": "1mo", "months": "1mo", "monthly": "1mo"}


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
    bars, word = case.bars(basis="adjusted", interval="1d"), WORD[window.interval]
    starts, ends = spans(bars.session, window.interval)
    moved = bars.close[ends] - bars.close[starts]
    ways = np.where(np.abs(moved) < SAME, 0.0, np.sign(moved))
    if not len(ways):
        yield undecidable(f"{case.market} has no two closes.", code="no_data")
        return
    told = f"closes of {case.market} one {word} to the next, free of roll gaps, to {bars.session[-1]}; an unchanged close ends a streak"
    run, way = _run(ways), int(ways[-1])
    measured: Measured = {"length": float(run), "direction": WAYS[way]}
    parts = _parts(case, says, ways, bars.session[ends], word)
    yield from (
        p.with_more(measured)
        for p in said_of(parts, f"The streak is {run} {word}s {WAYS[way]}.", measured, definition=told)
    )


def _parts(case: Case, says: StreakSays, ways: np.ndarray, ends: np.ndarray, word: str) -> Iterator[Part]:
    claimed, run, way = direction_of(says.direction), _run(ways), WAYS[int(ways[-1])]
    if claimed and claimed != ways[-1]:
        yield fails(f"The last {word} went {way}: the streak {says.direction} has length 0", code="wrong_side")
        return
    if says.length is not None:
        yield compared(
            says.length, float(run), "The streak", lambda v: f"{v:.0f} {word}{'s' if v != 1 else ''}", name="length"
        )
    if says.longest_since:
        reach = Reach(f"{run} {word}s {way}, the longest such run", _as_long(ways, run, ends), ends[0])
        yield from reaching(case, reach, says.longest_since, None, {})
    if says.length is None and not says.longest_since and claimed and run > 1:
        yield holds(f"The streak is {run} {word}s {way}")


def _run(ways: np.ndarray) -> int:
    other = np.flatnonzero(ways != ways[-1])
    return int(len(ways) - 1 - other[-1]) if len(other) else len(ways)


def _as_long(ways: np.ndarray, run: int, ends: np.ndarray) -> np.datetime64 | None:
    """Return the end of the last earlier run that way and as long."""
    at = np.arange(1, len(ways) + 1)
    lengths = at - np.maximum.accumulate(np.where(ways == ways[-1], 0, at))
    earlier = np.flatnonzero(lengths[:-run] >= run)
    found: np.datetime64 | None = ends[earlier[-1]] if len(earlier) else None
    return found


def _folded(key: str, value: object) -> Fields:
    """Read `gains: 5`, `losses: 4`, `down_days: 3`, `weeks: 7`."""
    words = key.split("_")
    period = next((PERIODS[w] for w in words if w in PERIODS), None)
    sign = direction_of(" ".join(words))
    if period is None and not sign:
        return {}
    return (
        {"length": value}
        | ({"over": period} if period else {})
        | ({"direction": "up" if sign > 0 else "down"} if sign else {})
    )


def _prepared(fields: Fields, spoken: str) -> Fields:
    """Read "five-day winning streak" and "fourth straight weekly gain", whether in the direction, the length or the kind's own name."""
    told = f"{fields.get('direction', '')} {spelling(fields.get('length', ''))} {spoken}"
    found: Fields = (
        {"direction": told} if direction_of(told) and not direction_of(str(fields.get("direction", ""))) else {}
    )
    if "length" not in fields or not str(spelling(fields["length"])).replace(".", "").isdigit():
        number = length_in(told)
        found |= {"length": number} if number else {}
    period = next((PERIODS[w] for w in told.lower().replace("-", " ").replace("_", " ").split() if w in PERIODS), None)
    found |= {"over": period} if period and not {"over", "interval"} & set(fields) else {}
    return fields | found


def _worded(text: str) -> Fields:
    since = days_in(text)
    return {"direction": text} | ({"longest_since": since} if since and "longest" in text else {})


STREAK = ClaimKind(
    "streak",
    StreakSays,
    judge,
    bare="direction",
    worded=_worded,
    folded=_folded,
    prepared=_prepared,
    subject=("over", "direction"),
    aliases=(
        "run winning_streak losing_streak consecutive straight in_a_row consecutive_gains consecutive_losses "
        "winning_run losing_run consecutive_closes "
        "weekly_streak"
    ),
    names={
        "length": "days sessions count closes n value consecutive in_a_row straight number",
        "direction": "of way change move type state sign",
        "over": "period unit window frequency per timeframe",
        "longest_since": "longest_in since",
    },
)
