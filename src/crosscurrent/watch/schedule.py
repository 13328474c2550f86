"""When to look: after each exchange's close, once its provider has had time to publish it, and now and then in between."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import numpy as np

from crosscurrent.errors import RequestError
from crosscurrent.markets.sessions import calendar

__all__ = ["Quiet", "next_look"]

GRACE = np.timedelta64(20, "m")
"""How long after a close its bar is looked for first."""
DAY = np.timedelta64(1, "D")


def next_look(now: np.datetime64, exchanges: Iterable[str], every: np.timedelta64) -> np.datetime64:
    """Return the next moment to look, UTC: `every` so often while a session's bar may still come, else after the next close.

    Closes come from the exchanges' calendars, half days and summer time included; a weekend or holiday is slept through.
    """
    closes = sorted({close for exchange in exchanges for close in _closes(exchange, now)})
    late = [close for close in closes if close + GRACE <= now < close + GRACE + 12 * every]
    if late:  # a bar that has not come yet is looked for again, for a while
        return now + every
    return next(close + GRACE for close in closes if close + GRACE > now)


def _closes(exchange: str, now: np.datetime64) -> list[np.datetime64]:
    days = calendar(exchange)
    around = days.sessions(now.astype("datetime64[D]") - 4 * DAY, now.astype("datetime64[D]") + 14 * DAY)
    return list(days.closed_at(around))


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours in which nobody is woken, in a zone's own time; from later than until means over midnight."""

    start: time
    end: time
    zone: ZoneInfo

    @classmethod
    def parse(cls, text: str, zone: str) -> Quiet:
        """Return the hours that `22:00-07:00` says; `RequestError` for what says none."""
        try:
            start, end = (time.fromisoformat(part.strip()) for part in text.split("-"))
            return cls(start, end, ZoneInfo(zone))
        except (ValueError, KeyError, OSError):
            raise RequestError(
                f"Quiet hours are written as 22:00-07:00 with a zone such as America/New_York, not {text!r} in {zone!r}."
            ) from None

    def holds(self, now: np.datetime64) -> bool:
        """Whether it is quiet at a moment, UTC."""
        local = (
            datetime.fromtimestamp(int(now.astype("datetime64[s]").astype(np.int64)), UTC).astimezone(self.zone).time()
        )
        if self.start <= self.end:
            return self.start <= local < self.end
        return local >= self.start or local < self.end
