"""Superlatives: the largest move, the highest close, the first fall since a day, or in weeks, months, years."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from crosscurrent.audit.case import Case
from crosscurrent.audit.compare import compared, dated, direction_of
from crosscurrent.audit.kind import ClaimKind
from crosscurrent.audit.says import Number, Quote, Says, Words
from crosscurrent.audit.verdicts import Part, fails, holds, near_miss, undecidable
from crosscurrent.audit.when import Stretch, Window
from crosscurrent.bars.bars import Bars, Floats
from crosscurrent.errors import RequestError
from crosscurrent.intermarket.rarity import SAME, Move, moves_of_bars, spans

__all__ = ["SUPERLATIVE"]

PLURAL = 1.5
"""How many make an unnumbered plural: "in months" is a month and a half at least."""
UNITS = {"day": 1, "session": 1.4, "week": 7, "month": 30, "quarter": 91, "year": 365, "decade": 3650}
SHORT = 0.8
"""A superlative that reaches back at least this share of what it claims is a near miss."""


class SuperlativeSays(Says):
    """The largest, highest or first of its kind: what moved (`change`) over a window or which extreme, and since when or in how long."""

    change: Words | None = None
    over: Quote | None = None
    extreme: Words | None = None
    first: Words | None = None
    since: Quote | None = None
    largest_in: Words | None = None
    rank: Number | None = None
    value: Number | None = None


def judge(case: Case, says: SuperlativeSays) -> Iterator[Part]:
    """Yield the verdicts on a superlative."""
    extreme = says.extreme or ""
    is_price = (
        bool(re.search(r"\b(close|high|low|level|price|yield|record|intraday|settle|trade)", extreme))
        and not says.change
    )
    is_price = is_price or (bool(re.search(r"\b(highest|lowest)\b", extreme)) and not says.change)
    if says.first:
        yield _first(case, says)
    elif is_price:
        yield _extreme(case, says)
    else:
        yield from _largest(case, says)


def _largest(case: Case, says: SuperlativeSays) -> Iterator[Part]:
    window = case.window(says.over or "1d")
    free, charted = case.bars(basis="adjusted", interval="1d"), case.bars(interval="1d")
    moves = moves_of_bars(free, charted, (_period(window),), case.day)
    sign = direction_of(f"{says.change or ''} {says.extreme or ''}")
    if not moves or moves[0].change is None:
        yield undecidable(f"{case.market} has no two closes over {window.text!r}.", code="no_data")
        return
    move = moves[0]
    change = float(moves[0].change)
    unit = " bp" if move.unit == "bp" else "%"
    shown = f"{change:+.4g}{unit}"
    measured = _measured(move)
    told = (
        f"{_length(window)} changes of {case.market} to {move.end}, each compared with all earlier ones in its"
        " direction"
    )
    if sign and change * sign <= 0:
        yield fails(
            f"It is no {says.change or says.extreme}: the move was {shown}",
            measured,
            code="wrong_side",
            definition=told,
        )
        return
    if says.value is not None:
        yield compared(
            says.value.turned(sign or np.sign(change)),
            change,
            "The move",
            lambda v: f"{v:+.2f}{unit}",
            definition=told,
        )
    if says.rank is not None:
        yield compared(says.rank, float(move.rank or np.nan), "Its rank", lambda v: f"{v:.0f}", definition=told)
    last = move.largest_since
    said = f"{shown}, the largest since {dated(last)}" if last is not None else f"{shown}, the largest on record"
    if move.raw:
        raw_since = dated(move.raw.largest_since) if move.raw.largest_since is not None else "the beginning"
        told += f"; the unadjusted series, roll gap and all, says {move.raw.change:+.4g}{unit} and {raw_since}"
    if says.since or says.largest_in:
        yield from _reaching(case, says, last, move.start, free, said, measured, told, window)
    elif says.value is None and says.rank is None:
        yield _on_record(last, said, measured, told)


def _measured(move: Move) -> dict[str, float | str | bool | None]:
    return {
        f"change_{move.unit}": move.change,
        "largest_since": None if move.largest_since is None else str(move.largest_since),
        "rank": move.rank,
        "periods": move.periods,
    }


def _period(window: Window) -> str:
    if window.unit in ("weeks", "months") and window.n == 1:
        return window.interval
    if window.unit == "to_date":
        return window.of if window.of in ("1w", "1mo") else "1mo"
    return f"{window.sessions}d"


def _length(window: Window) -> str:
    return {"1d": "daily", "1w": "calendar-week", "1mo": "calendar-month"}.get(
        _period(window), f"{window.sessions}-session"
    )


def _on_record(
    last: np.datetime64 | None, said: str, measured: dict[str, float | str | bool | None], told: str
) -> Part:
    if last is None:
        return holds(said, measured, definition=told)
    return undecidable(f"The claim does not say since when; it is {said}", measured, code="ambiguous", definition=told)


def _reaching(
    case: Case,
    says: SuperlativeSays,
    last: np.datetime64 | None,
    start: np.datetime64,
    bars: Bars,
    said: str,
    measured: dict[str, float | str | bool | None],
    told: str,
    window: Window,
) -> Iterator[Part]:
    """Yield whether nothing as large came between the claimed day, or the claimed time back, and now."""
    if says.largest_in:
        yield _in(case, says.largest_in, last, said, measured, told, bars)
    if says.since:
        yield _since(_meant(case, says.since), last, said, measured, told, bars, window)


def _meant(case: Case, raw: str) -> Stretch:
    if raw.strip().lower() in ("record", "ever", "inception", "beginning", "the beginning", "all time"):
        return Stretch(raw, case.traded.session[0], case.traded.session[0])
    return case.when(raw)


def _since(
    span: Stretch,
    last: np.datetime64 | None,
    said: str,
    measured: dict[str, float | str | bool | None],
    told: str,
    bars: Bars,
    window: Window | None = None,
) -> Part:
    """Judge "since": nothing as large came after it; what it names is the last one as large, or the claim says less than it could."""
    if span.start < bars.session[0] and last is None:
        return undecidable(
            f"The data begin on {bars.session[0]}, after {span.text}; since then it is {said}",
            measured,
            code="no_data",
            definition=told,
        )
    if last is None:
        return holds(
            f"It is {said}",
            measured,
            definition=told,
            remark=f"It says less than it could: nothing as large came before {span.text} either.",
        )
    end = span.end
    if window is not None and _period(window) in ("1w", "1mo"):
        end = _end_of_period(bars, end, _period(window))
    if span.start <= last <= end:
        return holds(f"It is {said}", measured, definition=told)
    if last < span.start:
        return holds(
            f"It is {said}",
            measured,
            definition=told,
            remark=f"It says less than it could: nothing as large came since {dated(last)}.",
        )
    return fails(f"It is {said}, later than {span.text}", measured, code="larger_since", definition=told)


def _end_of_period(bars: Bars, day: np.datetime64, period: str) -> np.datetime64:
    """Return the end of the week or month that a day lies in."""
    if period == "1mo":
        return (day.astype("datetime64[M]") + 1).astype("datetime64[D]") - 1  # type: ignore[no-any-return]
    return day + np.timedelta64((4 - (int(day.astype("datetime64[D]").astype(int)) + 3) % 7) % 7, "D")


def _in(
    case: Case,
    words: str,
    last: np.datetime64 | None,
    said: str,
    measured: dict[str, float | str | bool | None],
    told: str,
    bars: Bars,
) -> Part:
    days, text = _reach(words, case)
    since = bars.session[0] if last is None else last
    reached = float((case.session - since) / np.timedelta64(1, "D"))
    tolerance = f"{words}: at least {days:.0f} days back"
    if last is None and days > reached:
        return undecidable(
            f"The data begin on {since}: it is {said}, but {text} is longer",
            measured,
            code="no_data",
            definition=told,
            tolerance=tolerance,
        )
    if reached >= days:
        return holds(f"It is {said}", measured, definition=told, tolerance=tolerance)
    short = f"It is {said}, {reached:.0f} days back, not {text}"
    return (near_miss if reached >= SHORT * days else fails)(
        short, measured, code="larger_since", definition=told, tolerance=tolerance
    )


def _reach(words: str, case: Case) -> tuple[float, str]:
    """Return how many days back "months", "three months" or "a year" reaches."""
    if words in ("record", "ever", "history", "on record", "all time"):
        return float((case.session - case.traded.session[0]) / np.timedelta64(1, "D")) + 1e9, "all of history"
    for unit, length in UNITS.items():
        if words in (f"{unit}s", f"many {unit}s", f"some {unit}s", f"several {unit}s"):
            return PLURAL * length * (2 if "several" in words or "many" in words else 1), words
        if words in (unit, f"a {unit}", f"over a {unit}", f"more than a {unit}"):
            return float(length), f"a {unit}"
    window = case.window(words.removeprefix("over ").removeprefix("more than ").removeprefix("at least "))
    return float(window.days - (3 if window.unit == "weeks" else 0)), words


def _extreme(case: Case, says: SuperlativeSays) -> Part:
    """Judge the highest or lowest close, high or low since a day."""
    words = says.extreme or ""
    is_low = bool(re.search(r"\b(lowest|low|weakest|trough|bottom)\b", words))
    is_close = bool(re.search(r"clos|settle|finish|weekly|yield|level", words)) or case.traded.is_close_only
    bars = case.traded
    values: Floats = bars.close if is_close else bars.low if is_low else bars.high
    side = -1.0 if is_low else 1.0
    now, before = float(values[-1]), values[:-1]
    beyond = np.flatnonzero(side * before >= side * now - SAME)
    last = bars.session[beyond[-1]] if len(beyond) else None
    what = f"{'lowest' if is_low else 'highest'} {'close' if is_close else 'low' if is_low else 'high'}"
    said = (
        f"{case.show(now)}, the {what} since {dated(last)}"
        if last is not None
        else f"{case.show(now)}, the {what} on record"
    )
    measured: dict[str, float | str | bool | None] = {"value": now, "since": None if last is None else str(last)}
    told = (
        f"{'closes' if is_close else 'lows' if is_low else 'highs'} of {case.market} as charted, an equal one counts"
        " as one"
    )
    if says.value is not None:
        priced = compared(says.value, now, "The value", case.show, definition=told)
        if priced.verdict != "holds":
            return priced
    if says.largest_in:
        return _in(case, says.largest_in, last, said, measured, told, bars)
    if says.since:
        return _since(_meant(case, says.since), last, said, measured, told, bars)
    return (
        _on_record(last, said, measured, told)
        if "record" not in words or last is None
        else fails(f"It is {said}, no record", measured, code="larger_since", definition=told)
    )


def _first(case: Case, says: SuperlativeSays) -> Part:
    """Judge "the first fall (rise, weekly loss, close above a price) since a day"."""
    words = says.first or ""
    bars = case.adjusted
    level = re.search(r"(?:close |settle |finish |trade )?(above|below|over|under) ([0-9][0-9,.' -]*)", words)
    if level:
        return _first_beyond(
            case, says, direction_of(level[1].replace("over", "above").replace("under", "below")), level[2].strip()
        )
    window = case.window(says.over or ("1w" if "week" in words else "1mo" if "month" in words else "1d"))
    sign = direction_of(words) or direction_of(says.change)
    if not sign:
        raise RequestError(f"first: {words[:60]!r} names neither a rise nor a fall.")
    starts, ends = spans(bars.session, _period(window))
    moved = bars.close[ends] - bars.close[starts]
    same = np.flatnonzero(sign * moved[:-1] > SAME)
    last = bars.session[ends[same[-1]]] if len(same) else None
    measured: dict[str, float | str | bool | None] = {
        "change": float(moved[-1]),
        "last_before": None if last is None else str(last),
    }
    told = f"{_length(window)} changes of {case.market} to {bars.session[ends[-1]]}"
    if sign * moved[-1] <= SAME:
        return fails(f"It is no {words}: it moved {moved[-1]:+.6g}", measured, code="wrong_side", definition=told)
    said = f"the first since the one that ended {dated(last)}" if last is not None else "the first on record"
    if not says.since and not says.largest_in:
        return _on_record(last, said, measured, told)
    if says.largest_in:
        return _in(case, says.largest_in, last, said, measured, told, bars)
    return _since(_meant(case, says.since or ""), last, said, measured, told, bars, window)


def _first_beyond(case: Case, says: SuperlativeSays, side: int, text: str) -> Part:
    level, bars = case.price(text).value, case.traded
    beyond = np.flatnonzero(side * (bars.close[:-1] - level) > 0)
    last = bars.session[beyond[-1]] if len(beyond) else None
    measured: dict[str, float | str | bool | None] = {
        "close": float(bars.close[-1]),
        "last_before": None if last is None else str(last),
    }
    told = f"closes of {case.market} as charted"
    if side * (float(bars.close[-1]) - level) <= 0:
        return fails(f"The close is {case.show(float(bars.close[-1]))}", measured, code="wrong_side", definition=told)
    said = f"the first since {dated(last)}" if last is not None else "the first on record"
    if says.since:
        return _since(_meant(case, says.since), last, said, measured, told, bars)
    return (
        _in(case, says.largest_in, last, said, measured, told, bars)
        if says.largest_in
        else _on_record(last, said, measured, told)
    )


def _folded(key: str, value: object) -> dict[str, object]:
    """Read `best_since`, `largest_since`, `highest_close_since`, `biggest_in`, `first_decline_since` and their like."""
    found = re.fullmatch(r"(.+?)_(since|in)", key)
    if not found:
        return {}
    words, last = found[1].replace("_", " "), "since" if found[2] == "since" else "largest_in"
    first = re.sub(r"^first ?", "", words)
    if words.startswith("first"):
        return {last: value} | ({"first": first} if first else {})
    over = next(
        (
            o
            for w, o in (("weekly", "1w"), ("week", "1w"), ("monthly", "1mo"), ("month", "1mo"), ("daily", "1d"))
            if w in words.split()
        ),
        None,
    )
    return (
        {last: value}
        | ({"over": over} if over else {})
        | ({"extreme": words} if re.search(r"high|low|best|worst|close", words) else {})
    )


def _prepared(fields: dict[str, object], spoken: str) -> dict[str, object]:
    """Let a superlative of a price be said as `what: highest close`, and a window of words such as weekly be its length."""
    change = str(fields.get("change", ""))
    if re.search(r"\b(highest|lowest)\b|\b(close|high|low)$", change.replace("_", " ")) and "extreme" not in fields:
        fields = {k: v for k, v in fields.items() if k != "change"} | {"extreme": change}
    for word, window in (
        ("weekly", "1w"),
        ("week", "1w"),
        ("monthly", "1mo"),
        ("month", "1mo"),
        ("daily", "1d"),
        ("day", "1d"),
    ):
        if word in re.split(r"[\s_-]+", change.lower()) and "over" not in fields:
            fields = fields | {"over": window}
    return fields


SUPERLATIVE = ClaimKind(
    "superlative",
    SuperlativeSays,
    judge,
    bare="extreme",
    folded=_folded,
    prepared=_prepared,
    subject=("change", "over", "extreme", "first"),
    aliases=(
        "largest largest_since biggest record_move extreme first_since highest lowest best_since "
        "worst_since rarity highest_since lowest_since highest_close lowest_close superlatives "
        "largest_move"
    ),
    names={
        "change": "direction move of",
        "extreme": "what measure superlative",
        "over": "window period frequency horizon",
        "largest_in": "in longest_in",
        "value": "size by price",
        "rank": "ranked place",
        "since": "reference date",
    },
)
