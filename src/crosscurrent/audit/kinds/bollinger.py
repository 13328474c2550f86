"""Bollinger bands: their values, where the close or the bar stands, a squeeze."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from crosscurrent.audit.case import Case
from crosscurrent.audit.compare import compared, said_of, side_of, stated
from crosscurrent.audit.kind import ClaimKind
from crosscurrent.audit.says import Factor, Fields, Length, Quote, Says, Words
from crosscurrent.audit.tolerance import spelling
from crosscurrent.audit.verdicts import Part, undecidable
from crosscurrent.bars.bars import Floats
from crosscurrent.facts.marks import Segment
from crosscurrent.indicators.volatility import bollinger

__all__ = ["BOLLINGER"]

HALF_A_YEAR = 125
NARROW, NARROWISH = 0.1, 0.2
"""A squeeze is among the narrowest tenth of half a year; among the narrowest fifth it is a near miss."""


class BollingerSays(Says):
    """Bollinger bands (20 bars, two deviations unless said): their values, where the close or the bar stands, a squeeze."""

    upper: Quote | None = None
    middle: Quote | None = None
    lower: Quote | None = None
    state: Words | None = None
    length: Length | None = None
    deviations: Factor | None = None


@dataclass(frozen=True, slots=True)
class Bands:
    """The three lines at each bar."""

    upper: Floats
    middle: Floats
    lower: Floats

    def last(self, name: str) -> float:
        """Return a line's value at the last bar."""
        return float(getattr(self, name)[-1])


def judge(case: Case, says: BollingerSays) -> Iterator[Part]:
    """Yield the verdicts on Bollinger bands."""
    n, k = int(says.length.value) if says.length else 20, says.deviations.value if says.deviations else 2.0
    bands, bars = Bands(*bollinger(case.traded.close, n, k, k)), case.traded
    if len(bars) < 2 or not np.isfinite(bands.last("upper")):
        yield undecidable(f"There are only {len(bars)} bars; the bands are not defined", code="no_data")
        return
    told = f"Bollinger bands of {n} closes and {k:g} deviations (of the population) of {case.market} as charted, {bars.session[-1]}"
    measured = {name: bands.last(name) for name in ("upper", "middle", "lower")} | {"close": float(bars.close[-1])}
    for part in said_of(_parts(case, says, bands), f"{_said(case, bands)}.", measured, definition=told):
        yield part.with_more(measured, *_drawn(case, bands))


def _parts(case: Case, says: BollingerSays, bands: Bands) -> Iterator[Part]:
    for name in ("upper", "middle", "lower"):
        raw = getattr(says, name)
        if raw is not None:
            yield compared(
                case.price(raw, "band").figure,
                bands.last(name),
                f"The {name} band",
                case.show,
                near=0.05 * case.atr,
                name=name,
            )
    if says.state and re.search(r"squeez|narrow|contract|tight|expand|widen", says.state):
        yield _width(says.state, bands)
    elif says.state:
        yield _placed(case, says.state, bands)


def _said(case: Case, bands: Bands) -> str:
    lines = [case.show(bands.last(name)) for name in ("lower", "middle", "upper")]
    return f"The close is {case.show(float(case.traded.close[-1]))}, the bands stand at {lines[0]}, {lines[1]} and {lines[2]}"


def _drawn(case: Case, bands: Bands) -> Iterator[Segment]:
    days, at = case.traded.session, max(len(case.traded) - 10, 0)
    for name in ("upper", "lower"):
        line = getattr(bands, name)
        if np.isfinite(line[at]):
            yield Segment(days[at], float(line[at]), days[-1], float(line[-1]), "bollinger", f"{name} band")


def _width(words: str, bands: Bands) -> Part:
    width = (bands.upper - bands.lower)[-HALF_A_YEAR:]
    if re.search(r"expand|widen", words):
        return stated(
            bool(width[-1] > width[-2]),
            f"The bands are {width[-1]:.6g} wide after {width[-2]:.6g}",
            {"width": float(width[-1])},
        )
    share = float(np.mean(width <= width[-1]))
    said = f"{share:.0%} of half a year's bands were as narrow or narrower"
    tolerance = f"among the narrowest {NARROW:.0%} of half a year"
    return stated(share <= NARROW, said, {"width": float(width[-1])}, is_near=share <= NARROWISH, tolerance=tolerance)


def _placed(case: Case, words: str, bands: Bands) -> Part:
    """Judge where the close stands, or whether the bar's range reached a band."""
    bars, said = case.traded, _said(case, bands)
    close, high, low = (float(v[-1]) for v in (bars.close, bars.high, bars.low))
    name = (
        "upper"
        if re.search(r"upper|top", words)
        else "lower"
        if re.search(r"lower|bottom", words)
        else "middle"
        if re.search(r"mid|average|centre", words)
        else ""
    )
    if re.search(r"within|inside|between", words):
        return stated(bands.last("lower") <= close <= bands.last("upper"), said, code="wrong_side")
    if re.search(r"outside", words) and not name:
        return stated(not bands.last("lower") <= close <= bands.last("upper"), said, code="wrong_side")
    side = side_of(words) or {"upper": 1, "lower": -1}.get(name, 0) * bool(
        re.search(r"outside|beyond|broke|break|pierc|pop", words)
    )
    name = name or {1: "upper", -1: "lower"}.get(side, "")
    if not name:
        return undecidable(
            f"state: {words[:40]!r} is no state of the bands that is known here. {said}", code="ambiguous"
        )
    line = bands.last(name)
    if side and not re.search(r"traded|intraday|touch|tag", words):
        return stated(
            side * (close - line) > 0,
            said,
            instead=f"{said}: not {words}",
            is_near=abs(close - line) <= 0.02 * case.atr,
            code="wrong_side",
        )
    reached = high >= line if name == "upper" else low <= line if name == "lower" else low <= line <= high
    gap = line - high if name == "upper" else low - line if name == "lower" else max(low - line, line - high)
    missed = f"{said}: not reached, high {case.show(high)}, low {case.show(low)}"
    return stated(bool(reached), said, instead=missed, is_near=gap <= 0.05 * case.atr, code="never_tested")


def _folded(key: str, value: object) -> Fields:
    """Read `above: upper`, `squeeze: true`, `outside: true`."""
    told = spelling(value).lower()
    if key in ("squeeze", "outside", "inside", "expansion"):
        return {"state": {"expansion": "expanding"}.get(key, key)}
    return (
        {"state": f"{key.replace('_', ' ')} {told} band"}
        if re.search(r"above|below|touch|tag|outside|reached|test|pierc", key)
        else {}
    )


def _prepared(fields: Fields, spoken: str) -> Fields:
    """Read a band of which words are said (`upper: closed above`) as a state, and `squeeze` in the kind's own name."""
    found: Fields = {"state": "squeeze"} if "squeeze" in spoken.lower() else {}
    for name in ("upper", "lower", "middle"):
        told = spelling(fields.get(name, ""))
        if told and not re.search(r"\d", told):
            fields = {k: v for k, v in fields.items() if k != name} | {"state": f"{told} {name} band"}
    return found | fields


BOLLINGER = ClaimKind(
    "bollinger",
    BollingerSays,
    judge,
    bare="state",
    prepared=_prepared,
    folded=_folded,
    subject=("length",),
    aliases="bollinger_band bollinger_bands bbands bands bollinger_break bollinger_squeeze squeeze",
    names={
        "upper": "top upper_band band_upper",
        "lower": "lower_band bottom band_lower",
        "middle": "mid middle_band basis_line centre",
        "state": "is close position price status width bandwidth event closed band",
        "length": "period n",
        "deviations": "std sigma stdev k mult multiplier",
    },
)
