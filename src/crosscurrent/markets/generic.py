"""A market nobody described: its tick is read off its prices, its sessions are weekdays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from crosscurrent.errors import BadSetting
from crosscurrent.markets.instrument import AssetClass, Instrument, Roll
from crosscurrent.markets.sessions import EXCHANGES
from crosscurrent.units import Notation

__all__ = ["described", "inferred"]

STEPS = (1.0, 0.5, 0.25, 0.1, 0.05, 0.025, 0.01, 0.005, 0.0025, 0.001, 0.0005, 1e-4, 5e-5, 1e-5, 1e-6, 1e-7, 1e-8)
"""Ticks that exchanges use, coarse to fine."""
KEYS = frozenset({
    "symbol", "name", "asset_class", "quoted_as", "tick", "digits", "parts", "exchange", "roll", "reference",
    "reference_beta", "multiplier", "currency", "may_be_negative", "aliases",
})  # fmt: skip


def inferred(market: str, closes: NDArray[np.float64] | None = None) -> Instrument:
    """Return an instrument for a market that nobody described, named as its data are.

    The tick is the coarsest usual one on which 98 of 100 of its closes lie; without closes, or when none fits, it is a
    hundredth of a per cent of the price, rounded down to a power of ten. Prices must be positive: a series that is not has to be
    described.
    """
    tick = 0.01 if closes is None else _tick(np.asarray(closes, np.float64))
    return Instrument(market, market, "generic", "price", Notation(tick=tick, digits=_digits(tick)), "GENERIC")


def _tick(closes: NDArray[np.float64]) -> float:
    size = np.abs(closes)
    # No market is quoted beyond these; what is, is refused at the door.
    known = size[(size > 1e-9) & (size < 1e12)]
    if not len(known):
        return 0.01
    middle = float(np.median(known))
    for step in STEPS:
        steps = known / step
        # Adjusted series carry float noise of about a millionth of the price.
        near = np.abs(steps - np.round(steps)) < 1e-3 + 1e-9 * np.abs(steps)
        if step < middle and np.mean(near) >= 0.98:
            return step
    return float(10.0 ** np.floor(np.log10(middle * 1e-4)))


def _digits(tick: float) -> int:
    """Return how many decimals show every tick."""
    return next((n for n in range(12) if abs(tick * 10**n - round(tick * 10**n)) < 1e-9), 12)


def described(market: str, table: Mapping[str, object], file: str = "instrument.toml") -> Instrument:
    """Return an instrument from the table that describes it beside its data; `BadSetting` names the key that is wrong.

    All keys are optional: symbol, name, asset_class, quoted_as, tick, digits, parts, exchange, roll, reference, reference_beta,
    multiplier, currency, may_be_negative, aliases.
    """
    for key in table:
        if key not in KEYS:
            raise BadSetting(file, key, f"is no key of an instrument; known are {', '.join(sorted(KEYS))}")
    parts = _number(table, "parts", file, 0.0)
    tick = _number(table, "tick", file, 1 / (32 * parts) if parts else 0.01)
    if tick <= 0 or parts not in (0, 1, 2, 4, 8) or (parts and tick * 32 * parts != 1):
        raise BadSetting(file, "tick", "must be above zero, and with parts (1, 2, 4, 8) one part of a 32nd")
    digits = _number(table, "digits", file, _digits(tick))
    if digits not in range(13):
        raise BadSetting(file, "digits", f"must be a whole number from 0 to 12, not {digits:g}")
    return Instrument(
        symbol=_text(table, "symbol", file, market),
        name=_text(table, "name", file, market),
        asset_class=_one_of(table, "asset_class", file, get_args(AssetClass), "generic"),  # type: ignore[arg-type]
        quoted_as=_one_of(table, "quoted_as", file, ("price", "yield"), "price"),  # type: ignore[arg-type]
        notation=Notation(tick, int(digits), int(parts)),
        exchange=_one_of(table, "exchange", file, EXCHANGES, "GENERIC"),
        roll=_one_of(table, "roll", file, get_args(Roll), "none"),  # type: ignore[arg-type]
        reference=_text(table, "reference", file, "") or None,
        reference_beta=_number(table, "reference_beta", file, 0.0),
        multiplier=_number(table, "multiplier", file, 0.0) or None,
        currency=_text(table, "currency", file, "USD"),
        may_be_negative=_flag(table, "may_be_negative", file, table.get("quoted_as") == "yield"),
        aliases=_texts(table, "aliases", file),
    )


def _text(table: Mapping[str, object], key: str, file: str, default: str) -> str:
    value = table.get(key, default)
    if not isinstance(value, str):
        raise BadSetting(file, key, f"must be a text, not {value!r}")
    return value


def _texts(table: Mapping[str, object], key: str, file: str) -> tuple[str, ...]:
    value = table.get(key, ())
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        raise BadSetting(file, key, f"must be a list of texts, not {value!r}")
    return tuple(value)


def _number(table: Mapping[str, object], key: str, file: str, default: float) -> float:
    value = table.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not np.isfinite(value):
        raise BadSetting(file, key, f"must be a number, not {value!r}")
    return float(value)


def _flag(table: Mapping[str, object], key: str, file: str, default: bool) -> bool:
    value = table.get(key, default)
    if not isinstance(value, bool):
        raise BadSetting(file, key, f"must be true or false, not {value!r}")
    return value


def _one_of(table: Mapping[str, object], key: str, file: str, allowed: tuple[str, ...], default: str) -> str:
    value = _text(table, key, file, default)
    if value not in allowed:
        raise BadSetting(file, key, f"must be one of {', '.join(allowed)}, not {value!r}")
    return value
