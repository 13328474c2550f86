"""What every channel can be asked."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from crosscurrent.watch.alert import Alert

__all__ = ["Channel", "Untold"]


class Untold(Exception):
    """An alert could not be told for a reason that may pass; it stays in the outbox."""


class Channel(Protocol):
    """A way to people."""

    @property
    def name(self) -> str:
        """What the outbox calls it: the same name keeps an alert from being told twice."""

    @property
    def is_loud(self) -> bool:
        """Whether it keeps quiet hours: what wakes people waits until they are over."""

    def tell(self, alert: Alert, now: np.datetime64) -> None:
        """Tell one alert; `Untold` when it could not be."""
