"""The life of a pattern, and the moves that are legal in it.

    FORMING -> CONFIRMED -> REACHED | FAILED | EXPIRED
    FORMING -> EXPIRED | INVALIDATED

Each move is a fact of its own with its own `known_at`. What has no life cycle (a swing, candle, cross, gap) is CONFIRMED when
known. FORMING is about the present only and never part of history.
"""

from __future__ import annotations

__all__ = [
    "BEARISH", "BULLISH", "CONFIRMED", "DIRECTIONS", "EXPIRED", "FAILED", "FORMING", "FUTURES", "INVALIDATED", "LEGAL_MOVES",
    "NEAR_MISS", "NEUTRAL", "NO_STRICTNESS", "REACHED", "STAGES", "STRICT", "STRICTNESSES",
]  # fmt: skip

STAGES = ("forming", "confirmed", "reached", "failed", "expired", "invalidated")
FORMING, CONFIRMED, REACHED, FAILED, EXPIRED, INVALIDATED = range(6)

LEGAL_MOVES = {
    (FORMING, CONFIRMED), (FORMING, EXPIRED), (FORMING, INVALIDATED),
    (CONFIRMED, REACHED), (CONFIRMED, FAILED), (CONFIRMED, EXPIRED),
}  # fmt: skip

BULLISH, NEUTRAL, BEARISH = 1, 0, -1
DIRECTIONS = {BULLISH: "bullish", NEUTRAL: "neutral", BEARISH: "bearish"}

STRICTNESSES = ("strict", "futures", "near_miss")
STRICT, FUTURES, NEAR_MISS = range(3)
NO_STRICTNESS = -1
