"""The watch itself: look, compare with the last look, keep what became true, tell it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from crosscurrent.errors import CrosscurrentError
from crosscurrent.note.analysis import Missing
from crosscurrent.note.desk import Desk
from crosscurrent.pipeline import analyse, look, plan
from crosscurrent.setups.setup import Setup
from crosscurrent.sources.source import Source
from crosscurrent.sources.taking import take
from crosscurrent.watch.alert import Alert
from crosscurrent.watch.channels.channel import Channel, Untold
from crosscurrent.watch.outbox import Outbox
from crosscurrent.watch.rules import RULES
from crosscurrent.watch.schedule import Quiet
from crosscurrent.watch.seen import Seen

__all__ = ["Watch"]


@dataclass
class Watch:
    """One desk, watched.

    What it knew at the last look is not kept but computed anew from the data as of that date: nothing repaints, so it is the same.
    Only the date, the alerts and who was told lie on the disk.

    Parameters
    ----------
    desk, open
        The desk, and what opens its source afresh at each look.
    outbox
        Where alerts wait.
    channels
        Who is told.
    quiet
        Hours in which loud channels wait.
    fault
        Called with a sentence for whatever went wrong and will be tried again.
    """

    desk: Desk
    open: Callable[[], Source]
    outbox: Outbox
    channels: Sequence[Channel]
    quiet: Quiet | None = None
    fault: Callable[[str], None] = lambda sentence: None
    _last: Seen | None = field(default=None, repr=False)

    def look(self, now: np.datetime64) -> tuple[Alert, ...]:
        """Look once, keep what became true since the last look, tell all that waits, and return what is new.

        A source that cannot be read is a fault that is told and tried again; what waits is told all the same.
        """
        new: tuple[Alert, ...] = ()
        try:
            new = self._looked(now)
        except CrosscurrentError as fault:
            if fault.exit_code == 5:
                raise
            self.fault(fault.sentence)
        self.deliver(now)
        return new

    def _looked(self, now: np.datetime64) -> tuple[Alert, ...]:
        seen = self._seen(None)
        known = self.outbox.last_look(self.desk.name)
        if known is None or seen.analysis.as_of <= known:
            self.outbox.keep(self.desk.name, known if known is not None else seen.analysis.as_of, (), now)
            self._last = self._last or seen
            return ()
        alerts: list[Alert] = []
        before = self._before(known)
        for day in self._days(known, seen):
            after = self._seen(day, before.alive())
            alerts += [alert for rule in RULES for alert in rule(before, after)]
            before = after
        self._last = before
        return self.outbox.keep(self.desk.name, seen.analysis.as_of, alerts, now)

    def _before(self, known: np.datetime64) -> Seen:
        """Return what was seen at the last look; after a restart with the setups of the looks before it, made anew."""
        if self._last is not None and self._last.analysis.as_of == known:
            return self._last
        return self._seen(known, self._followed(known))

    def _followed(self, known: np.datetime64) -> tuple[Setup, ...]:
        first = self.outbox.first_look(self.desk.name)
        setups: dict[str, Setup] = {}
        for day in np.arange(max(first or known, known - FOLLOWED), known):
            if np.is_busday(day):
                setups |= {setup.id: setup for setup in self._planned(day)}
        return tuple(setups.values())

    def _planned(self, day: np.datetime64) -> Iterator[Setup]:
        snapshot = take(self.open(), self.desk.all_names(), day).snapshot
        charted = [m.name for m in self.desk.with_role("index", "filter") if snapshot.has(m.name)]
        for planned in plan(look(snapshot, charted), self.desk):
            yield from planned.setups

    def _days(self, known: np.datetime64, seen: Seen) -> Iterator[np.datetime64]:
        """Yield each session since the last look, so that a watch that slept tells each day's ladder and setups as they were."""
        names = seen.analysis.looks
        days = {day for market in names for day in seen.analysis.bars(market).session if day > known}
        yield from sorted(days | {seen.analysis.as_of})

    def _seen(self, day: np.datetime64 | None, followed: tuple[Setup, ...] = ()) -> Seen:
        source = self.open()
        taken = take(source, self.desk.all_names(), day)
        missing = tuple(Missing(gap.what, gap.why) for gap in taken.gaps)
        return Seen(analyse(taken.snapshot, self.desk, source=source.name, missing=missing), followed)

    def deliver(self, now: np.datetime64) -> None:
        """Tell every channel what it has not told yet; one that fails keeps its alerts and holds up no other."""
        for channel in self.channels:
            if channel.is_loud and self.quiet is not None and self.quiet.holds(now):
                continue
            self._tell(channel, now)

    def _tell(self, channel: Channel, now: np.datetime64) -> None:
        for alert in self.outbox.waiting(channel.name):
            try:
                channel.tell(alert, now)
            except Untold as fault:
                self.fault(f"{channel.name}: {fault}; it will be tried again.")
                return
            except CrosscurrentError as fault:
                self.fault(fault.sentence)
                return
            self.outbox.mark(channel.name, (alert,), now)


FOLLOWED = np.timedelta64(45, "D")
"""How far back setups are followed after a restart: none lives longer."""
