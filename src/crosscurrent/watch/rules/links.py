"""Links between markets that came, went or turned: whether their daily changes go together, as far as an interval can tell."""

from __future__ import annotations

from collections.abc import Iterator

from crosscurrent.intermarket.correlation import Correlation
from crosscurrent.watch.alert import Alert
from crosscurrent.watch.seen import Seen

__all__ = ["links_changed"]

WORDS = {1: "move together", -1: "move against each other", 0: "show no clear link any more"}


def links_changed(before: Seen, now: Seen) -> Iterator[Alert]:
    """Yield each pair whose change correlation is on another side of zero than at the last look, or lost its side."""
    was = {pair.correlation.markets: pair.correlation for pair in before.analysis.pairs}
    for pair in now.analysis.pairs:
        found = pair.correlation
        old = was.get(found.markets)
        if old is not None and found.end > old.end and _side(found) != _side(old):
            yield _alert(found, now.desk)


def _side(found: Correlation) -> int:
    """Return 1 or -1 where the interval of the change correlation leaves out zero, else 0."""
    interval = found.changes.interval
    if interval is None:
        return 0
    return 1 if interval[0] > 0 else -1 if interval[1] < 0 else 0


def _alert(found: Correlation, desk: str) -> Alert:
    a, b = found.markets
    figure = found.changes.value
    told = "" if figure is None else f": a correlation of daily changes of {figure:.2f} over {found.window} sessions"
    return Alert(desk, f"{a}-{b}", "correlation_changed", str(found.end), f"{a} and {b} {WORDS[_side(found)]}{told}.")
