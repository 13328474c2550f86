"""The slow stochastic: %K and %D, overbought, oversold, or crossed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from crosscurrent.audit.case import Case
from crosscurrent.audit.compare import direction_of, first_that_fits, plain_number, said_of
from crosscurrent.audit.kind import ClaimKind
from crosscurrent.audit.kinds.readings import crossed, fold_state, moved_to_state, placed
from crosscurrent.audit.says import Length, Number, Quote, Says, Words
from crosscurrent.audit.verdicts import Part, undecidable
from crosscurrent.bars.bars import Floats
from crosscurrent.indicators.momentum import stochastic

__all__ = ["STOCHASTIC"]

USUAL = ((14, 3, 3), (5, 3, 3))
"""The lengths that are tried, in turn, when the claim names none."""
BOUNDS = {"overbought": (80.0, 1), "oversold": (20.0, -1), "bullish": (50.0, 1), "bearish": (50.0, -1)}


class StochasticSays(Says):
    """The stochastic: %K and %D (14, 3, 3 and 5, 3, 3 are tried when lengths are unsaid), overbought, oversold, or crossed."""

    k: Number | None = None
    d: Number | None = None
    state: Words | None = None
    length: Length | None = None
    slowing: Length | None = None
    smoothing: Length | None = None
    within: Quote = "1d"


@dataclass(frozen=True, slots=True)
class Lines:
    """%K and %D by one choice of lengths."""

    name: str
    k: Floats
    d: Floats


def judge(case: Case, says: StochasticSays) -> Iterator[Part]:
    """Yield the verdicts on the stochastic."""
    bars = case.traded
    if bars.is_close_only:
        yield undecidable(f"{case.market} has closes alone: the stochastic is not defined", code="no_data")
        return
    tried = [
        Lines(f"({', '.join(map(str, n))})", *stochastic(bars.high, bars.low, bars.close, *n)) for n in _lengths(says)
    ]
    known = [one for one in tried if len(one.d) > 1 and np.isfinite(one.d[-2])]
    if not known:
        yield undecidable(f"There are only {len(bars)} bars; the stochastic is not defined", code="no_data")
        return
    told = f"slow stochastic of {case.market}, {case.session}, simple averages"
    values = {"k": float(known[0].k[-1]), "d": float(known[0].d[-1])}
    said = f"%K is {plain_number(values['k'])}, %D {plain_number(values['d'])}."
    yield from (part.with_more(values) for part in said_of(_parts(case, says, known), said, values, definition=told))


def _lengths(says: StochasticSays) -> list[tuple[int, int, int]]:
    slowing, smoothing = (int(f.value) if f else 3 for f in (says.slowing, says.smoothing))
    return [(int(says.length.value), slowing, smoothing)] if says.length else list(USUAL)


def _parts(case: Case, says: StochasticSays, tried: list[Lines]) -> Iterator[Part]:
    if says.k is not None:
        yield first_that_fits(says.k, [(float(one.k[-1]), one.name) for one in tried], "%K", name="k")
    if says.d is not None:
        yield first_that_fits(says.d, [(float(one.d[-1]), one.name) for one in tried], "%D", name="d")
    if says.state:
        parts = [_stated(case, says, says.state, one).with_definition(one.name) for one in tried]
        yield next((p for p in parts if p.verdict == "holds"), parts[0])


def _stated(case: Case, says: StochasticSays, words: str, lines: Lines) -> Part:
    if "cross" in words and not re.search(r"\d", words.replace("%k", "").replace("%d", "")):
        side = direction_of(words)
        said = f"%K is {plain_number(float(lines.k[-1]))}, %D {plain_number(float(lines.d[-1]))}"
        if not side:
            return undecidable(f"state: {words[:40]!r} names no side. {said}", {}, code="ambiguous")
        first = int(np.searchsorted(case.traded.session, case.since(says.within, 1)))
        return crossed(side * (lines.k - lines.d), "%D", said, {}, words, first)
    return placed(words, lines.k, BOUNDS, "%K")


STOCHASTIC = ClaimKind(
    "stochastic",
    StochasticSays,
    judge,
    bare="state",
    prepared=lambda fields, spoken: (
        moved_to_state(fields, "k")
        | ({"state": f"crossed {fields.get('state', '')}"} if "cross" in spoken.lower() else {})
    ),
    folded=lambda key, value: fold_state(key, value, "overbought", "oversold", "bullish", "bearish"),
    subject=("length",),
    aliases="stochastics stoch slow_stochastic stochastic_oscillator stochastic_cross full_stochastic",
    names={
        "k": "value percent_k pct_k k_line level reading at",
        "d": "d_line percent_d pct_d signal",
        "state": "is status direction condition zone",
        "length": "period fastk k_length n",
        "slowing": "slowk slow",
        "smoothing": "d_length slowd",
        "within": "over window since",
    },
)
