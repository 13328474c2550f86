"""Rules of the watch, one a file: each compares what a desk saw at two closes and yields what became true between them."""

from collections.abc import Callable, Iterator

from crosscurrent.watch.alert import Alert
from crosscurrent.watch.rules.drivers import drivers_changed
from crosscurrent.watch.rules.links import links_changed
from crosscurrent.watch.rules.policy import policy_moved
from crosscurrent.watch.rules.revealed import facts_revealed
from crosscurrent.watch.rules.setups import setups_moved
from crosscurrent.watch.rules.shelves import shelves_touched
from crosscurrent.watch.rules.vanished import markets_vanished
from crosscurrent.watch.seen import Seen

__all__ = ["RULES", "Rule"]

Rule = Callable[[Seen, Seen], Iterator[Alert]]

RULES: tuple[Rule, ...] = (
    facts_revealed, shelves_touched, setups_moved, links_changed, drivers_changed, policy_moved, markets_vanished,
)  # fmt: skip
"""Every rule: given the last look and this one, it yields what became true between their closes, nothing when they are the same."""
