"""Fibonacci retracements and extensions, and floor pivots: prices computed from other prices."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import numpy as np

from crosscurrent.audit.case import Case, Price
from crosscurrent.audit.compare import compared, dated, stated
from crosscurrent.audit.kind import ClaimKind
from crosscurrent.audit.kinds.level import PIERCED, WIDTH, tested_as
from crosscurrent.audit.says import Number, Quote, Says, Words
from crosscurrent.audit.verdicts import Part, fails, near_miss, undecidable
from crosscurrent.errors import RequestError

__all__ = ["FIBONACCI", "FLOOR_PIVOTS"]


class FibonacciSays(Says):
    """A Fibonacci price: the leg from and to (prices or days), the ratio (0.382 or 38.2%), the price it gives, whether it was tested."""

    start: Quote
    end: Quote
    ratio: Number
    price: Quote | None = None
    method: Words = "retracement"
    state: Words | None = None


def judge_fibonacci(case: Case, says: FibonacciSays) -> Iterator[Part]:
    """Yield the verdicts on a Fibonacci price."""
    if says.price is not None:
        case.price(says.price, "price")
    ends = _leg(case, says)
    for price, raw in zip(ends, (says.start, says.end), strict=True):
        yield from _traded_there(case, price, raw)
    a, b = ends[0].value, ends[1].value
    if a == b:
        raise RequestError("start and end of the leg are the same price.")
    ratio = says.ratio.value / 100.0 if says.ratio.unit == "pct" or says.ratio.value > 5 else says.ratio.value
    extends = bool(re.search(r"ext|proj|expan", says.method)) or ratio > 1
    tried = (
        [
            (a + ratio * (b - a), "extension from the start of the leg"),
            (b + ratio * (b - a), "extension beyond its end"),
        ]
        if extends
        else [(b - ratio * (b - a), "retracement from the end of the leg")]
    )
    told = f"{ratio:.3g} of the leg from {case.show(a)} to {case.show(b)} of {case.market}"
    measured: dict[str, float | str | bool | None] = {"price": tried[0][0], "start": a, "end": b, "ratio": ratio}
    if says.price is not None:
        figure = case.price(says.price).figure
        value, how = next(((v, h) for v, h in tried if figure.fits(v)), tried[0])
        part = compared(
            figure,
            value,
            "The Fibonacci price",
            case.show,
            near=0.05 * case.atr,
            definition=f"{told}, {how}",
            name="price",
        )
        remark = (
            "True, and unremarkable: arithmetic on two extremes; bounces at such ratios have not been shown to beat"
            " those at others."
            if part.verdict == "holds"
            else ""
        )
        yield Part(
            part.verdict,
            part.reason,
            {**measured, **part.measured},
            part.code,
            part.definition,
            part.tolerance,
            remark,
        )
    if says.state:
        yield _tested(case, says.state, tried[0][0], told)
    if says.price is None and not says.state:
        yield undecidable(
            f"The claim names no price; the ratio gives {case.show(tried[0][0])}",
            measured,
            code="says_nothing",
            definition=told,
        )


def _leg(case: Case, says: FibonacciSays) -> tuple[Price, Price]:
    """Return both ends; of a day named alone its high or its low, whichever makes the leg with the other end."""
    first, second = (_end(case, raw) for raw in (says.start, says.end))
    if isinstance(first, Price) and isinstance(second, Price):
        return first, second
    if isinstance(first, Price) and not isinstance(second, Price):
        low, high = second
        return first, high if abs(high.value - first.value) > abs(low.value - first.value) else low
    if isinstance(second, Price) and not isinstance(first, Price):
        low, high = first
        return high if abs(high.value - second.value) > abs(low.value - second.value) else low, second
    assert not isinstance(first, Price)
    assert not isinstance(second, Price)
    rises = second[1].value - first[0].value >= first[1].value - second[0].value
    return (first[0], second[1]) if rises else (first[1], second[0])


def _end(case: Case, raw: str) -> Price | tuple[Price, Price]:
    try:
        case.when(raw)
    except RequestError:
        return case.price(raw, "price")
    low, high = case.worded(f"{raw} low"), case.worded(f"{raw} high")
    if low is None or high is None:
        raise RequestError(f"{case.market} has no session on {raw[:40]!r}.")
    return low, high


def _traded_there(case: Case, price: Price, raw: str) -> Iterator[Part]:
    """Yield a near miss or a failure where no bar of the last year turned at an end of the leg."""
    year = case.traded.last(504)
    gap = float(
        min(
            np.abs(year.high - price.value).min(),
            np.abs(year.low - price.value).min(),
            np.abs(year.close - price.value).min(),
        )
    )
    room = max(price.figure.half, case.notation.tick / 2)
    if gap <= room + 1e-9:
        return
    make = near_miss if gap <= 0.1 * case.atr else fails
    yield make(
        f"No bar of two years has its high, low or close at {raw}; the nearest is {gap:.6g} away",
        {"distance": gap},
        code="no_such_extreme",
        tolerance=price.figure.told(),
    )


def _tested(case: Case, words: str, price: float, told: str) -> Part:
    bars = case.traded.last(5)
    room = WIDTH * case.atr
    tests = tested_as("support", bars, price, room, PIERCED * case.atr) | tested_as(
        "resistance", bars, price, room, PIERCED * case.atr
    )
    if re.search(r"broke|lost|below|above|through", words):
        close = float(bars.close[-1])
        side = -1.0 if re.search(r"below|lost", words) else 1.0
        is_so = side * (close - price) > 0
        return stated(
            is_so,
            f"The close is {case.show(close)}",
            f"The close is {case.show(close)}",
            {"close": close},
            definition=told,
            code="" if is_so else "wrong_side",
        )
    n = int(tests.sum())
    said = f"{n} of the last five sessions reached {case.show(price)} and closed back"
    return stated(n > 0, said, said, {"tests": float(n)}, definition=told, code="" if n else "never_tested")


FIBONACCI = ClaimKind(
    "fibonacci",
    FibonacciSays,
    judge_fibonacci,
    subject=("start", "end", "ratio"),
    aliases=(
        "fib fibonacci_retracement fibonacci_extension retracement fib_retracement fibonacci_level "
        "fib_level extension fib_extension"
    ),
    names={
        "start": "from begin low leg_start swing_low",
        "end": "to high leg_end swing_high",
        "price": "level value at",
        "method": "type kind_of",
        "ratio": "retracement extension percent pct fib retraces",
        "state": "tested status",
    },
    prepared=lambda fields, spoken: ({"method": "extension"} if "ext" in spoken.lower() else {}) | fields,
)


class FloorSays(Says):
    """Floor pivots of a bar: the middle, supports and resistances; classic unless said (fibonacci, camarilla, woodie)."""

    p: Quote | None = None
    r1: Quote | None = None
    r2: Quote | None = None
    r3: Quote | None = None
    s1: Quote | None = None
    s2: Quote | None = None
    s3: Quote | None = None
    method: Words = "classic"
    state: Words | None = None


NAMES = ("p", "r1", "r2", "r3", "s1", "s2", "s3")


def judge_floor(case: Case, says: FloorSays) -> Iterator[Part]:
    """Yield the verdicts on floor pivots: of the bar of the date for the next session, or of the bar before for the session itself."""
    bars = case.traded
    claimed = {name: raw for name in NAMES if (raw := getattr(says, name)) is not None}
    figures = {name: case.price(raw, name).figure for name, raw in claimed.items()}
    if bars.is_close_only or len(bars) < 2:
        yield undecidable(f"{case.market} has closes alone: floor pivots need high and low", code="no_data")
        return
    tried = [
        (
            pivots_of(float(bars.high[k]), float(bars.low[k]), float(bars.close[k]), says.method),
            f"{says.method} floor pivots of the bar of {dated(bars.session[k])}",
        )
        for k in (-1, -2)
    ]
    if not figures:
        values, told = tried[0]
        yield undecidable(
            f"The claim names no price; P is {case.show(values['p'])}",
            dict(values),
            code="says_nothing",
            definition=told,
        )
        return
    values, told = max(tried, key=lambda one: sum(f.fits(one[0][n]) for n, f in figures.items() if n in one[0]))
    told += f" of {case.market}" + (
        "; the usual reading is the bar before the session they are used in"
        if values is tried[1][0]
        else ", for the next session"
    )
    for name, figure in figures.items():
        if name not in values:
            yield undecidable(f"{says.method} floor pivots have no {name.upper()}", code="not_covered")
            continue
        yield compared(figure, values[name], name.upper(), case.show, near=0.02 * case.atr, definition=told, name=name)


def pivots_of(high: float, low: float, close: float, method: str = "classic") -> Mapping[str, float]:
    """Return the floor pivots of one bar by a named method; `RequestError` for one that is not known."""
    span = high - low
    p = (high + low + close) / 3
    if "fib" in method:
        return (
            {"p": p}
            | {f"r{k}": p + r * span for k, r in enumerate((0.382, 0.618, 1.0), 1)}
            | {f"s{k}": p - r * span for k, r in enumerate((0.382, 0.618, 1.0), 1)}
        )
    if "camarilla" in method:
        return (
            {"p": p}
            | {f"r{k}": close + span * 1.1 / d for k, d in enumerate((12, 6, 4), 1)}
            | {f"s{k}": close - span * 1.1 / d for k, d in enumerate((12, 6, 4), 1)}
        )
    if "woodie" in method:
        p = (high + low + 2 * close) / 4
        return {"p": p, "r1": 2 * p - low, "s1": 2 * p - high, "r2": p + span, "s2": p - span}
    if not re.search(r"classic|standard|floor|traditional|normal", method):
        raise RequestError(
            f"method: {method[:40]!r} is no floor pivot here; known are classic, fibonacci, camarilla, woodie."
        )
    return {
        "p": p,
        "r1": 2 * p - low,
        "s1": 2 * p - high,
        "r2": p + span,
        "s2": p - span,
        "r3": high + 2 * (p - low),
        "s3": low - 2 * (high - p),
    }


FLOOR_PIVOTS = ClaimKind(
    "floor_pivots",
    FloorSays,
    judge_floor,
    bare="p",
    subject=("method", "interval"),
    aliases=(
        "floor_pivot pivot pivots pivot_points pivot_point fibonacci_pivots fibonacci_pivot fib_pivots "
        "daily_pivots weekly_pivots camarilla_pivots"
    ),
    names={
        "p": "pivot pp central middle value price pivot_point",
        "method": "type formula",
        "r1": "resistance_1 resistance1",
        "r2": "resistance_2 resistance2",
        "r3": "resistance_3",
        "s1": "support_1 support1",
        "s2": "support_2 support2",
        "s3": "support_3",
        "interval": "timeframe period",
    },
    prepared=lambda fields, spoken: (
        (
            {"method": "fibonacci"}
            if "fib" in spoken.lower()
            else {"method": "camarilla"}
            if "camarilla" in spoken.lower()
            else {}
        )
        | ({"interval": "1w"} if "week" in spoken.lower() else {})
        | fields
    ),
)
