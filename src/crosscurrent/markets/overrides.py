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


CARTER = "National Day of Mourning for President Carter"
BUSH = "National Day of Mourning for President Bush"
CME_2025 = "CME Group, trading hours for the National Day of Mourning, 30 December 2024"
CLOSED_2018 = "Bloomberg, 2 December 2018: CME's equity and interest-rate markets shut, SIFMA recommends to close"
NO_YIELD = "no H.15 yields were published for the day"
PAYROLLS = "Good Friday with a payroll report"
SETTLED_2021 = "CME Good Friday holiday schedule 2021: interest-rate futures trade to 10:15 and settle"
AS_2021 = "as on Good Friday 2021, by the calendar libraries; the settlement of that day is not documented here"

OVERRIDES: tuple[Override, ...] = (
    Override("CME_EQUITY", "2025-01-09", "short", CARTER, CME_2025, "08:30"),
    Override("CME_RATES", "2025-01-09", "short", CARTER, CME_2025, "12:15"),
    Override("CME_METALS", "2025-01-09", "session", CARTER, CME_2025),
    Override("CME_ENERGY", "2025-01-09", "session", CARTER, CME_2025),
    Override("BONDS", "2025-01-09", "short", CARTER, "SIFMA, recommendation of 30 December 2024", "14:00"),
    Override("CME_EQUITY", "2018-12-05", "closed", BUSH, CLOSED_2018),
    Override("CME_RATES", "2018-12-05", "closed", BUSH, CLOSED_2018),
    Override("BONDS", "2018-12-05", "closed", BUSH, CLOSED_2018),
    Override("CME_RATES", "2015-04-03", "short", PAYROLLS, AS_2021, "10:15"),
    Override("CME_RATES", "2021-04-02", "short", PAYROLLS, SETTLED_2021, "10:15"),
    Override("CME_RATES", "2023-04-07", "short", PAYROLLS, AS_2021, "10:15"),
    Override("CME_RATES", "2026-04-03", "short", PAYROLLS, AS_2021, "10:15"),
    Override("BONDS", "2007-04-06", "short", PAYROLLS, "H.15 has yields for the day", "12:00"),
    Override("BONDS", "2010-04-02", "short", PAYROLLS, "SIFMA, holiday recommendations for 2010", "12:00"),
    Override("BONDS", "2012-04-06", "short", PAYROLLS, "SIFMA, recommendation of 21 March 2012", "12:00"),
    Override("BONDS", "2015-04-03", "short", PAYROLLS, "H.15 has yields for the day", "12:00"),
    Override("BONDS", "2010-12-31", "session", "last trading day of 2010", "SIFMA, holiday recommendations for 2010"),
    Override("BONDS", "2012-10-29", "short", "Hurricane Sandy", "SIFMA, recommendation of 28 October 2012", "12:00"),
    Override("BONDS", "2012-10-30", "closed", "Hurricane Sandy", NO_YIELD),
    Override("BONDS", "2001-09-11", "closed", "attacks of 11 September", NO_YIELD),
    Override("BONDS", "2001-09-12", "closed", "attacks of 11 September", NO_YIELD),
    Override("BONDS", "2004-06-11", "closed", "National Day of Mourning for President Reagan", NO_YIELD),
    Override("BONDS", "1994-04-27", "closed", "National Day of Mourning for President Nixon", NO_YIELD),
)
