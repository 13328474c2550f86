"""Moving averages: their value, which side the price is on, how they were tested; and the crosses of two."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from crosscurrent.audit.case import Case
from crosscurrent.audit.compare import compared, dated, stated
from crosscurrent.audit.kind import ClaimKind
from crosscurrent.audit.says import Number, Quote, Says, Words
from crosscurrent.audit.verdicts import Part, fails, holds, near_miss, undecidable
from crosscurrent.bars.bars import Bars, Floats
from crosscurrent.errors import RequestError
from crosscurrent.facts.marks import Band
from crosscurrent.indicators.averages import average

__all__ = ["AVERAGE", "CROSS"]

WIDTH = 0.25
"""How near a bar comes to an average that it tests, in ATR."""
RECENT = 60
"""Sessions in which "respected" counts the tests."""
HELD = r"rebound|bounc|held|hold|respect|support|defend|reject|reclaim|resist|cap|fail|turned"


class AverageSays(Says):
    """A moving average: its length, simple unless said, weekly with `interval`; its value, the price's side of it, how it was tested."""

    length: Number
    method: Words = "simple"
    value: Quote | None = None
    state: Words | None = None
    tested: Words | None = None
    first_close: Words | None = None
    since: Quote | None = None
    slope: Words | None = None
    distance: Number | None = None
    within: Quote | None = None


def judge(case: Case, says: AverageSays) -> Iterator[Part]:
    """Yield the verdicts on a moving average."""
    n, bars = int(says.length.value), case.traded
    is_ema = bool(re.search(r"exp|ema", says.method))
    line = average(bars.close, n, is_ema)
    name = (
        f"{n}-{ {'1d': 'day', '1w': 'week', '1mo': 'month'}[case.interval] } {'exponential' if is_ema else 'simple'}"
        " average"
    )
    told = f"{name} of {case.market}'s closes as charted, {bars.session[-1]}"
    if not np.isfinite(line[-1]):
        yield undecidable(f"There are only {len(bars)} bars; the {name} is not defined", code="no_data")
        return
    marks = (Band(bars.session[-1], float(line[-1]), float(line[-1]), "average", name),)
    told += _on_adjusted(case, n, is_ema, float(line[-1]))
    if says.value is not None:
        priced = case.price(says.value, "average")
        yield compared(
            priced.figure,
            float(line[-1]),
            f"The {name}",
            case.show,
            near=0.1 * case.atr,
            definition=told,
            name="average",
        )
    if says.distance is not None:
        off = 100.0 * (float(bars.close[-1]) - float(line[-1])) / float(line[-1])
        figure = says.distance if says.distance.is_signed else says.distance.turned(float(np.sign(off)))
        yield compared(
            figure,
            off,
            f"The distance of the close from the {name}",
            lambda v: f"{v:+.2f}%",
            definition=told,
            name="distance_pct",
        )
    if says.state:
        yield _sided(case, says, bars, line, name, told)
    if says.slope:
        yield _sloped(says.slope, line, name, told)
    if says.first_close:
        yield _first(case, says, bars, line, name, told)
    if says.tested:
        part = _tested(case, says, bars, line, name, told)
        yield Part(
            part.verdict, part.reason, part.measured, part.code, part.definition, part.tolerance, part.remark, marks
        )
    if not any((says.value, says.state, says.tested, says.first_close, says.slope, says.distance)):
        yield undecidable(
            f"The claim does not say what of the {name}, {case.show(float(line[-1]))}",
            {"average": float(line[-1])},
            code="says_nothing",
            definition=told,
        )


def _on_adjusted(case: Case, n: int, is_ema: bool, value: float) -> str:
    """Say what prices free of roll gaps give, where it is another average."""
    free = case.adjusted
    if free.basis != "adjusted":
        return ""
    other = float(average(free.close, n, is_ema)[-1]) + float(free.shift[-1])
    return f" (on prices free of roll gaps it is {case.show(other)})" if abs(other - value) > 0.25 * case.atr else ""


def _sided(case: Case, says: AverageSays, bars: Bars, line: Floats, name: str, told: str) -> Part:
    words, close, value = says.state or "", float(bars.close[-1]), float(line[-1])
    measured: dict[str, float | str | bool | None] = {"close": close, "average": value}
    cross = re.search(
        r"(cross|broke|break|moved|push|reclaim|lost|fell|close)\w* (?:back )?(above|over|below|under|through)", words
    )
    average_first = re.search(r"(above|over|below|under) (the )?(price|close|market)", words)
    side = (
        1
        if re.search(r"above|over\b|higher|reclaim|north", words)
        else -1
        if re.search(r"below|under|lower|beneath|lost|south", words)
        else 0
    )
    if not side:
        return undecidable(
            f"state: {words[:40]!r} names no side of an average", measured, code="ambiguous", definition=told
        )
    if average_first:
        side = -side
    if cross and not average_first:
        before = float(bars.close[-2] - line[-2]) if len(bars) > 1 else np.nan
        is_so = side * (close - value) > 0 and side * before <= 0
        said = (
            f"The close is {case.show(close)} against {case.show(value)}, the one before was"
            f" {'above' if before > 0 else 'at or below'} it"
        )
        return stated(
            is_so,
            said,
            f"{said}: no close {words}",
            measured,
            definition=told,
            is_near=side * (close - value) > 0 and _crossed_lately(bars, line, side),
            code="" if is_so else "earlier" if side * (close - value) > 0 else "wrong_side",
        )
    is_so = side * (close - value) > 0
    where = "above" if close > value else "below"
    return stated(
        is_so,
        f"The close, {case.show(close)}, is {where} the {name}, {case.show(value)}",
        f"The close, {case.show(close)}, is {where} the {name}, {case.show(value)}",
        measured,
        definition=told,
        is_near=abs(close - value) <= 0.02 * case.atr,
        code="" if is_so else "wrong_side",
    )


def _crossed_lately(bars: Bars, line: Floats, side: int) -> bool:
    gap = side * (bars.close - line)[-6:]
    return bool(np.any(gap <= 0))


def _sloped(words: str, line: Floats, name: str, told: str) -> Part:
    moved = float(line[-1] - line[-6]) if len(line) > 5 else np.nan
    wanted = (
        1
        if re.search(r"ris|up|turn(ing|ed) higher", words)
        else -1
        if re.search(r"fall|down|declin|roll", words)
        else 0
    )
    is_so = moved * wanted > 0
    return stated(
        is_so,
        f"The {name} moved {moved:+.6g} over five bars",
        f"The {name} moved {moved:+.6g} over five bars, not {words}",
        {"slope": moved},
        definition=told,
        code="" if is_so else "wrong_side",
    )


def _first(case: Case, says: AverageSays, bars: Bars, line: Floats, name: str, told: str) -> Part:
    side = 1 if re.search(r"above|over", says.first_close or "") else -1
    gap = side * (bars.close - line)
    word = "above" if side > 0 else "below"
    measured: dict[str, float | str | bool | None] = {"close": float(bars.close[-1]), "average": float(line[-1])}
    if not gap[-1] > 0:
        return fails(
            f"The close is not {word} the {name}, {case.show(float(line[-1]))}",
            measured,
            code="wrong_side",
            definition=told,
        )
    known = np.flatnonzero(np.isfinite(gap[:-1]) & (gap[:-1] > 0))
    last = bars.session[known[-1]] if len(known) else None
    measured["last_before"] = None if last is None else str(last)
    said = (
        f"The close is the first {word} the {name} since {dated(last)}"
        if last is not None
        else f"The close is the first {word} the {name} on record"
    )
    if last is not None and known[-1] == len(bars) - 2:
        return fails(f"The close before was {word} the {name} too", measured, code="earlier", definition=told)
    if says.since is None:
        return holds(said, measured, definition=told)
    span = case.when(says.since)
    is_so = last is None or last <= span.end
    return stated(is_so, said, said, measured, definition=told, code="" if is_so else "larger_since")


def _tested(case: Case, says: AverageSays, bars: Bars, line: Floats, name: str, told: str) -> Part:
    words = says.tested or ""
    room = WIDTH * case.atr
    is_over_time = bool(re.search(r"respect|often|repeated|several|times", words)) or says.within is not None
    first = case.since(says.within, RECENT) if is_over_time else case.back(1)
    rows = np.flatnonzero((bars.session >= first) & np.isfinite(line) & (np.arange(len(bars)) > 0))
    held, through = _tests(bars, line, rows, room)
    tolerance = (
        f"a test comes within {room:.6g} of it ({WIDTH} ATR) or through it, and is held when the close stays on, or"
        " returns to, the side of the close before"
    )
    measured: dict[str, float | str | bool | None] = {
        "average": float(line[-1]),
        "low": float(bars.low[-1]),
        "high": float(bars.high[-1]),
        "close": float(bars.close[-1]),
        "tests_held": float(len(held)),
        "tests_lost": float(len(through)),
    }
    said = (
        f"{len(held)} test{'s' if len(held) != 1 else ''} of the {name} held{_days(bars, held)}, {len(through)}"
        f" {'were' if len(through) != 1 else 'was'} lost, {dated(first)} to {bars.session[-1]}; low"
        f" {case.show(float(bars.low[-1]))}, average {case.show(float(line[-1]))}, close"
        f" {case.show(float(bars.close[-1]))}"
    )
    if re.search(r"lost|broke|broken|gave way|sliced|violat", words):
        return stated(
            bool(len(through)),
            said,
            f"{said}: it was not {words}",
            measured,
            definition=told,
            tolerance=tolerance,
            code="" if len(through) else "other_state",
        )
    if re.search(HELD, words):
        is_so = len(held) > 0 and (len(held) >= len(through) if is_over_time else not len(through))
        return stated(
            is_so,
            said,
            f"{said}: it was not {words}",
            measured,
            definition=told,
            tolerance=tolerance,
            is_near=len(held) > 0,
            code="" if is_so else "never_tested" if not len(through) else "other_state",
        )
    if re.search(r"pierc|undercut", words):
        inside = bool(bars.low[-1] < line[-1] < bars.high[-1])
        return stated(
            inside,
            said,
            f"{said}: it was not pierced",
            measured,
            definition=told,
            tolerance=tolerance,
            code="" if inside else "other_state",
        )
    n = len(held) + len(through)
    distance = float(min(abs(bars.low[-1] - line[-1]), abs(bars.high[-1] - line[-1])))
    is_so = n > 0 and words not in ("no", "false", "untested")
    return stated(
        is_so,
        said,
        f"{said}: it was not tested, the nearest price {distance:.6g} away",
        measured,
        definition=told,
        tolerance=tolerance,
        is_near=distance <= 2 * room,
        code="" if is_so else "never_tested",
    )


def _tests(bars: Bars, line: Floats, rows: np.ndarray, room: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the sessions in which the average was reached and held, and those in which it was lost."""
    side = np.sign(bars.close[rows - 1] - line[rows - 1])
    nearest = np.where(side > 0, bars.low[rows], bars.high[rows])
    reached = side * (nearest - line[rows]) <= room
    kept = side * (bars.close[rows] - line[rows]) > 0
    # A close on the wrong side is no loss where the session came back: then it is the day of the reclaim that is asked about.
    return rows[reached & kept & (side != 0)], rows[reached & ~kept & (side != 0)]


def _days(bars: Bars, rows: np.ndarray) -> str:
    return f" ({', '.join(dated(bars.session[k]) for k in rows[-4:])})" if len(rows) else ""


def _folded(key: str, value: object) -> dict[str, object]:
    """Read `sma_200: above`, `50_day: 4,440`, `simple: 200`, `first_close_below_since: 2024-11-25`."""
    first = re.fullmatch(r"first_close_(above|below)(?:_it)?(_since)?", key)
    if first:
        return {"first_close": first[1]} | ({"since": value} if first[2] else {})
    named = re.fullmatch(
        r"(?:(sma|ema|simple|exponential|ma)_?)?(\d{1,3})(?:_?(day|d|week|w))?(?:_?(sma|ema|ma|average|moving_average))?",
        key,
    )
    if named and named[2] and (named[1] or named[3] or named[4]):
        ema = "ema" in (named[1], named[4]) or named[1] == "exponential"
        found: dict[str, object] = {"length": named[2], "method": "exponential" if ema else "simple"}
        found |= {"interval": "1w"} if (named[3] or "").startswith("w") else {}
        is_number = bool(re.search(r"\d", str(value)))
        return found | ({"value": value} if is_number else {"state": value})
    if key in ("simple", "sma", "exponential", "ema"):
        return {"length": value, "method": key}
    if key in ("above", "below"):
        return (
            {"state": key}
            if str(value).lower() in ("true", "yes", "price", "close", "it")
            else {"state": key, "value": value}
        )
    return {}


def _prepared(fields: dict[str, object], spoken: str) -> dict[str, object]:
    words = spoken.lower()
    found: dict[str, object] = {"method": "exponential"} if "ema" in words or "exponential" in words else {}
    number = re.search(r"(\d{1,3})", words)
    if number and "length" not in fields:
        found["length"] = number[1]
    length = str(fields.get("length", ""))
    worded = re.fullmatch(
        r"\s*(\d{1,3})[ -]*(day|d|week|w|session|bar|period)s?[ -]*(sma|ema|ma|average|moving average)?\s*",
        length.lower(),
    )
    if worded:
        fields = (
            fields
            | {"length": worded[1]}
            | ({"interval": "1w"} if worded[2].startswith("w") else {})
            | ({"method": "ema"} if worded[3] == "ema" else {})
        )
    if "week" in words and "interval" not in fields:
        found["interval"] = "1w"
    return found | fields


AVERAGE = ClaimKind(
    "average",
    AverageSays,
    judge,
    bare="length",
    folded=_folded,
    prepared=_prepared,
    subject=("length", "method", "interval"),
    aliases=(
        "moving_average sma ema ma averages simple_moving_average exponential_moving_average dma sma_50 "
        "sma_200 50_day_average 200_day_average weekly_average"
    ),
    names={
        "length": "period periods days n window average weeks",
        "method": "type kind_of ma_type",
        "value": "price level at",
        "state": "position side relation close closed price_is",
        "tested": "test reaction action behaviour role acted_as event",
        "first_close": "first",
        "slope": "trend direction slopes",
        "distance": "pct percent distance_pct",
        "within": "over",
        "interval": "timeframe",
    },
)


class CrossSays(Says):
    """A golden or death cross: which, of which averages, within how long."""

    name: Words | None = None
    fast: Number | None = None
    slow: Number | None = None
    method: Words = "simple"
    state: Words = "formed"
    within: Quote = "1d"


def judge_cross(case: Case, says: CrossSays) -> Iterator[Part]:
    """Yield the verdict on the cross of two averages."""
    name = says.name or ""
    side = (
        1 if re.search(r"golden|bull|above|up", name) else -1 if re.search(r"death|bear|below|dead|down", name) else 0
    )
    if not side:
        raise RequestError(f"name: {name[:40]!r} is neither a golden nor a death cross.")
    fast, slow = (int(f.value) if f else d for f, d in ((says.fast, 50), (says.slow, 200)))
    is_ema = bool(re.search(r"exp|ema", says.method))
    bars = case.traded
    gap = average(bars.close, fast, is_ema) - average(bars.close, slow, is_ema)
    told = f"{'exponential' if is_ema else 'simple'} averages of {fast} and {slow} closes of {case.market} as charted"
    if len(gap) < 2 or not np.isfinite(gap[-2]):
        yield undecidable(f"There are only {len(bars)} bars; the {slow}-bar average is not defined", code="no_data")
        return
    first = case.since(says.within, 1)
    crossed = np.concatenate([[False], (side * gap[1:] > 0) & (side * gap[:-1] <= 0)])
    rows = np.flatnonzero(crossed)
    asked = rows[bars.session[rows] >= first]
    last = dated(bars.session[rows[-1]]) if len(rows) else None
    measured: dict[str, float | str | bool | None] = {"gap": float(gap[-1]), "last_cross": last}
    word = "golden" if side > 0 else "death"
    if re.search(r"loom|near|about|close to|approach|potential|impend", says.state):
        closing = side * (gap[-1] - gap[-6]) > 0 and side * gap[-1] < 0 and abs(gap[-1]) < 0.5 * case.atr
        yield stated(
            closing,
            f"The averages are {abs(gap[-1]):.6g} apart and closing",
            f"The averages are {gap[-1]:+.6g} apart: no {word} cross is near",
            measured,
            definition=told,
            code="" if closing else "other_state",
        )
    elif re.search(r"in force|in place|stands|active|still|remain", says.state):
        yield stated(
            bool(side * gap[-1] > 0),
            f"The fast average stands {gap[-1]:+.6g} from the slow one",
            f"The fast average stands {gap[-1]:+.6g} from the slow one",
            measured,
            definition=told,
            code="" if side * gap[-1] > 0 else "wrong_side",
        )
    elif len(asked):
        yield holds(
            f"The {word} cross came on {dated(bars.session[asked[-1]])}",
            measured,
            definition=told,
            remark="True, and unremarkable: a cross tells of the past two hundred sessions, not of the next ones.",
        )
    else:
        is_near = bool(len(rows) and len(bars) - 1 - rows[-1] <= 5)
        yield (near_miss if is_near else fails)(
            f"No {word} cross between {dated(first)} and {bars.session[-1]}; the last was on"
            f" {last or 'no day of these data'}",
            measured,
            code="earlier" if last else "no_break",
            definition=told,
        )


CROSS = ClaimKind(
    "cross",
    CrossSays,
    judge_cross,
    bare="name",
    subject=("name",),
    aliases=(
        "golden_cross death_cross average_cross moving_average_cross crossover ma_cross dead_cross "
        "averages_cross goldencross deathcross"
    ),
    names={
        "name": "type cross direction kind",
        "fast": "short fast_length",
        "slow": "long slow_length",
        "within": "over window period",
        "state": "status formed",
    },
    prepared=lambda fields, spoken: (
        ({"name": spoken} if re.search(r"golden|death|dead", spoken.lower()) else {}) | fields
    ),
)
