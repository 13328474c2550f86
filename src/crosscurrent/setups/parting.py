"""Parting: setups on both sides of a market do not contradict each other, and where they share a price it is told what parts them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from crosscurrent.setups.setup import Parting, Setup, Start
from crosscurrent.units import Notation

__all__ = ["contradiction", "parted"]

ONE_PRICE = 0.35
"""Entries of a long and a short closer than this, in ATR, look like one price to a reader."""


def contradiction(setup: Setup, others: Iterable[Setup], notation: Notation) -> str | None:
    """Return why a setup cannot stand beside those on the other side, None where it can.

    A break and its failure may share a price: a close above starts the long, one below the short, and no close is both. But two trades
    that one move of price would start one after the other, or a close between them at once, would have a reader long and short.
    """
    for other in others:
        if other.side != setup.side and _are_both_started(setup, other):
            named = f"{other.plan.replace('_', ' ')} {other.side}"
            price = notation.format(other.entry.price)
            return f"one move of price would enter it and the {named} at {price}, and leave a reader long and short at once"
    return None


def _are_both_started(one: Setup, other: Setup) -> bool:
    """Whether price can start both before either has come to its stop or its first target."""
    long, short = (one, other) if one.side == "long" else (other, one)
    if _rises_to(long) == _rises_to(short):
        return _lies_within(long.entry.price, short) or _lies_within(short.entry.price, long)
    if _rises_to(long):
        return long.entry.price < short.entry.price
    return long.entry.price >= short.entry.price


def _rises_to(setup: Setup) -> bool:
    """Whether price comes to the entry from below."""
    return setup.entry.condition in ("close_above", "trade_above", "retest_from_below")


def _lies_within(price: float, setup: Setup) -> bool:
    """Whether a price lies between a setup's stop and its first target."""
    low, high = sorted((setup.stop, setup.targets[0].price))
    return low < price < high


def parted(setups: Iterable[Setup], unit: float, notation: Notation) -> tuple[Setup, ...]:
    """Return the setups, those whose entry looks like that of one on the other side with the words that part them."""
    found = tuple(setups)
    return tuple(replace(setup, parting=_words(setup, found, unit, notation)) for setup in found)


def _words(setup: Setup, others: Iterable[Setup], unit: float, notation: Notation) -> Parting | None:
    near = [o for o in others if o.side != setup.side and abs(o.entry.price - setup.entry.price) <= ONE_PRICE * unit]
    nearest = min(near, key=lambda o: abs(o.entry.price - setup.entry.price), default=None)
    if nearest is None:
        return None
    starts = tuple(Start(_way(s), s.entry.price, s.side) for s in (setup, nearest))
    told = ", ".join(f"{s.way} {notation.format(s.price)} starts the {s.side}" for s in starts)
    return Parting(f"two sides of one price: {told}", starts)


def _way(setup: Setup) -> str:
    return {"close": "a close", "trade": "trade", "retest": "a return"}[setup.entry.condition.split("_")[0]] + (
        " to" if setup.entry.condition.startswith("retest") else f" {setup.entry.condition.split('_')[1]}"
    )
