"""Golden and death crosses: of the fast average through the slow one."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from crosscurrent.audit.case import Case
from crosscurrent.audit.compare import dated, direction_of, stated
from crosscurrent.audit.kind import ClaimKind
from crosscurrent.audit.says import Fields, Length, Quote, Says, Words
from crosscurrent.audit.spoken import window_in
from crosscurrent.audit.verdicts import Measured, Part, fails, holds, near_miss, undecidable
from crosscurrent.bars.bars import Floats
from crosscurrent.errors import RequestError
from crosscurrent.indicators.averages import average

__all__ = ["CROSS"]

LATELY = 5
NEAR = 0.5
"""Averages this close, in ATR, and closing are about to cross."""
DULL = "True, and unremarkable: a cross tells of the past two hundred sessions, not of the next ones."


class CrossSays(Says):
    """A golden or death cross: which, of which averages (50 and 200 unless said), within how long."""

    name: Words | None = None
    fast: Length | None = None
    slow: Length | None = None
    method: Words = "simple"
    state: Words = "formed"
    within: Quote = "1d"


def judge(case: Case, says: CrossSays) -> Iterator[Part]:
    """Yield the verdict on the cross of two averages."""
    side = direction_of(says.name)
    if not side:
        raise RequestError(f"name: {(says.name or '')[:40]!r} is neither a golden nor a death cross.")
    fast, slow = (int(f.value) if f else d for f, d in ((says.fast, 50), (says.slow, 200)))
    is_ema, bars = bool(re.search(r"exp|ema", says.method)), case.traded
    gap = side * (average(bars.close, fast, is_ema) - average(bars.close, slow, is_ema))
    if len(gap) < 6 or not np.isfinite(gap[-6]):
        yield undecidable(f"There are only {len(bars)} bars; the {slow}-bar average is not defined", code="no_data")
        return
    told = f"{'exponential' if is_ema else 'simple'} averages of {fast} and {slow} closes of {case.market} as charted, to {bars.session[-1]}"
    yield (
        _judged(case, says, gap, "golden" if side > 0 else "death")
        .with_more({"gap": side * float(gap[-1])})
        .with_definition(told)
    )


def _judged(case: Case, says: CrossSays, gap: Floats, word: str) -> Part:
    said = f"The fast average stands {abs(gap[-1]):.6g} {'beyond' if gap[-1] > 0 else 'short of'} the slow one"
    if re.search(r"loom|near|about|close to|approach|potential|impend|imminent", says.state):
        is_closing = bool(gap[-1] < 0 and gap[-1] > gap[-6] and -gap[-1] < NEAR * case.atr)
        return stated(is_closing, f"{said}, and closing", instead=f"{said}: no {word} cross is near")
    if re.search(r"in force|in place|stands|active|still|remain", says.state):
        return stated(bool(gap[-1] > 0), said, code="wrong_side")
    return _formed(case, says, gap, word)


def _formed(case: Case, says: CrossSays, gap: Floats, word: str) -> Part:
    bars, first = case.traded, case.since(says.within, 1)
    rows = np.flatnonzero((gap[1:] > 0) & (gap[:-1] <= 0)) + 1
    last = dated(bars.session[rows[-1]]) if len(rows) else None
    measured: Measured = {"last_cross": last}
    if len(rows) and bars.session[rows[-1]] >= first:
        return holds(f"The {word} cross came on {last}", measured, remark=DULL)
    make = near_miss if len(rows) and len(bars) - 1 - rows[-1] <= LATELY else fails
    told = f"No {word} cross between {dated(first)} and {bars.session[-1]}; the last was on {last or 'no day of these data'}"
    return make(told, measured, code="earlier" if last else "no_break")


def _prepared(fields: Fields, spoken: str) -> Fields:
    """Let the kind's own name say which cross it is."""
    return ({"name": spoken.replace("_", " ")} if direction_of(spoken.replace("_", " ")) else {}) | fields


def _worded(text: str) -> Fields:
    window = window_in(text)
    return ({"name": text} if direction_of(text) else {"state": text}) | ({"within": window} if window else {})


CROSS = ClaimKind(
    "cross",
    CrossSays,
    judge,
    bare="name",
    worded=_worded,
    subject=("name",),
    prepared=_prepared,
    aliases=(
        "golden_cross death_cross average_cross moving_average_cross crossover ma_cross dead_cross averages_cross goldencross deathcross "
        "moving_average_crossover golden death"
    ),
    names={
        "name": "type cross direction kind",
        "fast": "short fast_length short_length",
        "slow": "long slow_length long_length",
        "method": "average ma_type",
        "within": "over window period since",
        "state": "status formed",
    },
)
