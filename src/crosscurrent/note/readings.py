"""Readings for the note's sentences: computed values with the definition, window and source a reader can check them by."""

from __future__ import annotations

from datetime import date

import numpy as np

from crosscurrent.bars.bars import Bars
from crosscurrent.intermarket.rarity import Move
from crosscurrent.units import Reading, Unit

__all__ = ["closing", "counted", "day", "day_of", "measured", "moved", "price", "share"]

PERIOD_WORDS = {"1d": "day", "1w": "week", "1mo": "month"}
BASIS_WORDS = {
    "traded": "as charted", "adjusted": "free of roll gaps",
}  # fmt: skip


def day_of(session: np.datetime64) -> date:
    """Return a session label as a date."""
    return date.fromisoformat(str(session.astype("datetime64[D]")))


def day(session: np.datetime64, definition: str, market: str = "") -> Reading:
    """Return a day that was found, not chosen."""
    return Reading(day_of(session), "date", definition, source=market, market=market)


def counted(value: float, definition: str, unit: Unit = "count", market: str = "", window: str = "") -> Reading:
    """Return a number of things."""
    return Reading(float(value), unit, definition, window, market, market)


def share(value: float, definition: str, window: str = "") -> Reading:
    """Return a share or probability, 0 to 1."""
    return Reading(float(value), "probability", definition, window)


def price(value: float, bars: Bars, definition: str, window: str = "") -> Reading:
    """Return a price of a market, in its notation; a yield where the market is quoted as one."""
    source = f"{bars.market}, {bars.interval} bars, {BASIS_WORDS[bars.basis]}"
    unit: Unit = "yield" if bars.instrument.quoted_as == "yield" else "price"
    return Reading(float(value), unit, definition, window, source, bars.market, notation=bars.instrument.notation)


def measured(value: float, unit: Unit, bars: Bars, definition: str, window: str = "") -> Reading:
    """Return a number measured on a market's bars that is no price: ATR multiples, ratios, index values."""
    return Reading(
        float(value),
        unit,
        definition,
        window,
        f"{bars.market}, {bars.interval} bars, {BASIS_WORDS[bars.basis]}",
        bars.market,
    )


def closing(bars: Bars) -> Reading:
    """Return the last close."""
    return price(float(bars.close[-1] + bars.shift[-1]), bars, "last close", str(bars.session[-1]))


def moved(move: Move) -> Reading:
    """Return a change over a day, week or month, with how rare it is as its record."""
    word = PERIOD_WORDS.get(move.period, move.period)
    rank = "" if move.rank is None else f"rank {move.rank} of {move.periods} in its direction"
    return Reading(
        float(move.change or 0.0), move.unit, f"change over one {word}, close to close",
        f"{move.start} to {move.end}", f"{move.market}, {BASIS_WORDS.get(move.basis, move.basis)}", move.market, record=rank,
    )  # fmt: skip
