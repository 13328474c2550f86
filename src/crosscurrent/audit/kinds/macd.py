"""MACD: the state of its line against its signal line or zero, a crossing or one about to come, its values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from crosscurrent.audit.case import Case
from crosscurrent.audit.compare import direction_of, first_that_fits, plain_number, said_of, stated
from crosscurrent.audit.kind import ClaimKind
from crosscurrent.audit.kinds.readings import crossed, fold_state, moved_to_state
from crosscurrent.audit.says import Fields, Length, Number, Quote, Says, Words
from crosscurrent.audit.tolerance import spelling
from crosscurrent.audit.verdicts import Measured, Part, near_miss, undecidable
from crosscurrent.bars.bars import Bars, Floats
from crosscurrent.indicators.momentum import macd
from crosscurrent.indicators.solve import macd_above_signal, macd_above_zero

__all__ = ["MACD"]

LATELY = 5
SOON = 1.0
"""A cross is near when a close within so many ATR would bring it."""
ABOUT_TO = r"about to|poised|close to|near|looks set|on the verge|ready|soon|converg|potential|impend|approach"


class MacdSays(Says):
    """MACD: the state of its line against its signal line or zero, about to cross, or its values; 12, 26, 9 unless said."""

    state: Words | None = None
    value: Number | None = None
    signal: Number | None = None
    histogram: Number | None = None
    fast: Length | None = None
    slow: Length | None = None
    smoothing: Length | None = None
    within: Quote = "1d"


@dataclass(frozen=True, slots=True)
class Reading:
    """MACD of one series of closes."""

    basis: str
    lengths: tuple[int, int, int]
    bars: Bars
    line: Floats
    signal: Floats
    histogram: Floats

    @property
    def said(self) -> str:
        """The values of the last bar in words."""
        line, signal = (plain_number(float(v[-1])) for v in (self.line, self.signal))
        return f"MACD is {line}, its signal line {signal}, the histogram {self.histogram[-1]:+.4g} after {self.histogram[-2]:+.4g}"

    @property
    def measured(self) -> Measured:
        """The values of the last bar by name."""
        return {"macd": float(self.line[-1]), "signal": float(self.signal[-1]), "histogram": float(self.histogram[-1])}


def judge(case: Case, says: MacdSays) -> Iterator[Part]:
    """Yield the verdicts on MACD."""
    fast, slow, smoothing = (
        int(f.value) if f else d for f, d in ((says.fast, 12), (says.slow, 26), (says.smoothing, 9))
    )
    bases = (("on the prices as charted", case.traded), ("on prices free of roll gaps", case.adjusted))
    tried = bases if case.adjusted.basis == "adjusted" else bases[:1]
    read = [
        Reading(how, (fast, slow, smoothing), bars, *macd(bars.close, fast, slow, smoothing)) for how, bars in tried
    ]
    if len(case.traded) < 2 or not np.isfinite(read[0].signal[-2]):
        yield undecidable(f"There are only {len(case.traded)} bars; MACD is not defined", code="no_data")
        return
    told = f"MACD ({fast}, {slow}, {smoothing}) of the closes of {case.market}, {case.session}"
    yield from said_of(_parts(case, says, read), f"{read[0].said}.", read[0].measured, definition=told)


def _parts(case: Case, says: MacdSays, read: list[Reading]) -> Iterator[Part]:
    for name, figure, column in (
        ("macd", says.value, "line"),
        ("signal", says.signal, "signal"),
        ("histogram", says.histogram, "histogram"),
    ):
        if figure is not None:
            tried = [(float(getattr(one, column)[-1]), one.basis) for one in read]
            yield first_that_fits(figure, tried, f"The {name}", name=name)
    if says.state:
        parts = [_stated(case, says, says.state, one) for one in read]
        yield next((p for p in parts if p.verdict == "holds"), parts[0])


def _stated(case: Case, says: MacdSays, words: str, read: Reading) -> Part:
    of_zero = bool(re.search(r"zero|centre|center|positive territory|negative territory", words))
    side = direction_of(words)
    what = "zero" if of_zero else "its signal line"
    if not side:
        return undecidable(
            f"state: {words[:40]!r} names no side of {what}. {read.said}", read.measured, code="ambiguous"
        )
    gap = side * (read.line if of_zero else read.histogram)
    if re.search(ABOUT_TO, words):
        return _about_to_cross(case, gap, read, of_zero)
    if re.search(r"cross|turned|flip", words):
        first = int(np.searchsorted(read.bars.session, case.since(says.within, 1)))
        return crossed(gap, what, read.said, read.measured, words, first)
    if re.search(r"ris|fall|improv|weaken|strengthen|fading", words) and not re.search(r"above|below", words):
        moved = side * float(gap[-1] - gap[-2]) * side
        return stated(moved > 0, read.said, read.measured, code="wrong_side")
    return stated(bool(gap[-1] > 0), read.said, read.measured, instead=f"{read.said}: not {words}", code="wrong_side")


def _about_to_cross(case: Case, gap: Floats, read: Reading, of_zero: bool) -> Part:
    """Judge by the pace of the last bar, and by the close that would do it at the next one."""
    if gap[-1] > 0:
        return near_miss(f"{read.said}: it has crossed already", read.measured, code="earlier")
    is_closing = bool(gap[-1] > gap[-2])
    sessions = float(-gap[-1] / (gap[-1] - gap[-2])) if is_closing else float("inf")
    close = float((macd_above_zero if of_zero else macd_above_signal)(read.bars.close, *read.lengths))
    reach = abs(close - float(read.bars.close[-1])) / case.atr if np.isfinite(close) else float("inf")
    pace = f"at the last pace it crosses in {sessions:.1f} sessions" if is_closing else "the gap is not narrowing"
    solved = f", a next close at {case.show(close)} ({reach:.1f} ATR away) would do it" if np.isfinite(close) else ""
    measured: Measured = {**read.measured, "crosses_in_sessions": sessions, "crossing_close": close}
    part = stated(
        is_closing and (sessions <= LATELY or reach <= SOON), f"{read.said}; {pace}{solved}", measured,
        is_near=is_closing and sessions <= 2 * LATELY, code="not_near",
    )  # fmt: skip
    return part.with_definition(
        f"about to cross when the gap narrows and, at its last pace, closes within {LATELY} sessions, or a close within {SOON:g} ATR would do it"
    )


def _prepared(fields: Fields, spoken: str) -> Fields:
    """Read "histogram: positive" as a side of the signal line, and a state that the kind's own name makes a crossing."""
    for name in ("histogram", "value"):
        told = spelling(fields.get(name, ""))
        if told and not re.search(r"\d", told) and "state" not in fields:
            of_zero = " of zero" if name == "value" else ""
            fields = {k: v for k, v in fields.items() if k != name} | {"state": f"{told}{of_zero}"}
    state = spelling(fields.get("state", ""))
    if "cross" in spoken.lower() and "cross" not in state:
        return fields | {"state": f"crossed {state} {'zero' if 'zero' in spoken else ''}".strip()}
    return moved_to_state(fields, "signal")


MACD = ClaimKind(
    "macd",
    MacdSays,
    judge,
    bare="state",
    prepared=_prepared,
    folded=lambda key, value: fold_state(key, value, "bullish", "bearish", "positive", "negative"),
    aliases="macd_cross macd_signal moving_average_convergence_divergence macd_signal_cross macd_zero_cross macd_crossover",
    names={
        "state": "is status condition direction position side",
        "signal": "signal_line signal_value",
        "value": "line macd macd_line level",
        "histogram": "hist",
        "smoothing": "signal_length",
        "within": "over window since",
    },
)
