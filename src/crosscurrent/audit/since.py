"""Since when something is the largest, the highest, the first: one way to judge it, whatever it is that was measured."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from crosscurrent.audit.case import Case
from crosscurrent.audit.compare import dated
from crosscurrent.audit.verdicts import Measured, Part, fails, holds, near_miss, undecidable
from crosscurrent.audit.when import Stretch
from crosscurrent.bars.bars import Floats, Sessions
from crosscurrent.intermarket.rarity import SAME

__all__ = ["Reach", "last_beyond", "reaching"]

PLURAL = 1.5
"""How many make an unnumbered plural: "in months" is a month and a half at least."""
UNITS = {"day": 1, "session": 1.4, "week": 7, "month": 30, "quarter": 91, "year": 365, "decade": 3650}
SHORT = 0.8
"""A superlative that reaches back at least this share of what it claims is a near miss."""
ROUND = 0.9
"""What "nearly" and "about" leave of a length of time."""
EVER = (
    "record",
    "ever",
    "inception",
    "beginning",
    "the beginning",
    "all time",
    "history",
    "on record",
    "records began",
)
HEDGES = re.compile(r"^(?:over|more than|at least|nearly|almost|about|around|roughly|the last|the past|well over)\s+")


@dataclass(frozen=True, slots=True)
class Reach:
    """How far back nothing as large is found.

    Parameters
    ----------
    what
        In words: "-16 bp, the largest fall".
    last
        The last session with one at least as large; None if there is none in the data.
    begins
        The first session of the data.
    period
        `1d`, `1w` or `1mo`: a day named stands for the whole week or month it lies in.
    """

    what: str
    last: np.datetime64 | None
    begins: np.datetime64
    period: str = "1d"

    @property
    def said(self) -> str:
        """What is true, in words."""
        return f"It is {self.what} {f'since {dated(self.last)}' if self.last is not None else f'on record (data from {dated(self.begins)})'}"


def last_beyond(values: Floats, sessions: Sessions, side: float) -> np.datetime64 | None:
    """Return the last earlier session whose value was at least as high (side 1) or low (-1) as the latest; NaN is none; None if there is none."""
    rows = np.flatnonzero(side * values[:-1] >= side * values[-1] - SAME)
    found: np.datetime64 | None = sessions[rows[-1]] if len(rows) else None
    return found


def reaching(case: Case, reach: Reach, since: str | None, longest: str | None, measured: Measured) -> Iterator[Part]:
    """Yield whether nothing as large came since the claimed day, or in the claimed time; without either, whether it stands on record."""
    if longest:
        yield _in(case, longest, reach, measured)
    if since:
        yield _since(_meant(case, since, reach), reach, measured)
    if not since and not longest:
        told = f"The claim does not say since when. {reach.said}"
        yield holds(reach.said, measured) if reach.last is None else undecidable(told, measured, code="ambiguous")


def _meant(case: Case, raw: str, reach: Reach) -> Stretch:
    if raw.strip().lower() in EVER:
        return Stretch(raw, reach.begins, reach.begins)
    return case.when(raw)


def _since(span: Stretch, reach: Reach, measured: Measured) -> Part:
    """Judge "since": the last one as large is the one named, or the claim says less than it could; anything later makes it untrue."""
    if reach.last is None:
        if span.end < reach.begins:
            return undecidable(
                f"The data begin on {dated(reach.begins)}, after {span.text}. {reach.said}", measured, code="no_data"
            )
        return holds(reach.said, measured, remark=_understated(span, reach) if span.start > reach.begins else "")
    if reach.last <= _end_of_period(span.end, reach.period):
        return holds(
            reach.said,
            measured,
            remark=_understated(span, reach) if reach.last < _start_of_period(span.start, reach.period) else "",
        )
    return fails(f"{reach.said}, later than {span.text}", measured, code="larger_since")


def _understated(span: Stretch, reach: Reach) -> str:
    since = "in all of the data" if reach.last is None else f"since {dated(reach.last)}"
    return f"It says less than it could: nothing as large came {since}, {span.text} included."


def _end_of_period(day: np.datetime64, period: str) -> np.datetime64:
    """Return the end of the week (its Friday) or month that a day lies in."""
    if period == "1mo":
        return (day.astype("datetime64[M]") + 1).astype("datetime64[D]") - 1  # type: ignore[no-any-return]
    return day + np.timedelta64((4 - _weekday(day)) % 7, "D") if period == "1w" else day


def _start_of_period(day: np.datetime64, period: str) -> np.datetime64:
    if period == "1mo":
        return day.astype("datetime64[M]").astype("datetime64[D]")  # type: ignore[no-any-return]
    return day - np.timedelta64((_weekday(day) - 5) % 7, "D") if period == "1w" else day


def _weekday(day: np.datetime64) -> int:
    return (int(day.astype("datetime64[D]").astype(int)) + 3) % 7


def _in(case: Case, words: str, reach: Reach, measured: Measured) -> Part:
    days, text = _days_back(words, case, reach)
    back = float((case.session - (reach.begins if reach.last is None else reach.last)) / np.timedelta64(1, "D"))
    tolerance = f"{words}: at least {days:.0f} days back"
    if reach.last is None and days > back:
        return undecidable(
            f"{reach.said}, but {text} is longer than the data", measured, code="no_data", tolerance=tolerance
        )
    if back >= days:
        return holds(reach.said, measured, tolerance=tolerance)
    make = near_miss if back >= SHORT * days else fails
    return make(f"{reach.said}, {back:.0f} days back, not {text}", measured, code="larger_since", tolerance=tolerance)


def _days_back(words: str, case: Case, reach: Reach) -> tuple[float, str]:
    """Return how many days back "months", "three months" or "a year" reaches."""
    if words in EVER:
        whole = float((case.session - reach.begins) / np.timedelta64(1, "D"))
        return whole if reach.last is None else whole + 1.0, "all of the data"
    bare, share = HEDGES.sub("", words), ROUND if re.match(r"nearly|almost|about|around|roughly", words) else 1.0
    for unit, length in UNITS.items():
        if re.fullmatch(rf"(many |some |several )?{unit}s", bare):
            return share * PLURAL * length * (2 if re.match("several|many", bare) else 1), words
        if re.fullmatch(rf"(an? )?{unit}", bare):
            return share * length, f"a {unit}"
    window = case.window(bare)
    return share * float(window.days - (3 if window.unit == "weeks" else 0)), words
