"""Impossible prices: values that a market never traded near, and what was likeliest meant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from crosscurrent.bars.bars import Bars
from crosscurrent.errors import RequestError
from crosscurrent.indicators.volatility import atr
from crosscurrent.note.compose import impossible
from crosscurrent.units import Notation

__all__ = ["impossible", "intended", "yardstick"]

NEAR = 3.0
"""An intended price lies within so many ATR of the last close."""
CLEARLY = 2.0
"""Of two that would fit the nearer is offered when the other is at least so many times as far away."""
RECENT = 20


def yardstick(bars: Bars) -> float:
    """Return the ATR at the last bar, a hundredth of the price where it is not known."""
    unit = float(atr(bars.high, bars.low, bars.close)[-1])
    return unit if np.isfinite(unit) and unit > 0 else max(abs(float(bars.close[-1])) * 0.01, 1e-9)


def intended(text: str, bars: Bars) -> float | None:
    """Return the price that was likeliest meant by an impossible one, None when no single error explains it.

    Errors are tried by how usual they are: a misplaced decimal point, a 32nd written to the wrong handle, two digits exchanged, one digit
    wrong, one digit dropped or doubled. The first of them that gives a price near the last close decides, if one price stands out.
    """
    digits = re.sub(r"[^0-9.'’\-+]", "", text.replace(",", "").replace("−", "-")).strip("+-'’.")
    for tried in (_shifted, _other_handle, _exchanged, _one_wrong, _dropped):
        near = sorted({v for v in tried(digits, bars) if _is_near(v, bars)}, key=lambda v: abs(v - bars.close[-1]))
        if near and _stands_out(near, bars):
            return near[0]
    return None


def _is_near(value: float, bars: Bars) -> bool:
    recent = bars.last(RECENT)
    room = NEAR * yardstick(bars)
    close = float(bars.close[-1])
    return abs(value - close) <= room or float(recent.low.min()) <= value <= float(recent.high.max())


def _stands_out(near: list[float], bars: Bars) -> bool:
    if len(near) == 1:
        return True
    first, second = (abs(v - float(bars.close[-1])) for v in near[:2])
    return second >= CLEARLY * max(first, 0.25 * yardstick(bars))


def _read(text: str, notation: Notation) -> Iterator[float]:
    """Yield what a text may mean in the market's notation."""
    try:
        yield notation.parse(text)
    except RequestError as fault:
        for meaning in fault.fields.get("meanings", ()):  # type: ignore[attr-defined]
            yield notation.parse(meaning) if "-" in meaning else float(meaning)
        if re.fullmatch(r"[0-9]+(\.[0-9]+)?", text) and "meanings" not in fault.fields:
            yield float(text)


def _shifted(digits: str, bars: Bars) -> Iterator[float]:
    for value in _read(digits, bars.instrument.notation):
        yield from (value * 10.0**power for power in (-3, -2, -1, 1, 2, 3))


def _other_handle(digits: str, bars: Bars) -> Iterator[float]:
    """Yield the same 32nds at the handles that traded lately: 99.07 where 108'07 was meant."""
    parts = re.fullmatch(r"[0-9]+[.'’\-]([0-9]{2}[0-9+]?)", digits)
    if not bars.instrument.notation.parts or not parts:
        return
    recent = bars.last(RECENT)
    for handle in range(int(recent.low.min()), int(recent.high.max()) + 1):
        try:
            yield bars.instrument.notation.parse(f"{handle}-{parts[1]}")
        except RequestError:
            continue


def _exchanged(digits: str, bars: Bars) -> Iterator[float]:
    places = [k for k, c in enumerate(digits) if c.isdigit()]
    for i, j in pairwise(places):
        swapped = list(digits)
        swapped[i], swapped[j] = swapped[j], swapped[i]
        yield from _read("".join(swapped), bars.instrument.notation)


def _one_wrong(digits: str, bars: Bars) -> Iterator[float]:
    for k, c in enumerate(digits):
        if c.isdigit():
            yield from (
                v
                for d in "0123456789"
                if d != c
                for v in _read(digits[:k] + d + digits[k + 1 :], bars.instrument.notation)
            )


def _dropped(digits: str, bars: Bars) -> Iterator[float]:
    for k in range(len(digits) + 1):
        yield from (v for d in "0123456789" for v in _read(digits[:k] + d + digits[k:], bars.instrument.notation))
        if k < len(digits) and digits[k].isdigit() and len(digits) > 1:
            yield from _read((digits[:k] + digits[k + 1 :]).strip("'.-") or "0", bars.instrument.notation)
