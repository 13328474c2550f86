"""ADX (Wilder): its value, whether it tells of a trend, and which directional line leads."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import numpy as np

from crosscurrent.audit.case import Case
from crosscurrent.audit.compare import first_that_fits, plain_number, said_of, stated
from crosscurrent.audit.kind import ClaimKind
from crosscurrent.audit.kinds.readings import fold_state, moved_to_state, on_both_bases, placed
from crosscurrent.audit.says import Fields, Length, Number, Says, Text
from crosscurrent.audit.tolerance import Figure
from crosscurrent.audit.verdicts import Part, undecidable
from crosscurrent.bars.bars import Bars, Floats
from crosscurrent.indicators.momentum import adx, minus_di, plus_di

__all__ = ["ADX"]

BOUNDS = {
    "strong": (25.0, 1),
    "no trend": (20.0, -1),
    "not trending": (20.0, -1),
    "trendless": (20.0, -1),
    "weak": (20.0, -1),
    "rang": (20.0, -1),
    "trend": (25.0, 1),
}
LEADS = re.compile(r"\+ ?di|plus di|bullish|bulls|(?P<minus>minus di|(?<!\+)-? ?\bdi-|-di|bearish|bears)")


class AdxSays(Says):
    """ADX (Wilder): its value, whether it tells of a trend (above 25 unless said), and which directional line leads."""

    value: Number | None = None
    state: Text | None = None
    length: Length | None = None
    plus_di: Number | None = None
    minus_di: Number | None = None


def judge(case: Case, says: AdxSays) -> Iterator[Part]:
    """Yield the verdicts on ADX."""
    bars, n = case.traded, int(says.length.value) if says.length else 14
    if bars.is_close_only:
        yield undecidable(f"{case.market} has closes alone: ADX is not defined", code="no_data")
        return
    values = adx(bars.high, bars.low, bars.close, n)
    if not len(values) or not np.isfinite(values[-1]):
        yield undecidable(f"There are only {len(values)} bars; ADX is not defined", code="no_data")
        return
    told = f"Wilder's ADX of {n} bars of {case.market}, {case.session}"
    now = float(values[-1])
    yield from said_of(_parts(case, says, n, values), f"ADX is {plain_number(now)}.", {"adx": now}, definition=told)


def _parts(case: Case, says: AdxSays, n: int, values: Floats) -> Iterator[Part]:
    lines: tuple[tuple[str, Figure | None, Callable[[Bars], Floats]], ...] = (
        ("ADX", says.value, lambda b: adx(b.high, b.low, b.close, n)),
        ("+DI", says.plus_di, lambda b: plus_di(b.high, b.low, b.close, n)),
        ("-DI", says.minus_di, lambda b: minus_di(b.high, b.low, b.close, n)),
    )
    for name, figure, line in lines:
        if figure is not None:
            yield first_that_fits(
                figure, on_both_bases(case, line), name, name={"+DI": "plus_di", "-DI": "minus_di"}.get(name, "adx")
            )
    if says.state:
        words = says.state.lower()
        lead = LEADS.search(words)
        leads = lead is not None and not re.search(r"\d", words)
        yield _led(case, n, -1 if lead and lead["minus"] else 1) if leads else placed(words, values, BOUNDS, "ADX")


def _led(case: Case, n: int, side: int) -> Part:
    bars = case.traded
    plus, minus = (float(line(bars.high, bars.low, bars.close, n)[-1]) for line in (plus_di, minus_di))
    said = f"+DI is {plain_number(plus)}, -DI {plain_number(minus)}"
    return stated(side * (plus - minus) > 0, said, {"plus_di": plus, "minus_di": minus}, code="wrong_side")


def _folded(key: str, value: object) -> Fields:
    if key in ("trending", "strong_trend"):
        return {"state": "trend" if str(value).lower() in ("true", "yes") else "no trend"}
    return fold_state(key, value)


ADX = ClaimKind(
    "adx",
    AdxSays,
    judge,
    bare="value",
    worded=lambda text: {"value": text} if re.fullmatch(r"[^a-z]*\d[\d.]*", text.lower()) else {"state": text},
    prepared=lambda fields, spoken: moved_to_state(fields, "value"),
    folded=_folded,
    subject=("length",),
    aliases="directional_movement average_directional_index dmi adx_14 trend_strength directional_index",
    names={
        "state": "is status trend direction strength",
        "value": "reading level at adx",
        "length": "period n",
        "plus_di": "di_plus di",
        "minus_di": "di_minus",
    },
)
