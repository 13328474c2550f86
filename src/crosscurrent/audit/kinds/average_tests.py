"""How an average was tested: reached and held, reached and lost, pierced, respected over time."""

from __future__ import annotations

import re

import numpy as np

from crosscurrent.audit.case import Case
from crosscurrent.audit.compare import dated, stated
from crosscurrent.audit.verdicts import Measured, Part
from crosscurrent.bars.bars import Bars, Floats

__all__ = ["tested"]

WIDTH = 0.25
"""How near a bar comes to an average that it tests, in ATR."""
RECENT = 60
"""Sessions in which "respected" counts the tests."""
HELD = r"rebound|bounc|held|hold|respect|support|defend|reject|reclaim|resist|cap|fail|turned"
LOST = r"lost|broke|broken|gave way|sliced|violat"


def tested(case: Case, words: str, within: str | None, line: Floats, name: str) -> Part:
    """Return whether an average was tested as words say: on the last session, over a window, or over sixty sessions if "respected"."""
    bars = case.traded
    is_over_time = within is not None or bool(re.search(r"respect|often|repeated|several|times", words))
    first = case.since(within, RECENT) if is_over_time else case.back(1)
    rows = np.flatnonzero((bars.session >= first) & np.isfinite(line) & (np.arange(len(bars)) > 0))
    held, lost = _tests(bars, line, rows, WIDTH * case.atr)
    said = _told(case, held, lost, first, line, name)
    is_so, is_near, code = _judged(words, case, line, held, lost, is_over_time)
    measured: Measured = {
        "low": float(bars.low[-1]),
        "high": float(bars.high[-1]),
        "tests_held": float(len(held)),
        "tests_lost": float(len(lost)),
    }
    tolerance = f"a test comes within {WIDTH * case.atr:.6g} of it ({WIDTH} ATR) or through it, held when it closes on the side of the close before"
    return stated(
        is_so, said, measured, instead=f"{said}: it was not {words}", is_near=is_near, code=code, tolerance=tolerance
    )


def _tests(bars: Bars, line: Floats, rows: np.ndarray, room: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the sessions in which the average was reached and held, and those in which it was lost."""
    side = np.sign(bars.close[rows - 1] - line[rows - 1])
    nearest = np.where(side > 0, bars.low[rows], bars.high[rows])
    reached = (side * (nearest - line[rows]) <= room) & (side != 0)
    kept = side * (bars.close[rows] - line[rows]) > 0
    return rows[reached & kept], rows[reached & ~kept]


def _judged(
    words: str, case: Case, line: Floats, held: np.ndarray, lost: np.ndarray, is_over_time: bool
) -> tuple[bool, bool, str]:
    """Return whether it is so, whether nearly, and the code if not."""
    bars = case.traded
    if re.search(LOST, words):
        return bool(len(lost)), False, "other_state"
    if re.search(r"pierc|undercut", words):
        return bool(bars.low[-1] < line[-1] < bars.high[-1]), False, "other_state"
    if re.search(HELD, words):
        is_so = len(held) > 0 and (len(held) >= len(lost) if is_over_time else not len(lost))
        return is_so, len(held) > 0, "other_state" if len(lost) else "never_tested"
    if words in ("no", "false", "untested", "not tested"):
        return not len(held) + len(lost), False, "other_state"
    distance = float(min(abs(bars.low[-1] - line[-1]), abs(bars.high[-1] - line[-1])))
    return len(held) + len(lost) > 0, distance <= 2 * WIDTH * case.atr, "never_tested"


def _told(case: Case, held: np.ndarray, lost: np.ndarray, first: np.datetime64, line: Floats, name: str) -> str:
    bars = case.traded
    days = f" ({', '.join(dated(bars.session[k]) for k in held[-4:])})" if len(held) else ""
    low, value, close = (case.show(float(v)) for v in (bars.low[-1], line[-1], bars.close[-1]))
    return (
        f"{len(held)} test{'s' if len(held) != 1 else ''} of the {name} held{days}, {len(lost)} {'were' if len(lost) != 1 else 'was'} lost, "
        f"{dated(first)} to {bars.session[-1]}; low {low}, average {value}, close {close}"
    )
