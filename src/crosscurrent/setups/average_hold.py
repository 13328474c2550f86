"""The average-hold plan: go with a market that came back to an average and was turned away by it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from crosscurrent.facts.fact import Fact
from crosscurrent.setups.ground import Ground, Idea
from crosscurrent.setups.setup import Side

__all__ = ["AverageHold"]

TESTS = ("average_touch", "average_pierce", "average_reclaim", "average_reject")


@dataclass(frozen=True, slots=True)
class AverageHold:
    r"""Buy a market that tested its average from above and closed back over it; sell the mirror image.

        \      /.     entry: trade above the highs since the test
         \  /\/
          \/___---    average        stop: beyond it and the test's low, by a margin in ATR
        ---

    Parameters
    ----------
    lengths
        The simple averages that are worth it.
    recent
        How many sessions old the test may be.
    near
        How far from the close the entry may be, in ATR.
    margin, patience
        As in `Breakout`.

    References
    ----------
    Murphy, Technical Analysis of the Financial Markets, ch. 9.
    """

    lengths: tuple[int, ...] = (50, 100, 200)
    recent: int = 3
    near: float = 1.0
    margin: float = 0.25
    patience: int = 5

    name = "average_hold"

    def ideas(self, ground: Ground) -> Iterator[Idea]:
        """Yield for each side the longest average that held."""
        tests = [
            f
            for f in ground.eve.look.facts(*TESTS, since=ground.since(self.recent), basis="traded")
            if self._counts(f, ground)
        ]
        for direction in ("bullish", "bearish"):
            held = max((f for f in tests if f.direction == direction), key=lambda f: f.readings["length"], default=None)
            if held is not None:
                yield from self._idea(held, ground)

    def _counts(self, fact: Fact, ground: Ground) -> bool:
        """Whether a test is of one of the averages, and the close is still where it was turned."""
        average = next(
            (m.price for m in ground.marks if m.kind == "average" and m.length == fact.readings["length"]), None
        )
        is_held = average is not None and (ground.close > average) == (fact.direction == "bullish")
        return is_held and fact.readings["length"] in self.lengths and fact.readings.get("is_ema") != 1

    def _idea(self, fact: Fact, ground: Ground) -> Iterator[Idea]:
        bars, is_long = ground.eve.look.traded.bars, fact.direction == "bullish"
        side: Side = "long" if is_long else "short"
        sign = 1.0 if is_long else -1.0
        at = bars.index_of(fact.session)
        entry = float(bars.high[at:].max() if is_long else bars.low[at:].min())
        tested = float(bars.low[at:].min() if is_long else bars.high[at:].max())
        structure = sign * min(sign * tested, sign * float(fact.readings["average"]))
        if sign * (entry - ground.close) <= self.near * ground.unit:
            reason = (
                f"the {int(float(fact.readings['length']))}-day average held, and the bars of its test are left behind"
            )
            yield Idea(
                self.name,
                side,
                entry,
                "trade_above" if is_long else "trade_below",
                reason,
                structure,
                self.margin,
                self.patience,
            )
