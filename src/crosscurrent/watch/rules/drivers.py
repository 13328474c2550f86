"""What drives a market's week, when that changes."""

from __future__ import annotations

from collections.abc import Iterator

from crosscurrent.note.attribution import DRIVER_WORDS
from crosscurrent.watch.alert import Alert
from crosscurrent.watch.seen import Seen

__all__ = ["drivers_changed"]

WORDS = {
    "rates_driven": "driven by rates", "partly": "partly driven by rates", "driven_by": "driven by {by}",
    "not_identified": "driven by nothing that can be identified",
}  # fmt: skip


def drivers_changed(before: Seen, now: Seen) -> Iterator[Alert]:
    """Yield each market whose week has another verdict, or another driver, than at the last look."""
    was = {report.market: report for report in before.analysis.drivers}
    for report in now.analysis.drivers:
        old = was.get(report.market)
        if old is not None and report.end > old.end and (report.verdict, report.by) != (old.verdict, old.by):
            told = WORDS[report.verdict].format(by=DRIVER_WORDS.get(str(report.by), ""))
            text = f"{report.market}: the week's move of {report.return_pct:+.2f}% now counts as {told}."
            yield Alert(now.desk, report.market, "driver_changed", str(report.end), text)
