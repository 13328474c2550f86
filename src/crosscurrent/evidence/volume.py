"""What volume says: conviction behind the breaks of the last days, or the lack of it."""

from __future__ import annotations

from collections.abc import Iterator

from crosscurrent.evidence.evidence import Evidence
from crosscurrent.structure.look import Look

__all__ = ["volume"]

RECENT = 5
STRONG, WEAK, EXPIRING = 1.5, 0.8, 0.25
"""Times the usual volume: from here strong, up to here weak; under the last the contract is expiring, which says nothing."""
WEIGHT = 0.25


def volume(look: Look) -> Iterator[Evidence]:
    """Yield strong volume at a break as evidence for it and weak volume as evidence against, the latest break of each direction."""
    bars = look.traded.bars
    if not len(bars) or not bars.has_volume:
        return
    breaks = look.facts("trendline_break", "level_break", since=bars.session[max(len(bars) - RECENT, 0)])
    latest = {f.direction: f for f in breaks if isinstance(f.readings.get("volume_ratio"), float)}
    for direction, fact in latest.items():
        ratio = float(fact.readings["volume_ratio"])
        if ratio >= STRONG:
            yield Evidence(
                fact.market, "volume_surge", direction, fact.session, WEIGHT, "volume", "strong volume at the break"
            )
        elif EXPIRING < ratio <= WEAK:
            other = "bearish" if direction == "bullish" else "bullish"
            yield Evidence(
                fact.market, "volume_dry_up", other, fact.session, WEIGHT, "volume", "weak volume at the break"
            )
