"""Choose what to tell of a market: the few facts that matter now, strongest first, none of them twice."""

from __future__ import annotations

from collections.abc import Iterable

from crosscurrent.facts.fact import Fact
from crosscurrent.structure.look import Look

__all__ = ["against", "recent_facts", "told_on_both"]

WEIGHTS: dict[str, float] = {
    "head_and_shoulders": 9, "inverse_head_and_shoulders": 9, "falling_wedge": 9, "rising_wedge": 9, "double_top": 8.5,
    "double_bottom": 8.5, "triple_top": 8.5, "triple_bottom": 8.5, "ascending_triangle": 8, "descending_triangle": 8,
    "symmetrical_triangle": 7.5, "rectangle": 7.5, "bull_flag": 7, "bear_flag": 7, "pennant": 6.5,
    "failed_break": 6, "trendline_break": 7.5, "trendline_retest": 6.5, "level_break": 5, "level_flip": 5.5, "level_bounce": 4.5,
    "golden_cross": 6, "death_cross": 6, "average_loss": 6, "average_recovery": 6, "average_reclaim": 5, "average_reject": 5,
    "average_touch": 3, "rsi_trendline_break": 4.5, "macd_signal_cross": 3.5, "bullish_divergence": 4, "bearish_divergence": 4,
    "rejection": 5, "streak": 3, "gap_up": 3, "gap_down": 3,
    "shooting_star": 4.5, "hammer": 4, "hanging_man": 3.5, "inverted_hammer": 3.5, "morning_star": 5.5, "evening_star": 5.5,
    "bullish_engulfing": 4.5, "bearish_engulfing": 4.5, "piercing_line": 4, "dark_cloud": 4, "key_reversal": 4.5,
    "closing_price_reversal": 3, "three_white_soldiers": 4.5, "three_black_crows": 4.5,
}  # fmt: skip
"""How much a kind of fact matters to a reader, before how strong this one is; what is not here is not told."""

LONG_AVERAGE = 200
NEAR_MISS_LOSES = 1.5
OF_THE_DAY = ("streak",)
"""Kinds that a single close ends: told on their day or not at all."""
AGE_LOSES = 0.25
"""What a session of age takes from a fact's weight: news is worth most on its day."""


def recent_facts(look: Look, sessions: int) -> list[Fact]:
    """Return the facts of the last sessions that are worth telling, the weightiest first, one of each sort.

    Of the same thing told on both bases, or of two candles on one bar, only the weightier is kept; a break that has since failed
    gives way to its failure.
    """
    bars = look.traded.bars
    if not len(bars):
        return []
    since = bars.session[max(len(bars) - sessions, 0)]
    found = [f for f in look.facts(since=since) if f.kind in WEIGHTS and _counts(f)]
    undone = {(f.basis, f.subject) for f in found if f.kind == "failed_break"}
    close = {
        "traded": look.traded.bars.close[-1],
        "adjusted": look.adjusted.bars.close[-1] + look.adjusted.bars.shift[-1],
    }
    standing = [
        f for f in found
        if not (f.kind == "trendline_break" and (f.basis, f.subject) in undone) and still_holds(f, float(close[f.basis]))
    ]  # fmt: skip
    last = len(bars) - 1
    standing = [f for f in standing if f.kind not in OF_THE_DAY or f.at == last]
    return _one_of_each(sorted(standing, key=lambda f: (-weight(f, last - f.at), f.kind, f.basis, f.subject)))


def still_holds(fact: Fact, close: float) -> bool:
    """Whether the close is still on the side of the price that the fact was about: what has been undone since is no news."""
    name = "average" if "average" in fact.readings else "trigger" if fact.is_pattern else "price"
    price = fact.readings.get(name)
    if not isinstance(price, float) or fact.direction == "neutral" or fact.stage not in ("confirmed", "failed"):
        return True
    side = 1.0 if fact.direction == "bullish" else -1.0
    if fact.stage == "failed":
        side = -side if fact.is_pattern else side
    return side * (close - price) >= 0


def _counts(fact: Fact) -> bool:
    if fact.stage in ("invalidated", "expired"):
        return False  # what came to nothing, or to its end as a streak does, is neither told nor drawn
    if "length" in fact.readings and fact.kind.startswith("average") and fact.readings.get("is_ema") == 1:
        return False
    if fact.kind == "trendline_break" and float(fact.readings.get("beyond_atr", 0)) <= 0:
        return False
    return not (fact.kind == "trendline_retest" and float(fact.readings.get("strength", 10)) < 5)


def weight(fact: Fact, age: int = 0) -> float:
    """Return how much this fact matters: its kind's weight; more for long averages, strong lines and long ways back to them; less
    for near misses and for each session of age.
    """
    base = WEIGHTS[fact.kind] - AGE_LOSES * age
    if fact.strictness == "near_miss":
        base -= NEAR_MISS_LOSES
    if fact.kind.startswith("average"):
        length = float(fact.readings.get("length", 50))
        base += 2.5 if length >= LONG_AVERAGE else 0.5 if length >= 50 else -1.5
    if fact.kind == "trendline_retest":
        base += 0.3 * min(float(fact.readings.get("excursion_atr", 0.0)), 6.0) - 0.6
    return base + 0.25 * (float(fact.readings.get("strength", 6)) - 6.0)


def _one_of_each(facts: Iterable[Fact]) -> list[Fact]:
    kept: list[Fact] = []
    for fact in facts:
        if not any(_says_the_same(fact, other) for other in kept):
            kept.append(fact)
    return kept


FAMILIES = (
    ("average_reclaim", "average_recovery", "average_reject", "average_loss", "average_touch", "average_pierce"),
    ("trendline_break",), ("trendline_retest",), ("failed_break",), ("level_break", "level_flip", "level_bounce"),
)  # fmt: skip


def _says_the_same(fact: Fact, other: Fact) -> bool:
    if fact.strictness is not None and other.strictness is not None:
        return fact.session == other.session or fact.kind == other.kind
    if fact.kind == other.kind:
        return True
    return any(
        fact.kind in family and other.kind in family and fact.direction == other.direction for family in FAMILIES
    )


def against(facts: Iterable[Fact], direction: str) -> list[Fact]:
    """Return the facts that speak against a direction."""
    other = {"bullish": "bearish", "bearish": "bullish"}.get(direction)
    return [f for f in facts if f.direction == other]


def told_on_both(fact: Fact, look: Look) -> bool:
    """Whether prices as charted and prices free of roll gaps say the same: the fact, from the same swing, on that day on both."""
    if look.adjusted is look.traded:
        return True
    start = fact.anchors[0].session if fact.anchors else None
    same = [
        f for f in look.facts(fact.kind, since=fact.session)
        if f.session == fact.session and f.direction == fact.direction and (f.anchors[0].session if f.anchors else None) == start
    ]  # fmt: skip
    return len({f.basis for f in same}) == 2
