"""Sessions that the calendar libraries have wrong or miss, one line each, with where the truth was found.

To correct a day, add a line: it wins over `closures.py`. A half day has its local time of close; a day without session of its own
is `closed`, or `merged` when it traded into the next trade date; `session` restores a full one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["OVERRIDES", "Override"]


@dataclass(frozen=True, slots=True)
class Override:
    """One exchange's day as it really was, and who says so."""

    exchange: str
    day: str
    kind: Literal["session", "short", "closed", "merged"]
    reason: str
    source: str
    close: str = ""


CARTER = "National Day of Mourning"
CME_2025 = "CME Group notice on the National Day of Mourning, 9 January 2025 (Mondo Visione, 30 December 2024)"
SIFMA_2025 = "SIFMA holiday recommendations: early close at 14:00 on 9 January 2025"
BUSH = "National Day of Mourning for President Bush"
SETTLED = "front-month price histories hold no bar for the day: it had no settlement of its own"

OVERRIDES: tuple[Override, ...] = (
    Override("CME_EQUITY", "2025-01-09", "short", CARTER, CME_2025, "08:30"),
    Override("CME_RATES", "2025-01-09", "short", CARTER, CME_2025, "12:15"),
    Override("CME_METALS", "2025-01-09", "session", CARTER, CME_2025),
    Override("CME_ENERGY", "2025-01-09", "session", CARTER, CME_2025),
    Override("BONDS", "2025-01-09", "short", CARTER, SIFMA_2025, "14:00"),
)
