"""How much to trade: the size at which the stop costs no more than a stated share of the account."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from crosscurrent.errors import RequestError
from crosscurrent.markets.instrument import Instrument

__all__ = ["Account", "Size", "size_of"]


@dataclass(frozen=True, slots=True)
class Account:
    """What may be lost, and in what it is traded; `RequestError` for money or risk that is none.

    Parameters
    ----------
    money
        The account, in the market's currency.
    risk
        The share of it that one stop may cost, above 0 and up to 1.
    leverage
        The greatest ratio of position to account, as regulators set it for contracts for difference; None for no limit.
    is_cfd
        Contracts for difference: one unit pays one unit of money a point, and a tenth of a unit can be traded.
    """

    money: float
    risk: float = 0.01
    leverage: float | None = None
    is_cfd: bool = False

    def __post_init__(self) -> None:
        if not self.money > 0 or not math.isfinite(self.money):
            raise RequestError(
                f"An account of {self.money:g} cannot be risked: give an amount above zero.", account=self.money
            )
        if not 0 < self.risk <= 1:
            raise RequestError(
                f"A risk of {self.risk:g} is none that can be taken: give the share of the account that the stop may cost, above 0 and up to 1 "
                f"(0.01 is one per cent).", risk=self.risk)  # fmt: skip
        if self.leverage is not None and not self.leverage > 0:
            raise RequestError(
                f"A leverage of {self.leverage:g} allows no position: give a limit above zero, such as 20.",
                leverage=self.leverage,
            )


@dataclass(frozen=True, slots=True)
class Size:
    """How many contracts or units, what they lose at the stop, and why no more: `reason` says so when it is zero or was limited.

    `tick_value` is what one unit gains or loses a tick, in `currency`.
    """

    units: float
    per_unit: float
    at_risk: float
    notional: float
    currency: str
    reason: str = ""
    tick_value: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Return the size as setups print it."""
        return {"units": self.units, "risk_per_unit": self.per_unit, "at_risk": self.at_risk, "notional": self.notional,
                "currency": self.currency, "tick_value": self.tick_value, "reason": self.reason or None}  # fmt: skip


def size_of(entry: float, stop: float, instrument: Instrument, account: Account) -> Size | None:
    """Return the size at which the way from entry to stop costs the stated share of the account, None where a point has no price.

    Whole contracts, rounded down. Gaps and slippage may cost more than the stop says: the size knows nothing of them.
    """
    point = 1.0 if account.is_cfd else instrument.multiplier
    if point is None and not instrument.is_future and instrument.quoted_as == "price":
        point = 1.0
    if point is None or entry == stop:
        return None
    step = 0.1 if account.is_cfd else 1.0
    per_unit, notional = abs(entry - stop) * point, abs(entry) * point
    units = _down(account.money * account.risk / per_unit, step)
    reason = (
        "" if units else f"one {'tenth of a unit' if account.is_cfd else 'contract'} already risks more than is allowed"
    )
    if account.leverage is not None and units * notional > account.leverage * account.money:
        units = _down(account.leverage * account.money / notional, step)
        reason = f"limited by a leverage of {account.leverage:g}"
    return Size(
        units,
        per_unit,
        units * per_unit,
        units * notional,
        instrument.currency,
        reason,
        point * instrument.notation.tick,
    )


def _down(units: float, step: float) -> float:
    return round(math.floor(units / step + 1e-9) * step, 6)
