"""The swings and records that the next session may trade through."""

from __future__ import annotations

from collections.abc import Iterator

from crosscurrent.setups.landmarks import Landmark, extremes
from crosscurrent.setups.triggers.trigger import Eve, Trigger
from crosscurrent.units.dates import date_of

__all__ = ["highs_and_lows"]

STRENGTHS = {"record_high": 9.0, "record_low": 9.0, "year_high": 8.0, "year_low": 8.0}
WORDS = {"record_high": "record high", "record_low": "record low", "year_high": "highest price of a year", "year_low": "lowest price of a year",
         "swing_high": "swing high", "swing_low": "swing low"}  # fmt: skip


def highs_and_lows(eve: Eve) -> Iterator[Trigger]:
    """Yield the highs above the last close and the lows below it: beyond a record lies nobody's memory."""
    for mark in extremes(eve.look):
        is_high = mark.kind.endswith("high")
        if (mark.price - eve.close) * (1 if is_high else -1) > 0:
            yield _touched(mark, is_high)


def _touched(mark: Landmark, is_high: bool) -> Trigger:
    return Trigger(
        mark.price, mark.kind, "bullish" if is_high else "bearish", "above" if is_high else "below",
        f"the {WORDS[mark.kind]} of {date_of(mark.session)}", "high" if is_high else "low",
        strength=STRENGTHS.get(mark.kind, 3.0 + mark.weight), session=mark.session,
    )  # fmt: skip
