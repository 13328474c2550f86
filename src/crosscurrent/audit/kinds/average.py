"""Moving averages: their value, which side the price is on, its first close beyond since a day, their slope."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from crosscurrent.audit.case import Case
from crosscurrent.audit.compare import compared, said_of, side_of, stated
from crosscurrent.audit.kind import ClaimKind
from crosscurrent.audit.kinds.average_tests import tested
from crosscurrent.audit.says import Fields, Length, Number, Quote, Says, Words
from crosscurrent.audit.since import Reach, reaching
from crosscurrent.audit.spoken import days_in, prices_in
from crosscurrent.audit.tolerance import spelling
from crosscurrent.audit.verdicts import Measured, Part, fails, undecidable
from crosscurrent.bars.bars import Bars, Floats
from crosscurrent.facts.marks import Segment
from crosscurrent.indicators.averages import average

__all__ = ["AVERAGE"]

UNIT = {"1d": "day", "1w": "week", "1mo": "month"}
CROSSED = re.compile(
    r"(cross|brok|break|moved|push|reclaim|lost|fell|climb|rose|dropp|back)\w* ?(back )?(above|over|below|under|through)?"
)
AVERAGE_FIRST = re.compile(r"(above|over|below|under) (the )?(price|close|market)|^(resistance|support)\b|overhead")
LENGTH = re.compile(
    r"\s*(\d{1,3})[ -]*(day|d|week|w|session|bar|period)?s?[ -]*(simple|exponential)?[ -]*(?:moving )?(sma|ema|ma|dma|average)?\s*"
)
NAMED = re.compile(
    r"(?:(sma|ema|simple|exponential|ma)_?)?(\d{1,3})(?:_?(day|d|week|wk|w))?(?:_?(dma|sma|ema|ma|average|moving_average))?"
)


class AverageSays(Says):
    """A moving average: its length, simple unless said, weekly with `interval`; its value, the price's side of it, how it was tested."""

    length: Length
    method: Words = "simple"
    value: Quote | None = None
    state: Words | None = None
    tested: Words | None = None
    first_close: Words | None = None
    since: Quote | None = None
    slope: Words | None = None
    distance: Number | None = None
    within: Quote | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """The average that a claim speaks of: its values at each bar and its name."""

    values: Floats
    name: str

    @property
    def last(self) -> float:
        """Its value at the last bar."""
        return float(self.values[-1])


def judge(case: Case, says: AverageSays) -> Iterator[Part]:
    """Yield the verdicts on a moving average."""
    n, bars = int(says.length.value), case.traded
    is_ema = bool(re.search(r"exp|ema", says.method))
    line = Line(
        average(bars.close, n, is_ema), f"{n}-{UNIT[case.interval]} {'exponential' if is_ema else 'simple'} average"
    )
    if not np.isfinite(line.values[-1]):
        yield undecidable(f"There are only {len(bars)} bars; the {line.name} is not defined", code="no_data")
        return
    told = f"{line.name} of {case.market}'s closes as charted, {bars.session[-1]}{_on_adjusted(case, n, is_ema, line.last)}"
    measured = {"average": line.last, "close": float(bars.close[-1])}
    for part in said_of(
        _parts(case, says, line), f"The {line.name} is {case.show(line.last)}.", measured, definition=told
    ):
        yield part.with_more(measured, *_drawn(bars, line))


def _parts(case: Case, says: AverageSays, line: Line) -> Iterator[Part]:
    if says.value is not None:
        yield compared(
            case.price(says.value, "average").figure,
            line.last,
            f"The {line.name}",
            case.show,
            near=0.1 * case.atr,
            name="average",
        )
    if says.distance is not None:
        off = 100.0 * (float(case.traded.close[-1]) - line.last) / line.last
        figure = says.distance if says.distance.is_signed else says.distance.turned(float(np.sign(off)))
        yield compared(
            figure, off, f"The distance of the close from the {line.name}", lambda v: f"{v:+.2f}%", name="distance_pct"
        )
    if says.state:
        yield _sided(case, says.state, line)
    if says.slope:
        yield _sloped(says.slope, line)
    if says.first_close:
        yield from _first(case, says, line)
    if says.tested:
        yield tested(case, says.tested, says.within, line.values, line.name)


def _on_adjusted(case: Case, n: int, is_ema: bool, value: float) -> str:
    """Say what prices free of roll gaps give, where it is another average."""
    free = case.adjusted
    if free.basis != "adjusted":
        return ""
    other = float(average(free.close, n, is_ema)[-1]) + float(free.shift[-1])
    return f" (on prices free of roll gaps it is {case.show(other)})" if abs(other - value) > 0.25 * case.atr else ""


def _drawn(bars: Bars, line: Line) -> tuple[Segment, ...]:
    """Return the average's last stretch, for charts that do not draw it of themselves."""
    at = max(len(bars) - 20, 0)
    return (Segment(bars.session[at], float(line.values[at]), bars.session[-1], line.last, "average", line.name),)


def _sided(case: Case, words: str, line: Line) -> Part:
    """Judge the side of the close; "closed above" and its like ask for the crossing itself."""
    close = float(case.traded.close[-1])
    side = side_of(words) or {"r": -1, "s": 1}.get(words[:1], 0) * bool(re.match(r"resistance|support", words))
    if not side:
        return undecidable(f"state: {words[:40]!r} names no side of an average", code="ambiguous")
    if re.search(r"(above|over|below|under) (the )?(price|close|market)", words):
        side = -side
    elif CROSSED.search(words) and not AVERAGE_FIRST.search(words):
        return _crossed(case, words, line, side)
    where = "above" if close > line.last else "below"
    said = f"The close, {case.show(close)}, is {where} the {line.name}, {case.show(line.last)}"
    return stated(
        side * (close - line.last) > 0, said, is_near=abs(close - line.last) <= 0.02 * case.atr, code="wrong_side"
    )


def _crossed(case: Case, words: str, line: Line, side: int) -> Part:
    gap = side * (case.traded.close - line.values)
    is_beyond = bool(gap[-1] > 0)
    before = (
        "undefined" if len(gap) < 2 or not np.isfinite(gap[-2]) else "above" if side * gap[-2] > 0 else "at or below"
    )
    said = f"The close is {case.show(float(case.traded.close[-1]))} against {case.show(line.last)}, the one before was {before} its average"
    return stated(
        bool(is_beyond and len(gap) > 1 and gap[-2] <= 0), said, instead=f"{said}: not {words} that day",
        is_near=is_beyond and bool(np.any(gap[-6:] <= 0)), code="earlier" if is_beyond else "wrong_side",
    )  # fmt: skip


def _sloped(words: str, line: Line) -> Part:
    moved = float(line.values[-1] - line.values[-6]) if len(line.values) > 5 else float("nan")
    wanted = (
        1
        if re.search(r"ris|up|turn(ing|ed) higher", words)
        else -1
        if re.search(r"fall|down|declin|roll", words)
        else 0
    )
    if not wanted:
        return undecidable(f"slope: {words[:40]!r} is neither rising nor falling", {"slope": moved}, code="ambiguous")
    return stated(
        moved * wanted > 0, f"The {line.name} moved {moved:+.6g} over five bars", {"slope": moved}, code="wrong_side"
    )


def _first(case: Case, says: AverageSays, line: Line) -> Iterator[Part]:
    side, bars = side_of(says.first_close or "") or 1, case.traded
    gap, word = side * (bars.close - line.values), "above" if side > 0 else "below"
    beyond = np.flatnonzero(gap[:-1] > 0)
    last = bars.session[beyond[-1]] if len(beyond) else None
    measured: Measured = {"last_before": None if last is None else str(last)}
    if not gap[-1] > 0:
        yield fails(f"The close is not {word} the {line.name}, {case.show(line.last)}", measured, code="wrong_side")
    elif len(beyond) and beyond[-1] == len(bars) - 2:
        yield fails(f"The close before was {word} the {line.name} too", measured, code="earlier")
    else:
        begins = bars.session[np.flatnonzero(np.isfinite(gap))[0]]
        since = says.since or str(last if last is not None else begins)
        yield from reaching(
            case, Reach(f"the first close {word} the {line.name}", last, begins, case.interval), since, None, measured
        )


def _folded(key: str, value: object) -> Fields:
    """Read `sma_200: above`, `50_day: 4,440`, `simple: 200`, `above: sma_200`, `first_close_below_since: 2024-11-25`."""
    first = re.fullmatch(r"first_(?:daily_|weekly_)?close_(above|below)(?:_it)?(_since)?", key)
    if first:
        return {"first_close": first[1]} | ({"since": value} if first[2] else {})
    named = NAMED.fullmatch(key)
    if named and (named[1] or named[3] or named[4]):
        is_ema = "ema" in (named[1], named[4]) or named[1] == "exponential"
        found: Fields = {"length": named[2], "method": "exponential" if is_ema else "simple"}
        found |= {"interval": "1w"} if (named[3] or "").startswith("w") else {}
        return found | ({"value": value} if re.search(r"\d", spelling(value)) else {"state": value})
    if key in ("simple", "sma", "exponential", "ema"):
        return {"length": value, "method": key}
    if key in ("cross", "crossed", "broke", "closed"):
        return {"state": f"{'crossed' if key == 'cross' else key} {spelling(value).lower()}"}
    if key in ("weekly", "daily"):
        return {"length": value, "interval": key}
    if key in ("above", "below", "closed_above", "closed_below", "crossed_above", "crossed_below"):
        words, told = key.replace("_", " "), spelling(value).lower()
        of_average = LENGTH.fullmatch(told.replace("_", " ")) if re.search(r"day|week|ma|average", told) else None
        if of_average:
            return {"state": words, "length": told.replace("_", " ")}
        return {"state": words} | ({} if told in ("true", "yes", "price", "close", "it") else {"value": value})
    return {}


def _prepared(fields: Fields, spoken: str) -> Fields:
    """Read length, method and interval where they are said together: "200-day", "21-week EMA", or in the kind's own name."""
    words = spoken.lower().replace("_", " ")
    found: Fields = {"method": "exponential"} if re.search(r"\bema\b|exponential", words) else {}
    found |= {"interval": "1w"} if "week" in words else {}
    length = spelling(fields.get("length", "")) or next(iter(re.findall(r"\d{1,3}", words)), "")
    told = LENGTH.fullmatch(length.lower().replace("_", " ").removeprefix("sma ").removeprefix("ema "))
    if told:
        found |= {"interval": "1w"} if (told[2] or "").startswith("w") else {}
        found |= (
            {"method": "ema"}
            if told[4] == "ema" or told[3] == "exponential" or length.lower().startswith("ema")
            else {}
        )
    state = spelling(fields.get("state", "")).lower()
    if "first close" in state and "first_close" not in fields:
        fields = {k: v for k, v in fields.items() if k != "state"} | {"first_close": state}
    return found | fields | ({"length": told[1]} if told else {})


def _worded(text: str) -> Fields:
    """Read "closed above its 200-day average for the first time since March", "rebounded off the 200-day"."""
    tidy = text.lower()
    named = re.search(
        r"\b(\d{1,3})[- ]?(day|week|d|w)?s?\b(?:[ -](simple|exponential))?(?:[ -](?:moving )?(sma|ema|dma|ma|average))?",
        tidy,
    )
    if not named:
        return {}
    found: Fields = {"length": named[0]}
    rest = tidy.replace(named[0], " it ")
    side, since, prices = side_of(rest), days_in(rest), prices_in(rest)
    if side and re.search(r"first", rest):
        return found | {"first_close": "above" if side > 0 else "below"} | ({"since": since} if since else {})
    if re.search(r"rebound|bounc|held|respect|test|reject|reclaim|support|resist|brok", rest) and not side:
        return found | {"tested": rest}
    return found | ({"state": tidy} if side else {}) | ({"value": prices[0]} if prices and not side else {})


AVERAGE = ClaimKind(
    "average",
    AverageSays,
    judge,
    bare="length",
    worded=_worded,
    folded=_folded,
    prepared=_prepared,
    subject=("length", "method", "interval"),
    aliases=(
        "moving_average sma ema ma averages simple_moving_average exponential_moving_average dma sma_50 sma_200 sma_20 "
        "sma_100 ema_20 ema_50 ema_200 "
        "50_day_average 200_day_average weekly_average 200_dma 50_dma 200_day 50_day 50_day_moving_average 200_day_moving_average"
    ),
    names={
        "length": "period periods days n window average weeks span lookback",
        "method": "type kind_of ma_type",
        "value": "price level at",
        "state": "position side relation close price_is where",
        "tested": "test reaction action behaviour role acted_as event as",
        "first_close": "first",
        "slope": "trend direction slopes",
        "distance": "pct percent",
        "within": "over",
        "interval": "timeframe frequency",
    },
)
