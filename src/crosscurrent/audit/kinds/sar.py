"""Wilder's parabolic stop: its value, the side of the price it is on, whether it turned."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from crosscurrent.audit.case import Case
from crosscurrent.audit.compare import compared, dated, direction_of, said_of, stated
from crosscurrent.audit.kind import ClaimKind
from crosscurrent.audit.says import Factor, Fields, Quote, Says, Words
from crosscurrent.audit.tolerance import spelling
from crosscurrent.audit.verdicts import Measured, Part, undecidable
from crosscurrent.facts.marks import Point
from crosscurrent.indicators.volatility import sar

__all__ = ["SAR"]

LATELY = 3


class SarSays(Says):
    """Wilder's parabolic stop: its value, the side of the price it is on, whether it turned; 0.02 to 0.2 unless said."""

    value: Quote | None = None
    state: Words | None = None
    acceleration: Factor | None = None
    maximum: Factor | None = None
    within: Quote = "1d"


def judge(case: Case, says: SarSays) -> Iterator[Part]:
    """Yield the verdicts on the parabolic stop."""
    bars = case.traded
    if bars.is_close_only:
        yield undecidable(f"{case.market} has closes alone: the parabolic stop is not defined", code="no_data")
        return
    step, most = says.acceleration.value if says.acceleration else 0.02, says.maximum.value if says.maximum else 0.2
    stop = sar(bars.high, bars.low, step, most)
    if len(bars) < 3 or not np.isfinite(stop[-1]):
        yield undecidable(f"There are only {len(bars)} bars; the parabolic stop is not defined", code="no_data")
        return
    side = np.where(stop <= (bars.high + bars.low) / 2, 1.0, -1.0)
    turned = np.flatnonzero(side[1:] != side[:-1]) + 1
    last = dated(bars.session[turned[-1]]) if len(turned) else None
    value, where = float(stop[-1]), "below" if side[-1] > 0 else "above"
    said = f"The stop stands at {case.show(value)}, {where} the price; it last turned on {last}"
    measured: Measured = {"sar": value, "side": where, "last_flip": last}
    told = f"Wilder's parabolic stop ({step:g}, {most:g}) of {case.market} as charted, {bars.session[-1]}"
    for part in said_of(_parts(case, says, value, side, turned, said), f"{said}.", measured, definition=told):
        yield part.with_more(measured, Point(bars.session[-1], value, "sar", "parabolic stop"))


def _parts(case: Case, says: SarSays, value: float, side: np.ndarray, turned: np.ndarray, said: str) -> Iterator[Part]:
    if says.value is not None:
        yield compared(
            case.price(says.value, "stop").figure,
            value,
            "The parabolic stop",
            case.show,
            near=0.05 * case.atr,
            name="sar",
        )
    if says.state and re.search(r"flip|turn|switch|revers|cross", says.state):
        wanted, last = _wanted(says.state), int(turned[-1]) if len(turned) else -1
        fits = last > 0 and wanted in (0.0, side[-1])
        is_so = fits and case.traded.session[last] >= case.since(says.within, 1)
        yield stated(
            bool(is_so), said, is_near=fits and len(side) - 1 - last <= LATELY, code="earlier" if fits else "wrong_side"
        )
    elif says.state:
        yield _sided(says.state, side, said)


def _sided(words: str, side: np.ndarray, said: str) -> Part:
    wanted = _wanted(words)
    if not wanted:
        return undecidable(f"state: {words[:40]!r} names no side. {said}", code="ambiguous")
    return stated(bool(side[-1] == wanted), said, code="wrong_side")


def _wanted(words: str) -> float:
    """Return 1 for a stop below the price, the bullish one; "price above SAR" says the same from the other end."""
    if re.search(
        r"price (is |stands |remains )?(above|below)|(above|below) (the )?(parabolic|sar|stop|dots?)\b", words
    ):
        return 1.0 if "above" in words else -1.0
    if re.search(r"\bsupport", words) or re.search(r"\b(below|under)\b", words):
        return 1.0
    if re.search(r"\bresist", words) or re.search(r"\b(above|over)\b", words):
        return -1.0
    return float(direction_of(words))


def _folded(key: str, value: object) -> Fields:
    """Read `flipped: bullish`, `below_price: true`, `flip: true`."""
    told = spelling(value).lower()
    if re.match(r"flip|turn|revers", key):
        return {"state": f"flipped {'' if told in ('true', 'yes') else told}".strip()}
    if key in ("below_price", "above_price", "price_above", "price_below", "above", "below", "bullish", "bearish"):
        return {"state": key.replace("_", " ")}
    return {}


SAR = ClaimKind(
    "sar",
    SarSays,
    judge,
    bare="state",
    folded=_folded,
    prepared=lambda fields, spoken: (
        fields | ({"state": f"flipped {fields.get('state', '')}".strip()} if "flip" in spoken.lower() else {})
    ),
    aliases="parabolic_sar parabolic psar sar_flip parabolic_stop stop_and_reverse parabolic_stop_and_reverse",
    names={
        "value": "price level at stop sar",
        "state": "is side position direction status trend",
        "acceleration": "step af",
        "maximum": "max max_af",
        "within": "over window since",
    },
)
