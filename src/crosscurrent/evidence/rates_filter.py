"""The rates filter: where another market leans, and whether this one presently moves with it, as a condition on every setup."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Floats
from crosscurrent.bars.panel import common
from crosscurrent.evidence.evidence import Evidence
from crosscurrent.evidence.record import NO_RECORDS, Records
from crosscurrent.evidence.verdict import balance, weigh
from crosscurrent.indicators.averages import sma
from crosscurrent.intermarket.rolling import correlation
from crosscurrent.structure.look import Look

__all__ = ["Filter", "Filtered", "Stance", "rates_filter", "stance"]

Filtered = Literal["aligned", "against", "neutral"]

LENGTH = 50
"""The average that tells the filter's trend."""
TREND = 0.5
LEANS = 0.75
"""From this balance on a market leans; below it its evidence is evenly spread."""
WEIGHT = 0.75
"""What a filter that is linked and leans weighs among a setup's evidence."""
WINDOW = 10
"""Changes over which the present dependence is measured: the fortnight that notes quote."""
BY_CHANCE = 0.632
"""The absolute correlation of ten changes that one unrelated pair in twenty exceeds (Student's t with eight degrees of freedom)."""


@dataclass(frozen=True, slots=True)
class Stance:
    """Where a market leans by its own trend, breaks, candles and momentum, with the reasons on both sides."""

    market: str
    direction: Literal["bullish", "bearish", "neutral"]
    points: float
    evidence: tuple[Evidence, ...]

    def leaning(self) -> tuple[Evidence, ...]:
        """Return the evidence on the side to which it leans."""
        return tuple(e for e in self.evidence if e.direction == self.direction)

    def opposing(self) -> tuple[Evidence, ...]:
        """Return the evidence against it."""
        return tuple(e for e in self.evidence if e.direction != self.direction)


@dataclass(frozen=True, slots=True)
class Filter:
    """A market as condition on another's setups: its stance, and how far the other presently depends on it.

    Parameters
    ----------
    stance
        Where the filter leans.
    dependence
        Correlation of the daily changes of both over `window` common sessions, None when it cannot be told.
    is_linked
        Whether that is more than unrelated markets show nineteen times in twenty.
    """

    stance: Stance
    dependence: float | None
    window: int
    is_linked: bool

    def of(self, side: str) -> Filtered:
        """Return whether a `long` or a `short` has the filter on its side; neutral where it does not lean or the two are not linked."""
        if not self.is_linked or self.stance.direction == "neutral" or self.dependence is None:
            return "neutral"
        pulls_up = (self.stance.direction == "bullish") == (self.dependence > 0)
        return "aligned" if pulls_up == (side == "long") else "against"

    def evidence(self, market: str) -> tuple[Evidence, ...]:
        """Return what the filter says of the market that depends on it, nothing where it is neutral."""
        pull = self.of("long")
        if pull == "neutral":
            return ()
        held, word = self.stance, "with" if (self.dependence or 0.0) > 0 else "against"
        latest = max((e.session for e in held.evidence), default=np.datetime64("NaT"))
        why = f"{held.market} leans {held.direction} and {market} moves {word} it"
        direction = "bullish" if pull == "aligned" else "bearish"
        return (Evidence(market, "rates_filter", direction, latest, WEIGHT, "rates_filter", why),)

    def reasons(self) -> tuple[str, ...]:
        """Return why, in words: the dependence first, then what the filter itself has done."""
        market = self.stance.market
        if self.dependence is None:
            linked = f"too few sessions in common with {market} to tell a dependence"
        else:
            word = "moves with" if self.dependence > 0 else "moves against"
            held = word if self.is_linked else "shows no clear link with"
            linked = f"{held} {market}: correlation of daily changes {self.dependence:.2f} over {self.window} sessions"
        leans = "takes no side" if self.stance.direction == "neutral" else f"leans {self.stance.direction}"
        told = [f"{e.why} ({np.datetime_as_string(e.session, 'D')}, {e.direction})" for e in self.stance.evidence]
        return (linked, f"{market} {leans}", *told)

    def to_json(self) -> dict[str, Any]:
        """Return the filter as setups print it."""
        return {"market": self.stance.market, "direction": self.stance.direction, "dependence": self.dependence,
                "window": self.window, "is_linked": self.is_linked, "reasons": list(self.reasons())}  # fmt: skip


def stance(look: Look, records: Records = NO_RECORDS) -> Stance:
    """Return where a market leans: its trend against the 50-day average, and all that its structure, momentum and volume say."""
    found = (*_trend(look), *weigh(look, records))
    points = balance(found)
    direction: Literal["bullish", "bearish", "neutral"] = (
        "bullish" if points >= LEANS else "bearish" if points <= -LEANS else "neutral"
    )
    return Stance(look.market, direction, points, found)


def _trend(look: Look) -> tuple[Evidence, ...]:
    bars = look.traded.bars
    average = sma(bars.close, LENGTH)[-1:]
    if not len(average) or not np.isfinite(average[0]) or bars.close[-1] == average[0]:
        return ()
    is_up = bars.close[-1] > average[0]
    why = f"the close is {'above' if is_up else 'below'} the {LENGTH}-day average"
    return (
        Evidence(look.market, "trend", "bullish" if is_up else "bearish", bars.session[-1], TREND, "rates_filter", why),
    )


def rates_filter(look: Look, beside: Look, records: Records = NO_RECORDS) -> Filter:
    """Return a market (`beside`) as filter for another, at the close that both know."""
    shared = common(look.traded.bars, beside.traded.bars)
    mine, others = (_changes(side, at) for side, at in zip((look, beside), shared, strict=True))
    if len(mine) < WINDOW:
        return Filter(stance(beside, records), None, WINDOW, False)
    value = correlation(mine[-WINDOW:], others[-WINDOW:])
    dependence = float(value) if np.isfinite(value) else None
    return Filter(stance(beside, records), dependence, WINDOW, dependence is not None and abs(dependence) >= BY_CHANCE)


def _changes(look: Look, at: NDArray[np.int64]) -> Floats:
    """Return a market's changes over the common sessions, free of roll gaps: of a yield in points, else as a share of its price."""
    traded, adjusted = look.traded.bars, look.adjusted.bars
    step = np.diff(adjusted.close[at])
    if traded.instrument.quoted_as == "yield":
        return np.asarray(step)
    price = np.abs(adjusted.close[at][:-1] + adjusted.shift[at][1:])
    return np.asarray(step / np.where(price > 0, price, np.nan))
