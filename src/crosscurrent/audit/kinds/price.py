"""Plain prices: where a market closed, opened, or how high and low it traded; and how far that is from a record."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from crosscurrent.audit.case import Case
from crosscurrent.audit.compare import compared, dated, stated
from crosscurrent.audit.kind import ClaimKind
from crosscurrent.audit.says import Number, Quote, Says, Words
from crosscurrent.audit.verdicts import Part, undecidable

__all__ = ["DISTANCE", "PRICE"]

AT_RECORD = 0.05


class PriceSays(Says):
    """A close, open, high or low of the session; or which side of a price it closed on."""

    close: Quote | None = None
    open: Quote | None = None
    high: Quote | None = None
    low: Quote | None = None
    above: Quote | None = None
    below: Quote | None = None


def judge_price(case: Case, says: PriceSays) -> Iterator[Part]:
    """Yield whether the bar shows the prices claimed."""
    bars = case.traded
    told = _source(case)
    for name in ("close", "open", "high", "low"):
        raw = getattr(says, name)
        if raw is None:
            continue
        if name != "close" and bars.is_close_only:
            yield undecidable(f"{case.market} has closes alone; its {name} is not known", code="no_data")
            continue
        yield compared(
            case.price(raw, name).figure,
            float(getattr(bars, name)[-1]),
            f"The {name}",
            case.show,
            near=0.1 * case.atr,
            definition=told,
            name=name,
        )
    for side, raw in ((1, says.above), (-1, says.below)):
        if raw is not None:
            level, close = case.price(raw).value, float(bars.close[-1])
            word = "above" if side > 0 else "below"
            is_so = side * (close - level) > 0
            yield stated(
                is_so,
                f"The close, {case.show(close)}, is {word} {raw}",
                f"The close, {case.show(close)}, is not {word} {raw}",
                {"close": close},
                definition=told,
                code="" if is_so else "wrong_side",
                is_near=abs(close - level) <= case.notation.tick,
            )


def _source(case: Case) -> str:
    bars = case.traded
    what = (
        "the close of a future is its settlement, where others show the last trade"
        if bars.instrument.is_future
        else "as the data have it"
    )
    return f"{case.market}, the {bars.interval} bar of {bars.session[-1]}, as charted; {what}"


PRICE = ClaimKind(
    "price",
    PriceSays,
    judge_price,
    bare="close",
    subject=(),
    aliases="close closed settlement settled quote prices ohlc yield yield_level closing_price price_level_at_close",
    names={
        "close": "value price closed_at closed settle settled settlement last at yield",
        "open": "opened opened_at",
        "high": "peak highest session_high",
        "low": "session_low lowest",
        "above": "closed_above over close_above",
        "below": "closed_below under close_below",
    },
)


class DistanceSays(Says):
    """How far the close is from a record or 52-week extreme, in per cent or points; or that it is at one."""

    of: Words = "record high"
    on: Words | None = None
    percent: Number | None = None
    points: Number | None = None
    at: Words | None = None
    price: Quote | None = None
    within: Number | None = None


def judge_distance(case: Case, says: DistanceSays) -> Iterator[Part]:
    """Yield whether the close is as far from its record as claimed."""
    words = f"{says.of} {says.on or ''}"
    is_low, is_year = bool(re.search(r"\blow|bottom|trough", words)), bool(re.search(r"52|year|12.?month", words))
    is_close = "clos" in words or case.traded.is_close_only
    bars = case.traded.last(252) if is_year else case.traded
    values = bars.close if is_close else bars.low if is_low else bars.high
    at = int(np.argmin(values) if is_low else np.argmax(values))
    record, close = float(values[at]), float(bars.close[-1])
    gone = 100.0 * (close - record) / record if record > 0 else float("nan")
    what = f"{'52-week' if is_year else 'record'} {'closing ' if is_close else ''}{'low' if is_low else 'high'}"
    told = (
        f"close of {bars.session[-1]} against the {what} of {case.market} in the data, {case.show(record)} on"
        f" {dated(bars.session[at])} (data from {bars.session[0]})"
    )
    measured: dict[str, float | str | bool | None] = {
        "distance_pct": gone,
        "record": record,
        "record_on": str(bars.session[at]),
        "close": close,
    }
    if says.price is not None:
        yield compared(
            case.price(says.price).figure,
            record,
            f"The {what}",
            case.show,
            near=0.1 * case.atr,
            definition=told,
            name="record",
        )
    if says.percent is not None:
        size = says.percent.turned(1.0)
        yield _with(
            compared(
                size,
                abs(gone),
                f"The distance to the {what}",
                lambda v: f"{v:.2f}%",
                definition=told,
                name="distance",
            ),
            measured,
        )
    if says.within is not None:
        near = says.within.turned(1.0)
        yield stated(
            abs(gone) <= near.value + near.half,
            f"The close is {abs(gone):.2f}% from the {what}",
            f"The close is {abs(gone):.2f}% from the {what}, not within {near.text}",
            measured,
            definition=told,
            code="" if abs(gone) <= near.value + near.half else "other_value",
        )
    if says.points is not None:
        yield _with(
            compared(
                says.points.turned(1.0),
                abs(close - record),
                f"The distance to the {what}",
                lambda v: f"{v:.6g}",
                definition=told,
                name="distance_points",
            ),
            measured,
        )
    if says.at is not None:
        wanted = says.at not in ("no", "false", "not")
        is_at = at == len(bars) - 1 or (is_close and abs(gone) < 1e-9)
        yield stated(
            is_at == wanted,
            f"The session {'set' if is_at else 'did not set'} a {what}",
            f"The session {'set' if is_at else 'did not set'} a {what}: {case.show(record)} on"
            f" {dated(bars.session[at])} stands",
            measured,
            definition=told,
            is_near=not is_at and abs(gone) <= AT_RECORD,
            code="" if is_at == wanted else "other_value",
        )
    if says.price is None and says.percent is None and says.points is None and says.at is None and says.within is None:
        yield undecidable(
            f"The claim names no distance; the close is {abs(gone):.2f}% from the {what}",
            measured,
            code="says_nothing",
            definition=told,
        )


def _with(part: Part, measured: dict[str, float | str | bool | None]) -> Part:
    return Part(
        part.verdict,
        part.reason,
        {**measured, **part.measured},
        part.code,
        part.definition,
        part.tolerance,
        part.remark,
    )


def _prepared(fields: dict[str, object], spoken: str) -> dict[str, object]:
    """Let the kind's own name say what it is at: `record_high`, `new_high`, `52_week_low`."""
    words = re.sub(r"[\s_-]+", " ", spoken.lower())
    if re.search(r"high|low", words) and "distance" not in words:
        found: dict[str, object] = {"of": words}
        if not set(fields) & {"percent", "points", "within", "at", "price"}:
            found["at"] = "true"
        return found | fields
    state = fields.get("at")
    if isinstance(state, str) and re.search(r"high|low", state):
        return {"of": state} | {k: v for k, v in fields.items() if k != "at"} | {"at": "true"}
    return fields


DISTANCE = ClaimKind(
    "distance",
    DistanceSays,
    judge_distance,
    bare="percent",
    prepared=_prepared,
    subject=("of", "on"),
    aliases=(
        "distance_from_record distance_from_high distance_from_low drawdown record record_high record_low "
        "off_record all_time_high new_high new_low record_close 52_week_high 52_week_low from_record "
        "below_record distance_to_record"
    ),
    names={
        "of": "from record reference extreme what to",
        "percent": "pct distance distance_pct below above value by off per_cent percent_below percent_above drawdown",
        "at": "state is new set",
        "points": "distance_points pts",
        "on": "basis_of closes measured_on",
        "within": "within_pct",
        "price": "record_price level",
    },
)
