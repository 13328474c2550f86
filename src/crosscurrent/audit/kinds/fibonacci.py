"""Fibonacci retracements and extensions: a price computed from the two ends of a leg."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from crosscurrent.audit.case import Case, Price
from crosscurrent.audit.compare import compared, said_of, side_of, stated
from crosscurrent.audit.kind import ClaimKind
from crosscurrent.audit.kinds.level import PIERCED, WIDTH, tested_as
from crosscurrent.audit.says import Number, Quote, Says, Words
from crosscurrent.audit.verdicts import Part, fails, near_miss
from crosscurrent.errors import RequestError
from crosscurrent.facts.marks import Band, Mark

__all__ = ["FIBONACCI"]

LATELY = 5
DULL = "True, and unremarkable: arithmetic on two extremes; bounces at such ratios have not been shown to beat those at others."


class FibonacciSays(Says):
    """A Fibonacci price: the leg from and to (prices or days), the ratio (0.382 or 38.2%), the price it gives, whether it was tested."""

    start: Quote
    end: Quote
    ratio: Number
    price: Quote | None = None
    method: Words = "retracement"
    state: Words | None = None


@dataclass(frozen=True, slots=True)
class Leg:
    """The move that is divided."""

    start: Price
    end: Price
    ratio: float

    def tried(self, extends: bool) -> list[tuple[float, str]]:
        """Return the prices that the ratio may mean, the usual convention first."""
        a, b = self.start.value, self.end.value
        if not extends:
            return [(b - self.ratio * (b - a), "retracement from the end of the leg")]
        return [
            (a + self.ratio * (b - a), "extension from the start of the leg"),
            (b + self.ratio * (b - a), "extension beyond its end"),
        ]


def judge(case: Case, says: FibonacciSays) -> Iterator[Part]:
    """Yield the verdicts on a Fibonacci price."""
    if says.price is not None:
        case.price(says.price, "price")
    leg = Leg(*_ends(case, says), _ratio(says))
    if leg.start.value == leg.end.value:
        raise RequestError("start and end of the leg are the same price.")
    tried = leg.tried(bool(re.search(r"ext|proj|expan", says.method)) or leg.ratio > 1)
    start, end = case.show(leg.start.value), case.show(leg.end.value)
    told = f"{leg.ratio:.3g} of the leg from {start} to {end} of {case.market}"
    measured = {"price": tried[0][0], "start": leg.start.value, "end": leg.end.value, "ratio": leg.ratio}
    for part in said_of(
        _parts(case, says, leg, tried), f"The ratio gives {case.show(tried[0][0])}.", measured, definition=told
    ):
        yield part.with_more(measured, *_drawn(case, leg, tried[0][0]))


def _parts(case: Case, says: FibonacciSays, leg: Leg, tried: list[tuple[float, str]]) -> Iterator[Part]:
    for price, raw in ((leg.start, says.start), (leg.end, says.end)):
        if price.told == "":
            yield from _traded_there(case, price, raw)
    if says.price is not None:
        figure = case.price(says.price).figure
        value, how = next(((v, h) for v, h in tried if figure.fits(v)), tried[0])
        part = compared(
            figure, value, "The Fibonacci price", case.show, near=0.05 * case.atr, name="price", definition=how
        )
        yield Part(
            part.verdict,
            part.reason,
            part.measured,
            part.code,
            part.definition,
            part.tolerance,
            DULL if part.verdict == "holds" else "",
        )
    if says.state:
        yield _tested(case, says.state, tried[0][0])


def _ratio(says: FibonacciSays) -> float:
    return says.ratio.value / 100.0 if says.ratio.unit == "pct" or says.ratio.value > 5 else says.ratio.value


def _ends(case: Case, says: FibonacciSays) -> tuple[Price, Price]:
    """Return both ends; of a day named alone its high or its low, whichever makes the leg with the other end."""
    first, second = (_end(case, raw) for raw in (says.start, says.end))
    if len(first) == 1 and len(second) == 1:
        return first[0], second[0]
    pairs = [(a, b) for a in first for b in second]
    return max(pairs, key=lambda p: abs(p[1].value - p[0].value))


def _end(case: Case, raw: str) -> tuple[Price, ...]:
    """Return the price that a text names, or the low and the high of the days it names."""
    try:
        case.when(raw)
    except RequestError:
        return (case.price(raw, "price"),)
    found = tuple(p for p in (case.worded(f"{raw} low"), case.worded(f"{raw} high")) if p is not None)
    if not found:
        raise RequestError(f"{case.market} has no session on {raw[:40]!r}.")
    return found


def _traded_there(case: Case, price: Price, raw: str) -> Iterator[Part]:
    """Yield a near miss or a failure where no bar turned or closed at an end of the leg."""
    bars = case.traded
    gap = float(min(np.abs(column - price.value).min() for column in (bars.high, bars.low, bars.close)))
    room = max(price.figure.half, case.notation.tick / 2)
    if gap <= room + 1e-9:
        return
    make = near_miss if gap <= 0.1 * case.atr else fails
    told = f"No bar has its high, low or close at {raw}; the nearest is {gap:.6g} away"
    yield make(told, {"distance": gap}, code="no_such_extreme", tolerance=price.figure.told())


def _drawn(case: Case, leg: Leg, price: float) -> Iterator[Mark]:
    since = case.back(60)
    for value, label in (
        (leg.start.value, "start of the leg"),
        (leg.end.value, "end of the leg"),
        (price, f"{leg.ratio:.3g} of it"),
    ):
        yield Band(since, value, value, "level", label)


def _tested(case: Case, words: str, price: float) -> Part:
    bars = case.traded.last(LATELY)
    if side_of(words) or re.search(r"brok|lost|through", words):
        close, side = float(bars.close[-1]), side_of(words) or -1
        return stated(
            side * (close - price) > 0, f"The close is {case.show(close)}", {"close": close}, code="wrong_side"
        )
    room = (WIDTH * case.atr, PIERCED * case.atr)
    n = int((tested_as("support", bars, price, *room) | tested_as("resistance", bars, price, *room)).sum())
    said = f"{n} of the last {LATELY} sessions reached {case.show(price)} and closed back"
    return stated(n > 0, said, {"tests": float(n)}, code="never_tested")


FIBONACCI = ClaimKind(
    "fibonacci",
    FibonacciSays,
    judge,
    prepared=lambda fields, spoken: ({"method": "extension"} if "ext" in spoken.lower() else {}) | fields,
    subject=("start", "end", "ratio"),
    aliases=(
        "fib fibonacci_retracement fibonacci_extension retracement fib_retracement fibonacci_level fib_level extension fib_extension"
    ),
    names={
        "start": "from begin low leg_start swing_low begins leg_from",
        "end": "to high leg_end swing_high ends leg_to",
        "price": "level value at gives",
        "method": "type kind_of",
        "ratio": "retracement extension percent pct fib retraces",
        "state": "tested status",
    },
)
