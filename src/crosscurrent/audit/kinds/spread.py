"""Spreads and ratios of two markets: their value, their change, their sign, and since when the extreme."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from crosscurrent.audit.case import Case
from crosscurrent.audit.compare import compared, direction_of, first_that_fits, said_of, stated
from crosscurrent.audit.kind import ClaimKind
from crosscurrent.audit.says import Fields, Number, Quote, Says, Words
from crosscurrent.audit.since import Reach, last_beyond, reaching
from crosscurrent.audit.spoken import days_in, figure_in
from crosscurrent.audit.tolerance import Figure
from crosscurrent.audit.verdicts import Part, undecidable
from crosscurrent.audit.when import starts_of
from crosscurrent.bars.bars import Floats, Sessions
from crosscurrent.bars.panel import pair
from crosscurrent.errors import RequestError

__all__ = ["RATIO", "SPREAD"]

STALE = np.timedelta64(7, "D")
LOWEST = r"low|flat|narrow|tight|small|least|invert|weak|negative"
WORDS_OF_CURVES = {"steepe": "rise", "widen": "rise", "flatten": "fall", "narrow": "fall", "tighten": "fall"}


class SpreadSays(Says):
    """A spread (first less second) or ratio (first over second): its value, its change over a window, its extreme since a day, its sign."""

    value: Number | None = None
    change: Number | None = None
    over: Quote = "1d"
    direction: Words | None = None
    state: Words | None = None
    extreme: Words | None = None
    since: Quote | None = None
    first: Words | None = None


@dataclass(frozen=True, slots=True)
class Pairing:
    """The spread or ratio of two markets on their common sessions; `unit` is bp for two yields."""

    values: Floats
    sessions: Sessions
    what: str
    unit: str

    @property
    def now(self) -> float:
        """The latest value."""
        return float(self.values[-1])

    def show(self, value: float) -> str:
        """Return a value in words."""
        return f"{value:.6g}{' bp' if self.unit == 'bp' else ''}"

    def in_unit(self, figure: Figure) -> Figure:
        """Return a figure in basis points where the pair is of yields: 0.34 and "0.34%" are a hundredth of that."""
        is_percent = figure.unit == "pct" or (figure.unit != "bp" and "." in figure.text and abs(figure.value) < 10)
        return figure.scaled(100.0) if self.unit == "bp" and is_percent else figure


def judge_spread(case: Case, says: SpreadSays) -> Iterator[Part]:
    """Yield the verdicts on a spread."""
    yield from _judged(case, says, is_ratio=False)


def judge_ratio(case: Case, says: SpreadSays) -> Iterator[Part]:
    """Yield the verdicts on a ratio."""
    yield from _judged(case, says, is_ratio=True)


def _judged(case: Case, says: SpreadSays, *, is_ratio: bool) -> Iterator[Part]:
    if len(set(case.markets)) < 2:
        raise RequestError("A spread or ratio is of two markets; the claim names one.")
    first, second = case.markets[:2]
    line = _pairing(case, is_ratio)
    if line is None:
        yield undecidable(f"{first} and {second} share no session near {case.day}", code="no_data")
        return
    told = f"{first} {'over' if is_ratio else 'less'} {second}, closes paired by trade date, {line.sessions[-1]}"
    measured = {"value": line.now}
    for part in said_of(
        _parts(case, says, line, is_ratio), f"{line.what} is {line.show(line.now)}.", measured, definition=told
    ):
        yield part.with_more(measured)


def _pairing(case: Case, is_ratio: bool) -> Pairing | None:
    a, b = (case.bars(m) for m in case.markets[:2])
    both = pair(a, b)
    if len(both) < 2 or case.day - both.sessions[-1] > STALE:
        return None
    x, y = a.close[both.at_a], b.close[both.at_b]
    if is_ratio:
        return Pairing(np.divide(x, y, out=np.full(len(x), np.nan), where=y != 0), both.sessions, "The ratio", "")
    of_yields = a.instrument.quoted_as == b.instrument.quoted_as == "yield"
    return Pairing(
        np.round((x - y) * (100.0 if of_yields else 1.0), 6), both.sessions, "The spread", "bp" if of_yields else ""
    )


def _parts(case: Case, says: SpreadSays, line: Pairing, is_ratio: bool) -> Iterator[Part]:
    if says.value is not None:
        yield compared(line.in_unit(says.value), line.now, line.what, line.show, name="value")
    if says.change is not None or (says.direction and not says.extreme and not says.first):
        yield _changed(case, says, line)
    floor = 1.0 if is_ratio else 0.0
    if says.state:
        yield _stated(says.state, line, floor)
    if says.first:
        yield from _first(case, says, line, floor)
    elif says.extreme or (says.since and says.change is None):
        yield from _extreme(case, says, line)


def _changed(case: Case, says: SpreadSays, line: Pairing) -> Part:
    starts = starts_of(line.sessions, case.window(says.over))
    in_percent = says.change is not None and says.change.unit == "pct" and line.unit != "bp"
    tried = [
        (float(100.0 * (line.now / line.values[k] - 1.0) if in_percent else line.now - line.values[k]), how)
        for k, how in starts
    ]
    if not tried:
        return undecidable("There is no earlier value to count from.", code="no_data")
    words = says.direction or ""
    for spoken, plain in WORDS_OF_CURVES.items():
        words = re.sub(rf"\w*{spoken}\w*", plain, words)
    sign = direction_of(words)
    if says.change is None:
        value, how = next(((v, h) for v, h in tried if v * sign > 0), tried[0])
        return stated(value * sign > 0, f"It moved {value:+.6g}", {"change": value}, code="wrong_side").with_definition(
            how
        )
    figure = says.change if in_percent else line.in_unit(says.change)
    return first_that_fits(
        figure.turned(sign) if sign else figure, tried, "The change", lambda v: f"{v:+.6g}", name="change"
    )


def _sign_of(words: str) -> int:
    if not re.search(r"invert|negative|below|discount|positive|normal|above|premium|under|over", words):
        return 0
    return (
        -1
        if re.search(r"invert|negative|below|discount|under", words)
        and not re.search(r"no longer|un-?invert|disinvert|\bnot\b", words)
        else 1
    )


def _stated(words: str, line: Pairing, floor: float) -> Part:
    side, said = _sign_of(words), f"It stands at {line.show(line.now)}"
    if not side:
        return undecidable(f"state: {words[:40]!r} is no state of it that is known here. {said}", code="ambiguous")
    return stated(side * (line.now - floor) > 0, said, instead=f"{said}: not {words}", code="wrong_side")


def _first(case: Case, says: SpreadSays, line: Pairing, floor: float) -> Iterator[Part]:
    """Judge "first positive close since": the sign now, and when it was so last before."""
    side = _sign_of(says.first or "") or 1
    if side * (line.now - floor) <= 0:
        yield stated(False, f"It stands at {line.show(line.now)}: not {says.first}", code="wrong_side")
        return
    rows = np.flatnonzero(side * (line.values[:-1] - floor) > 0)
    last = line.sessions[rows[-1]] if len(rows) else None
    reach = Reach(f"{line.show(line.now)}, the first {says.first}", last, line.sessions[0])
    yield from reaching(case, reach, says.since, None, {"last_before": None if last is None else str(last)})


def _extreme(case: Case, says: SpreadSays, line: Pairing) -> Iterator[Part]:
    side = -1.0 if re.search(LOWEST, f"{says.extreme or ''} {says.direction or ''}") else 1.0
    last = last_beyond(line.values, line.sessions, side)
    reach = Reach(f"{line.show(line.now)}, the {'lowest' if side < 0 else 'highest'}", last, line.sessions[0])
    yield from reaching(case, reach, says.since, None, {"extreme_since": None if last is None else str(last)})


def _folded(key: str, value: object) -> Fields:
    """Read `highest_since`, `steepest_since`, `first_since`, `steepened: 12`, `inverted: true`."""
    if key.endswith("_since"):
        word = key.removesuffix("_since")
        return {"since": value} | ({"first": "positive"} if word == "first" else {"extreme": word})
    if re.match(r"steepen|flatten|widen|narrow|tighten", key):
        return {"direction": key} | ({"change": value} if re.search(r"\d", str(value)) else {})
    return (
        {"state": key if str(value).lower() in ("true", "yes") else f"not {key}"}
        if key in ("inverted", "positive", "negative")
        else {}
    )


def _prepared(fields: Fields, spoken: str) -> Fields:
    """Give a "first ... since" the side that the claim states, and read words that stand where a number should."""
    if fields.get("first") == "positive" and isinstance(fields.get("state"), str):
        fields = fields | {"first": fields["state"]}
    value = fields.get("value")
    if isinstance(value, str) and not re.search(r"\d", value):
        fields = {k: v for k, v in fields.items() if k != "value"} | {"state": value}
    return fields


def _worded(text: str) -> Fields:
    """Read "inverted by 107 bp", "steepened 12 bp on the week", "the highest since 2022"."""
    tidy, figure, since = text.lower(), figure_in(text), days_in(text)
    found: Fields = {"since": since} if since else {}
    if since:
        found |= {"extreme": tidy}
    elif re.search(r"steepen|flatten|widen|narrow", tidy):
        found |= (
            {"direction": tidy} | ({"over": "1w"} if "week" in tidy else {}) | ({"change": figure} if figure else {})
        )
    elif _sign_of(tidy):
        found |= {"state": tidy}
    if figure and _sign_of(tidy) < 0 and not figure.startswith("-"):
        figure = f"-{figure}"
    return found | ({"value": figure} if figure and "direction" not in found else {})


NAMES = {
    "value": "spread ratio level at points bps bp current",
    "change": "by move moved",
    "over": "window period within",
    "direction": "way",
    "state": "is status sign",
    "extreme": "what",
}
SPREAD = ClaimKind(
    "spread",
    SpreadSays,
    judge_spread,
    bare="value",
    names=NAMES,
    worded=_worded,
    folded=_folded,
    prepared=_prepared,
    markets=2,
    subject=("over", "extreme", "first"),
    aliases="yield_spread curve yield_curve slope difference gap_between curve_spread basis_spread 2s10s term_spread spreads curve_slope inversion",
)
RATIO = ClaimKind(
    "ratio",
    SpreadSays,
    judge_ratio,
    bare="value",
    names=NAMES,
    worded=_worded,
    folded=_folded,
    prepared=_prepared,
    markets=2,
    subject=("over", "extreme", "first"),
    aliases="price_ratio relative_strength_ratio relative ratios quotient relative_performance",
)
