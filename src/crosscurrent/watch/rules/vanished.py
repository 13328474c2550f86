"""Markets that were there and are not any more."""

from __future__ import annotations

from collections.abc import Iterator

from crosscurrent.watch.alert import Alert
from crosscurrent.watch.seen import Seen

__all__ = ["markets_vanished"]


def markets_vanished(before: Seen, now: Seen) -> Iterator[Alert]:
    """Yield each market of the desk that the last look had and this one lacks; the others go on."""
    why = {gap.what: gap.why for gap in now.analysis.missing}
    for market in before.analysis.snapshot.names:
        if not now.analysis.snapshot.has(market):
            reason = why.get(market, "the source does not give it any more")
            yield Alert(now.desk, market, "market_vanished", str(now.analysis.as_of), f"{market} is gone: {reason}.")
