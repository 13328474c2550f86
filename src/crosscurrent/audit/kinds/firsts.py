"""Firsts: the first fall, the first weekly gain, the first close beyond a price since a day."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from crosscurrent.audit.case import Case
from crosscurrent.audit.compare import direction_of, side_of
from crosscurrent.audit.since import Reach, reaching
from crosscurrent.audit.verdicts import Measured, Part, fails
from crosscurrent.errors import RequestError
from crosscurrent.intermarket.rarity import SAME, spans

__all__ = ["first_of_its_kind"]

BEYOND = re.compile(r"(?:.*?)(?P<side>above|below|over|under)\s+(?P<price>.+)")


def first_of_its_kind(
    case: Case, words: str, change: str | None, over: str | None, since: str | None, longest: str | None
) -> Iterator[Part]:
    """Yield whether "the first fall (weekly loss, close above a price or an average) since a day" is one, and since that day."""
    beyond = BEYOND.fullmatch(words)
    if beyond:
        yield from _first_close(case, side_of(beyond["side"]), beyond["price"].strip(), since, longest)
    else:
        yield from _first_move(case, words, change, over, since, longest)


def _first_move(
    case: Case, words: str, change: str | None, over: str | None, since: str | None, longest: str | None
) -> Iterator[Part]:
    sign = direction_of(words) or direction_of(change)
    if not sign:
        raise RequestError(f"first: {words[:60]!r} names neither a rise nor a fall.")
    window = case.window(over or ("1w" if "week" in words else "1mo" if "month" in words else "1d"))
    period = window.interval if window.unit in ("weeks", "months") and window.n == 1 else f"{window.sessions}d"
    bars = case.bars(basis="adjusted", interval="1d")
    starts, ends = spans(bars.session, period)
    moved = bars.close[ends] - bars.close[starts]
    same = np.flatnonzero(sign * moved[:-1] > SAME)
    last = bars.session[ends[same[-1]]] if len(same) else None
    measured: Measured = {"change": float(moved[-1]), "last_before": None if last is None else str(last)}
    told = f"changes of {case.market} over {window.text}, to {bars.session[ends[-1]]}"
    if sign * moved[-1] <= SAME:
        yield fails(f"It is no {words}: it moved {moved[-1]:+.6g}", measured, code="wrong_side", definition=told)
        return
    reach = Reach(f"the first {words}", last, bars.session[0], period)
    for part in reaching(case, reach, since, longest, measured):
        yield part.with_definition(told)


def _first_close(case: Case, side: int, text: str, since: str | None, longest: str | None) -> Iterator[Part]:
    level, bars = case.price(text).value, case.traded
    rows = np.flatnonzero(side * (bars.close[:-1] - level) > 0)
    last = bars.session[rows[-1]] if len(rows) else None
    word = "above" if side > 0 else "below"
    measured: Measured = {"close": float(bars.close[-1]), "last_before": None if last is None else str(last)}
    told = f"closes of {case.market} as charted"
    if side * (float(bars.close[-1]) - level) <= 0:
        yield fails(
            f"The close is {case.show(float(bars.close[-1]))}, not {word} {text}",
            measured,
            code="wrong_side",
            definition=told,
        )
        return
    for part in reaching(
        case, Reach(f"the first close {word} {text}", last, bars.session[0], case.interval), since, longest, measured
    ):
        yield part.with_definition(told)
