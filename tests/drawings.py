"""Patterns drawn by hand: straight legs between turns, in ATR around a level, after a quiet start."""

from __future__ import annotations

import numpy as np

from strategies import bars_of

LEVEL = 200.0


def drawn(*turns, upside_down=False, quiet=30, seed=0):
    """Return bars whose closes run straight from turn to turn (bars from the last turn, price), with true ranges of about one.

    `quiet` bars go before, so that the ATR is known; the first turn's price is reached straight from zero.
    """
    rng = np.random.default_rng(seed)
    closes = [np.linspace(0.0, 0.2, quiet)]
    before = 0.2
    for length, price in turns:
        closes.append(np.linspace(before, price, length + 1)[1:])
        before = price
    close = LEVEL + np.concatenate(closes) * (-1 if upside_down else 1)
    opening = np.concatenate([close[:1], close[:-1]])
    shadow = np.maximum(1.0 - np.abs(close - opening), 0.3) * (0.4 + 0.2 * rng.random(len(close)))
    return bars_of(opening, np.maximum(opening, close) + shadow, np.minimum(opening, close) - shadow, close)


def between_lines(upper, lower, count=6, leg=6, top_first=True, lead=None):
    """Return turns that touch two lines (functions of the bar) by turns, after a lead-in."""
    turns, is_top = [], top_first
    first = upper(0) if top_first else lower(0)
    turns.append((14, first + (-18 if top_first else 18) if lead is None else lead))
    turns.append((18, first))
    for i in range(1, count):
        is_top = not is_top
        turns.append((leg, (upper if is_top else lower)(i * leg)))
    return turns


def told(detector, bars):
    """Return (kind, stage, direction) of each fact, oldest first."""
    from crosscurrent.structure import Tape

    return [(f.kind, f.stage, f.direction) for f in detector.sweep(Tape(bars)).facts(bars)]


def confirmed(detector, bars):
    """Return (kind, direction) of what was confirmed."""
    return [(kind, direction) for kind, stage, direction in told(detector, bars) if stage == "confirmed"]
