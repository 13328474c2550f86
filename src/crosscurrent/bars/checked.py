"""The door: columns come in, are checked, and leave as bars; corrupt data is worse than no data."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crosscurrent.bars.bars import Bars, Floats, Sessions
from crosscurrent.errors import RejectedData
from crosscurrent.markets import calendar
from crosscurrent.markets.instrument import Instrument

__all__ = ["checked_bars"]

NOISE = 1e-8
"""How far, of the price, a high may lie below a close and still be float noise; it is then set right."""
SHARE = 0.01
"""Above this share of rows without a range, the whole series counts as close-only."""
TRADED = 0.5
"""Below this share of rows with a volume above zero, the column is a filler, and the volume unknown."""
INTRADAY = re.compile(r"([1-9][0-9]*)(m|h)")
PRICES = ("open", "high", "low", "close")


def checked_bars(market: str, instrument: Instrument, columns: Mapping[str, ArrayLike], interval: str = "1d") -> Bars:
    """Return traded bars of these columns, or refuse them with place, rule and values (`RejectedData`).

    Columns of shape (n,): `session` (dates; for intraday intervals the moments, UTC, at which bars start), `close`, and if known
    `open`, `high`, `low`, `volume`. Refused: no rows, unequal lengths, dates missing, unsorted or twice, text or infinity among
    numbers, a close missing, a row with only part of its prices, a high below or a low above another price of the row by more
    than rounding, and prices at or below zero where the instrument allows none.

    Rows with a close alone: a detector would read a flat bar as a doji and every move as a gap. So a series in which more than
    one row in a hundred has no range is close-only throughout, its closes repeated; that is a property of the source, judged on
    all it delivers. A rarer such row becomes a flat bar, and `quality.check` names it. Likewise a volume that is zero in most rows is no volume.
    """
    session, closed_at = _times(market, instrument, columns, interval)
    table = {name: _numbers(market, name, columns, len(session)) for name in (*PRICES, "volume")}
    if not len(session):
        raise RejectedData(market, "there are no rows", "An empty file is no market.")
    is_close_only = False if _is_sound(table) else _mended(market, instrument, session, table)
    if np.count_nonzero(table["volume"] > 0) < TRADED * len(session):
        table["volume"] = np.full(len(session), np.nan)
    return Bars(
        market, instrument, interval, "traded", session, closed_at,
        table["open"], table["high"], table["low"], table["close"], table["volume"],
        np.zeros(len(session)), np.zeros(len(session), bool), is_close_only=is_close_only,
    )  # fmt: skip


def _is_sound(table: Mapping[str, Floats]) -> bool:
    """Whether every row has all its prices, in order and above zero: of nearly every series, which no rule need look at one by one."""
    opened, high, low, close, volume = (table[name] for name in (*PRICES, "volume"))
    in_order = (low > 0) & (low <= np.minimum(opened, close)) & (np.maximum(opened, close) <= high) & (high < np.inf)
    return bool(in_order.all()) and not ((volume < 0) | np.isinf(volume)).any()


def _mended(market: str, instrument: Instrument, session: Sessions, table: dict[str, Floats]) -> bool:
    """Refuse what no rule allows, set right what may be, and return whether the series has closes alone."""
    _refuse_gaps(market, session, table)
    flat = np.isnan(table["open"])
    for name in PRICES[:3]:
        table[name] = np.where(flat, table["close"], table[name])
    _refuse_signs(market, instrument, session, table)
    _set_right(market, session, table)
    is_close_only = bool(np.mean(flat) > SHARE)
    if is_close_only:
        table |= {name: table["close"].copy() for name in PRICES[:3]}
    return is_close_only


def _times(
    market: str, instrument: Instrument, columns: Mapping[str, ArrayLike], interval: str
) -> tuple[Sessions, Sessions]:
    """Return sessions and the moments at which they are known."""
    if "session" not in columns or "close" not in columns:
        missing = "session" if "session" not in columns else "close"
        raise RejectedData(market, f"the column {missing!r} is missing", f"It has {', '.join(map(str, columns))}.")
    intraday = INTRADAY.fullmatch(interval)
    try:
        given = np.array(columns["session"], "datetime64[s]" if intraday else "datetime64[D]")
    except (ValueError, TypeError) as fault:
        raise RejectedData(market, f"a date cannot be read ({fault})", "Write dates as 2025-01-17.") from fault
    _refuse_order(market, given)
    sessions = calendar(instrument.exchange)
    if not intraday:
        return given, sessions.closed_at(given)
    length = np.timedelta64(int(intraday[1]), "m" if intraday[2] == "m" else "h")
    return sessions.trade_dates(given), np.asarray(given + length, "datetime64[s]")


def _refuse_order(market: str, given: Sessions) -> None:
    if np.isnat(given).any():
        raise RejectedData(market, f"row {int(np.argmax(np.isnat(given))) + 1} has no date")
    steps = np.diff(given).astype(np.int64)
    if (steps == 0).any():
        raise RejectedData(market, f"{given[int(np.argmax(steps == 0))]} stands there twice")
    if (steps < 0).any():
        place = int(np.argmax(steps < 0))
        raise RejectedData(market, f"{given[place + 1]} comes after {given[place]}", "Sort the rows by date.")


def _numbers(market: str, name: str, columns: Mapping[str, ArrayLike], n: int) -> Floats:
    """Return a column as floats, NaN throughout when it was not given."""
    if name not in columns:
        return np.full(n, np.nan)
    try:
        numbers = np.array(columns[name], np.float64)
    except (ValueError, TypeError) as fault:
        raise RejectedData(market, f"the column {name!r} holds what is no number ({fault})") from fault
    if len(numbers) != n:
        raise RejectedData(market, f"the column {name!r} has {len(numbers)} rows, the dates have {n}")
    return numbers


def _refuse_gaps(market: str, session: Sessions, table: Mapping[str, Floats]) -> None:
    """Refuse infinities, missing closes, and rows with part of their prices."""
    for name, column in table.items():
        _refuse(market, session, np.isinf(column), lambda i, name=name: f"the {name} is infinite")
    _refuse(market, session, np.isnan(table["close"]), lambda i: "the close is missing")
    missing = [np.isnan(table[name]) for name in PRICES[:3]]
    part = np.any(missing, axis=0) & ~np.all(missing, axis=0)

    def told(i: int) -> str:
        lacking = [name for name, gone in zip(PRICES, missing, strict=False) if gone[i]]
        verb = "is" if len(lacking) == 1 else "are"
        return f"the {' and the '.join(lacking)} {verb} missing beside a close of {table['close'][i]:.10g}"

    _refuse(market, session, part, told)
    _refuse(market, session, table["volume"] < 0, lambda i: f"the volume, {table['volume'][i]:.10g}, is negative")


def _refuse_signs(market: str, instrument: Instrument, session: Sessions, table: Mapping[str, Floats]) -> None:
    if instrument.may_be_negative:
        return
    for name in PRICES:
        _refuse(
            market, session, table[name] <= 0,
            lambda i, name=name: f"the {name}, {table[name][i]:.10g}, is not above zero, which {instrument.name} cannot be",
        )  # fmt: skip


def _set_right(market: str, session: Sessions, table: dict[str, Floats]) -> None:
    """Refuse highs below and lows above another price of their row; set right what is only float noise."""
    noise = NOISE * np.maximum(np.abs(table["close"]), np.abs(table["open"]))
    for name in ("open", "close", "low"):
        _refuse(
            market,
            session,
            table["high"] < table[name] - noise,
            lambda i, name=name: _crossed(table, "high", "below", name, i),
        )
    for name in ("open", "close"):
        _refuse(
            market,
            session,
            table["low"] > table[name] + noise,
            lambda i, name=name: _crossed(table, "low", "above", name, i),
        )
    table["high"] = np.maximum.reduce([table[name] for name in PRICES])
    table["low"] = np.minimum.reduce([table[name] for name in PRICES])


def _crossed(table: Mapping[str, Floats], one: str, side: str, other: str, i: int) -> str:
    return f"the {one}, {table[one][i]:.10g}, is {side} the {other}, {table[other][i]:.10g}"


def _refuse(market: str, session: Sessions, bad: NDArray[np.bool_], told: object) -> None:
    """Refuse the first bad row, by its date."""
    if bad.any():
        row = int(np.argmax(bad))
        raise RejectedData(f"{market} on {session[row]}", told(row))  # type: ignore[operator]
