"""How far the close is from a record or a 52-week extreme, or that it is at one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from crosscurrent.audit.case import Case
from crosscurrent.audit.compare import compared, dated, is_no, said_of, stated
from crosscurrent.audit.kind import ClaimKind
from crosscurrent.audit.says import Fields, Number, Quote, Says, Words
from crosscurrent.audit.spoken import figure_in
from crosscurrent.audit.tolerance import spelling
from crosscurrent.audit.verdicts import Measured, Part

__all__ = ["DISTANCE"]

AT_RECORD = 0.05
"""So near to a record, in per cent, that setting none is a near miss."""
YEAR = 252


class DistanceSays(Says):
    """How far the close is from a record or 52-week extreme, in per cent or points; or that it is at one."""

    of: Words = "record high"
    on: Words | None = None
    percent: Number | None = None
    points: Number | None = None
    at: Words | None = None
    price: Quote | None = None
    within: Number | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """An extreme of all bars or of a year, and how far the close is from it."""

    what: str
    value: float
    on: np.datetime64
    is_set: bool
    close: float

    @property
    def gone(self) -> float:
        """The distance of the close, in per cent of the extreme; NaN where that has no meaning."""
        return 100.0 * (self.close - self.value) / self.value if self.value > 0 else float("nan")


def judge(case: Case, says: DistanceSays) -> Iterator[Part]:
    """Yield whether the close is as far from its record as claimed: the record in trade, or of closes where that fits and none is named."""
    tried = [list(_told(case, says, record)) for record in _records(case, f"{says.of} {says.on or ''}")]
    yield from next((parts for parts in tried if all(p.verdict == "holds" for p in parts)), tried[0])


def _records(case: Case, words: str) -> list[Record]:
    is_low, is_year = bool(re.search(r"\blow|bottom|trough", words)), bool(re.search(r"52|year|12.?month", words))
    on_close = "clos" in words or case.traded.is_close_only
    columns = ["close"] if on_close else ["trade"] if "intraday" in words else ["trade", "close"]
    return [_record(case, is_low, is_year, column) for column in columns]


def _record(case: Case, is_low: bool, is_year: bool, column: str) -> Record:
    bars = case.traded.last(YEAR) if is_year else case.traded
    values = bars.close if column == "close" else bars.low if is_low else bars.high
    at = int(np.argmin(values) if is_low else np.argmax(values))
    what = (
        f"{'52-week' if is_year else 'record'} {'closing ' if column == 'close' else ''}{'low' if is_low else 'high'}"
    )
    is_set = at == len(bars) - 1 or values[at] == values[-1]
    return Record(what, float(values[at]), bars.session[at], bool(is_set), float(bars.close[-1]))


def _told(case: Case, says: DistanceSays, record: Record) -> Iterator[Part]:
    begins = case.traded.session[0]
    told = f"close of {case.session} against the {record.what} of {case.market}, {case.show(record.value)} on {dated(record.on)} (data from {begins})"
    measured: Measured = {
        "distance_pct": record.gone,
        "record": record.value,
        "record_on": dated(record.on),
        "close": record.close,
    }
    what = f"The close is {abs(record.gone):.2f}% from the {record.what}."
    for part in said_of(_parts(case, says, record), what, measured, definition=told):
        yield part.with_more(measured)


def _parts(case: Case, says: DistanceSays, record: Record) -> Iterator[Part]:
    gone = abs(record.gone)
    if says.price is not None:
        yield compared(
            case.price(says.price).figure,
            record.value,
            f"The {record.what}",
            case.show,
            near=0.1 * case.atr,
            name="record",
        )
    if says.percent is not None:
        yield compared(
            says.percent.turned(1.0), gone, f"The distance to the {record.what}", lambda v: f"{v:.2f}%", name="distance"
        )
    if says.points is not None:
        away = abs(record.close - record.value)
        yield compared(
            says.points.turned(1.0),
            away,
            f"The distance to the {record.what}",
            lambda v: f"{v:.6g}",
            name="distance_points",
        )
    if says.within is not None:
        most = says.within.turned(1.0)
        is_so = gone <= most.value + most.half
        yield stated(
            is_so, f"The close is {gone:.2f}% from the {record.what}, claimed within {most.text}", code="other_value"
        )
    if says.at is not None:
        said = f"The session {'set' if record.is_set else 'did not set'} a {record.what}; {case.show(record.value)} of {dated(record.on)} stands"
        yield stated(
            record.is_set != is_no(says.at), said, is_near=not record.is_set and gone <= AT_RECORD, code="other_value"
        )


def _prepared(fields: Fields, spoken: str) -> Fields:
    """Let the kind's own name say what it is at (`record_high`, `52_week_low`), and a reference in words its extreme."""
    words = re.sub(r"[\s_-]+", " ", spoken.lower())
    if re.search(r"high|low|record close", words) and not re.search(r"distance|from|below|off", words):
        fields = {"of": words} | fields
        if not set(fields) & {"percent", "points", "within", "at", "price"}:
            fields = fields | {"at": "true"}
    state, of = spelling(fields.get("at", "")), spelling(fields.get("of", ""))
    if re.search(r"high|low|record", state) and not is_no(state):
        fields = fields | {"of": state, "at": "true"}
    if re.fullmatch(r"[\d.,']+", of) and "price" not in fields:
        fields = {k: v for k, v in fields.items() if k != "of"} | {"price": of}
    return fields


def _worded(text: str) -> Fields:
    figure = figure_in(re.sub(r"\b52[- ]week", "yearly", text))
    of = next(
        iter(re.findall(r"(?:52[- ]week|record|all[- ]time|yearly)[\w ]*?(?:high|low|close)", text.lower())),
        "record high",
    )
    return {"of": of.replace("yearly", "52 week")} | ({"percent": figure} if figure else {"at": "true"})


DISTANCE = ClaimKind(
    "distance",
    DistanceSays,
    judge,
    bare="percent",
    worded=_worded,
    prepared=_prepared,
    subject=("of", "on"),
    aliases=(
        "distance_from_record distance_from_high distance_from_low drawdown record record_high record_low off_record "
        "all_time_high new_high new_low "
        "record_close 52_week_high 52_week_low from_record below_record distance_to_record record_distance "
        "distance_from_record_high all_time_low "
        "distance_from_all_time_high distance_from_peak distance_from_52_week_high off_high"
    ),
    names={
        "of": "from record reference extreme what to which",
        "percent": "pct distance below above value by off per_cent drawdown down distance_from_record percent_below percent_off",
        "at": "state is new set",
        "points": "pts",
        "on": "basis_of closes measured_on measured",
        "within": "at_most",
        "price": "record_price level record_level high",
    },
)
