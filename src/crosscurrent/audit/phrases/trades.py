"""Phrases about trades: entry, stop, targets, what would end them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from crosscurrent.audit.phrases.reading import NUMBER, Reading, clean

__all__ = ["setup", "setup_tail"]


def setup(s: str) -> Iterator[Reading]:
    """Read "buy above 21,480 with a protective stop below"."""
    match = re.search(rf"\b(buy|sell|longs?|shorts?)\b[^.]{{0,40}}?\b(above|below)\s+({NUMBER})", s, re.IGNORECASE)
    if match and re.search(r"stop|setup|target", s, re.IGNORECASE):
        side = "long" if match[1].lower().startswith(("buy", "long")) else "short"
        stop = re.search(rf"stop\w*\s+(?:loss\s+)?(?:at|below|above)\s+({NUMBER})", s, re.IGNORECASE)
        yield Reading(
            "setup",
            {
                "side": side,
                f"entry_{match[2].lower()}": clean(match[3]),
                **({"stop": clean(stop[1])} if stop else {}),
            },
        )


def setup_tail(s: str) -> dict[str, Any]:
    """Read "upside targets include 21,875 and 22,111" and "a reversal below the 50-day moving average would invalidate"."""
    found: dict[str, Any] = {}
    targets = re.search(r"\btargets?\b\s+(?:include|are|at|of|sits? at)\s+(.+)", s, re.IGNORECASE)
    if targets:
        prices = [clean(p) for p in re.findall(NUMBER, targets[1]) if len(clean(p)) > 2]
        found |= {"targets": prices} if prices else {}
    ends = re.search(
        rf"(below|above)\s+(?:the\s+)?({NUMBER}(?:-day moving average|-day"
        r" average)?)\s+would\s+(?:invalidate|negate)",
        s,
        re.IGNORECASE,
    )
    if ends:
        found[f"invalid_{ends[1].lower()}"] = clean(ends[2]) if not ends[2].endswith("average") else ends[2]
    return found
