"""The terminal: a line an alert."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from crosscurrent.watch.alert import Alert

__all__ = ["Terminal"]


@dataclass(frozen=True, slots=True)
class Terminal:
    """Writes each alert as a line.

    Parameters
    ----------
    write
        Takes the line; control characters are taken out before, so that no name in the data can move a cursor.
    """

    write: Callable[[str], None]
    name: str = "terminal"
    is_loud: bool = False

    def tell(self, alert: Alert, now: np.datetime64) -> None:
        """Write the alert."""
        text = "".join(c if c.isprintable() else " " for c in alert.text)
        self.write(f"{alert.session}  {alert.market:<8} {alert.kind.replace('_', ' ')}: {text}")
