"""Floor pivots: the middle, supports and resistances computed from one bar; classic, Fibonacci, Camarilla, Woodie."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from crosscurrent.audit.case import Case
from crosscurrent.audit.compare import compared, dated, said_of
from crosscurrent.audit.kind import ClaimKind
from crosscurrent.audit.says import Fields, Quote, Says, Words
from crosscurrent.audit.tolerance import Figure
from crosscurrent.audit.verdicts import Part, undecidable
from crosscurrent.errors import RequestError
from crosscurrent.facts.marks import Band

__all__ = ["FLOOR_PIVOTS", "pivots_of"]

NAMES = ("p", "r1", "r2", "r3", "s1", "s2", "s3")
FIBONACCI = (0.382, 0.618, 1.0)
CAMARILLA = (12, 6, 4)


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


def judge(case: Case, says: FloorSays) -> Iterator[Part]:
    """Yield the verdicts on floor pivots: of the bar of the date for the next session, or of the bar before for the session itself."""
    bars = case.traded
    figures = {name: case.price(raw, name).figure for name in NAMES if (raw := getattr(says, name)) is not None}
    if bars.is_close_only or len(bars) < 2:
        yield undecidable(f"{case.market} has closes alone: floor pivots need high and low", code="no_data")
        return
    tried = [
        (pivots_of(float(bars.high[k]), float(bars.low[k]), float(bars.close[k]), says.method), k) for k in (-1, -2)
    ]
    values, at = max(tried, key=lambda one: sum(f.fits(one[0][n]) for n, f in figures.items() if n in one[0]))
    used = "for the next session" if at == -1 else "for the session of the date"
    told = f"{says.method} floor pivots of the bar of {dated(bars.session[at])} of {case.market}, {used}"
    bands = tuple(
        Band(case.back(20), v, v, "level", name.upper()) for name, v in values.items() if name in (*figures, "p")
    )
    for part in said_of(
        _parts(case, figures, values), f"P is {case.show(values['p'])}.", dict(values), definition=told
    ):
        yield part.with_more({}, *bands)


def _parts(case: Case, figures: Mapping[str, Figure], values: Mapping[str, float]) -> Iterator[Part]:
    for name, figure in figures.items():
        if name not in values:
            yield undecidable(f"Floor pivots by that method have no {name.upper()}", code="not_covered")
        else:
            yield compared(figure, values[name], name.upper(), case.show, near=0.02 * case.atr, name=name)


def pivots_of(high: float, low: float, close: float, method: str = "classic") -> Mapping[str, float]:
    """Return the floor pivots of one bar by a named method; `RequestError` for one that is not known."""
    span, p = high - low, (high + low + close) / 3
    if "fib" in method:
        return {"p": p} | _around(p, p, [r * span for r in FIBONACCI])
    if "camarilla" in method:
        return {"p": p} | _around(close, close, [span * 1.1 / d for d in CAMARILLA])
    if "woodie" in method:
        p = (high + low + 2 * close) / 4
        return {"p": p, "r1": 2 * p - low, "s1": 2 * p - high, "r2": p + span, "s2": p - span}
    if not re.search(r"classic|standard|floor|traditional|normal|daily|weekly", method):
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


def _around(above: float, below: float, steps: list[float]) -> dict[str, float]:
    return {f"r{k}": above + s for k, s in enumerate(steps, 1)} | {f"s{k}": below - s for k, s in enumerate(steps, 1)}


def _prepared(fields: Fields, spoken: str) -> Fields:
    """Read method and interval in the kind's own name, and `name: R1, price: 17400` as a price by its name."""
    words = spoken.lower()
    method = next((m for m in ("fibonacci", "camarilla", "woodie") if m[:3] in words), None)
    found: Fields = {"method": method} if method else {}
    found |= {"interval": "1w"} if "week" in words else {}
    named = str(fields.get("method", "")).strip().lower()
    if named in NAMES:
        fields = {k: v for k, v in fields.items() if k not in ("method", "p")} | {named: fields.get("p")}
    return found | fields


FLOOR_PIVOTS = ClaimKind(
    "floor_pivots",
    FloorSays,
    judge,
    bare="p",
    prepared=_prepared,
    subject=("method", "interval"),
    aliases=(
        "floor_pivot pivot pivots pivot_points pivot_point fibonacci_pivots fibonacci_pivot fib_pivots daily_pivots "
        "weekly_pivots camarilla_pivots "
        "classic_pivots woodie_pivots fibonacci_pivot_points floor_trader_pivots"
    ),
    names={
        "p": "pivot pp central middle value price pivot_point",
        "method": "type formula name level variant style",
        "r1": "resistance_1 resistance1 first_resistance",
        "r2": "resistance_2 resistance2 second_resistance",
        "r3": "resistance_3 resistance3",
        "s1": "support_1 support1 first_support",
        "s2": "support_2 support2 second_support",
        "s3": "support_3 support3",
        "interval": "timeframe period",
    },
)
