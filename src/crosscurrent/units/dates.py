"""Days as prose writes them, in English whatever the machine's language."""

from __future__ import annotations

import numpy as np

__all__ = ["DAYS", "MONTHS", "date_of"]

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def date_of(day: object) -> str:
    """Return a day as prose writes it: 25 November 2024."""
    value = np.datetime64(day, "D").astype(object)  # type: ignore[call-overload]
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"
