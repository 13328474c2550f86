"""Vintages: what the archive held of a market before a provider restated it, so that a past note can be read as it was written.

Only what was restated is set aside: a longer history of the same bars needs no copy, because what is cut at a date is the same.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from crosscurrent.sources.disk import replace_whole
from crosscurrent.sources.stored import COLUMNS

__all__ = ["is_restated", "set_aside", "standing_at"]

FOLDER = "vintages"


def is_restated(held: dict[str, Any], now: dict[str, Any]) -> bool:
    """Whether new columns say otherwise than the ones held about any session that both have."""
    _, there, here = np.intersect1d(held["session"], now["session"], assume_unique=True, return_indices=True)
    return not all(np.array_equal(held[name][there], now[name][here], equal_nan=True) for name in COLUMNS)


def set_aside(path: Path, until: np.datetime64) -> Path:
    """Keep a file of the archive as it is, as what was known until the moment at which another takes its place."""
    moment = str(until.astype("datetime64[s]")).replace(":", "")
    return replace_whole(path.parent / FOLDER / path.stem / f"{moment}Z.parquet", path.read_bytes())


def standing_at(path: Path, moment: np.datetime64) -> Path:
    """Return the file that stood in a path's place at a moment: the first set aside after it, else the present one."""
    aside = path.parent / FOLDER / path.stem
    later = [file for file in sorted(aside.glob("*Z.parquet")) if _until(file) > moment]
    return later[0] if later else path


def _until(file: Path) -> np.datetime64:
    day, _, time = file.stem.removesuffix("Z").partition("T")
    return np.datetime64(f"{day}T{time[:2]}:{time[2:4]}:{time[4:6]}", "s")
