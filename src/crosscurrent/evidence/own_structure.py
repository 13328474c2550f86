"""What a market's own structure of the last days says: breaks and their failures, patterns, averages, candles, rejections."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from crosscurrent.evidence.evidence import Evidence
from crosscurrent.evidence.record import is_counted
from crosscurrent.facts.fact import Fact
from crosscurrent.structure.look import Look

__all__ = ["argued", "kind_words", "own_structure"]

RECENT = 5
"""Sessions for which a break, a pattern or an average speaks."""
FRESH = 3
"""Sessions for which a candle does: it foretells days, not weeks."""
WEIGHTS = {
    "trendline_break": 1.0, "level_break": 0.75, "failed_break": 1.0, "trendline_retest": 0.75, "level_bounce": 0.5, "level_flip": 0.75,
    "average_recovery": 0.75, "average_loss": 0.75, "average_reclaim": 0.5, "average_reject": 0.5, "average_touch": 0.25,
    "golden_cross": 0.75, "death_cross": 0.75, "rejection": 0.5, "record_high": 0.75, "record_low": 0.75, "year_high": 0.5, "year_low": 0.5,
    "island": 0.75,
}  # fmt: skip
CANDLES = {
    "morning_star": 0.75, "evening_star": 0.75, "morning_doji_star": 0.75, "evening_doji_star": 0.75, "bullish_engulfing": 0.75,
    "bearish_engulfing": 0.75, "three_white_soldiers": 0.75, "three_black_crows": 0.75, "hammer": 0.5, "shooting_star": 0.5,
    "hanging_man": 0.25, "inverted_hammer": 0.25, "piercing_line": 0.5, "dark_cloud": 0.5, "bullish_harami": 0.25, "bearish_harami": 0.25,
    "key_reversal": 0.75, "closing_price_reversal": 0.5, "tweezer_top": 0.25, "tweezer_bottom": 0.25,
}  # fmt: skip
PATTERN = 1.5
NEAR_MISS = 0.5
"""By what share a candle weighs that misses its rule by a little."""


def own_structure(look: Look) -> Iterator[Evidence]:
    """Yield what the last sessions have drawn that still holds at the last close, one of each kind and direction: the latest."""
    bars = look.traded.bars
    if not len(bars):
        return
    since, fresh = (bars.session[max(len(bars) - n, 0)] for n in (RECENT, FRESH))
    facts = [f for f in look.facts(since=since) if f.direction != "neutral"]
    undone = {(f.basis, f.subject) for f in facts if f.kind == "failed_break"}
    latest: dict[tuple[str, str], Evidence] = {}
    for fact in facts:
        weight = _weight(fact, fresh)
        is_undone = (
            fact.kind.endswith("_break") and fact.kind != "failed_break" and (fact.basis, fact.subject) in undone
        )
        if weight and not is_undone and _holds(fact, look):
            told = _told(fact, weight)
            latest[told.kind, told.direction] = told
    yield from latest.values()


def _weight(fact: Fact, fresh: np.datetime64) -> float:
    """Return how much a fact counts, zero where it says nothing of direction."""
    if fact.is_pattern:
        return PATTERN if fact.stage in ("confirmed", "failed", "reached") else 0.0
    if fact.stage != "confirmed":
        return 0.0
    if fact.kind in CANDLES:
        share = NEAR_MISS if fact.strictness == "near_miss" else 1.0
        return CANDLES[fact.kind] * share if fact.session >= fresh else 0.0
    if fact.kind.startswith("average_") and (
        fact.readings.get("is_ema") == 1 or float(fact.readings.get("length", 50)) < 50
    ):
        return 0.0
    return WEIGHTS.get(fact.kind, 0.0)


def _holds(fact: Fact, look: Look) -> bool:
    """Whether the close is still on the side of the price that the fact was about."""
    name = "average" if "average" in fact.readings else "trigger" if fact.is_pattern else "price"
    price = fact.readings.get(name)
    if not isinstance(price, float) or fact.stage in ("failed", "reached"):
        return True
    bars = (look.traded if fact.basis == look.traded.bars.basis else look.adjusted).bars
    now = float(bars.close[-1] + bars.shift[fact.at])
    return (now - price) * (1 if fact.direction == "bullish" else -1) >= 0


def _told(fact: Fact, weight: float) -> Evidence:
    direction = fact.direction
    if fact.is_pattern and fact.stage == "failed":
        direction = "bearish" if fact.direction == "bullish" else "bullish"
    return Evidence(
        fact.market, fact.kind, direction, fact.session, weight, "own_structure", argued(fact), is_counted(fact)
    )


def kind_words(kind: str) -> str:
    """Return a kind as one writes it."""
    return kind.replace("_", " ").replace("rsi", "RSI").replace("macd", "MACD")


def argued(fact: Fact) -> str:
    """Return what a fact is called as an argument: its kind, with its stage, length or strictness where that matters."""
    what = kind_words(fact.kind)
    if fact.is_pattern and fact.stage == "failed":
        what = f"failed {what}"
    if fact.is_pattern and fact.stage == "reached":
        what = f"{what} whose target was reached"
    if "length" in fact.readings:
        what = f"{int(float(fact.readings['length']))}-day {what}"
    if fact.strictness == "near_miss":
        what = f"near miss of a {what}"
    return what
