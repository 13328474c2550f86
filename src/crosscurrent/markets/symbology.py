"""Symbols as people write them: NQ, NQ=F, NQ1!, NQH5, /NQ, CME:NQ1!; US10Y, DGS10, ^TNX."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np

from crosscurrent.errors import UnknownName
from crosscurrent.markets import INSTRUMENTS, find

__all__ = ["SAME", "Symbol", "canonical", "continuous", "delivery", "spelled", "understood"]

MONTHS = "FGHJKMNQUVXZ"
"""The exchanges' letters for January to December."""
SAME = (("DGS5", "FVX"), ("DGS10", "TNX"), ("DGS30", "TYX"))
"""Yields that two providers publish; the first is preferred, the other stands in where it alone is known."""
CONTRACT = re.compile(rf"(?P<root>[A-Z0-9]{{1,6}}?)(?P<month>[{MONTHS}])(?P<year>[0-9]{{1,2}}|[12][0-9]{{3}})")
FRONT = re.compile(r"(?P<root>[A-Z0-9]+?)(?:=F|=X|1!|\.[VCN]\.0|@1)")

CHAIN = re.compile(r"(?P<root>[A-Za-z0-9]+)\.(?P<rule>[vc])\.0")

_ALIASES = {alias.upper(): one.symbol for one in INSTRUMENTS for alias in one.aliases}


@dataclass(frozen=True, slots=True)
class Symbol:
    """What a symbol means: the market, and the contract when one was named.

    Parameters
    ----------
    text
        As it was written.
    market
        Our name of the market.
    contract
        Month letter and full year (`H2025`), or empty; the front series stands in for it.
    remark
        What had to be assumed, in words; empty when nothing.
    """

    text: str
    market: str
    contract: str = ""
    remark: str = ""


def canonical(text: str, as_of: date | None = None, known: Iterable[str] = ()) -> str:
    """Return the market that a symbol means; `UnknownName` offers the nearest of those known."""
    return understood(text, as_of, known).market


def understood(text: str, as_of: date | None = None, known: Iterable[str] = ()) -> Symbol:
    """Return what a symbol means, with the contract it names.

    Where `known` markets are given, the answer is one of them: an exact name first, then what the symbol is an alias of, then its
    equivalent at another provider. A one-digit year is the one nearest to `as_of`; the remark says so.
    """
    names = {name.upper(): name for name in known}
    plain = text.strip().upper()
    if plain in names:
        return Symbol(text, names[plain])
    bare = plain.rsplit(":", 1)[-1].lstrip("/")
    for root, contract, remark in _readings(bare, as_of):
        market = _market(root, names)
        if market and (not contract or _rolls(market)):
            return Symbol(text, market, contract, remark)
    raise UnknownName("market", text, names.values() or (one.symbol for one in INSTRUMENTS))


def continuous(text: str) -> tuple[str, str] | None:
    """Return root and roll rule of a chain's name (`ZQ.v.0` by volume, `ZQ.c.0` by calendar), None for any other name."""
    found = CHAIN.fullmatch(text)
    return None if found is None else (found["root"], found["rule"])


def delivery(code: str, root: str) -> np.datetime64 | None:
    """Return the delivery month [M] of a contract of a root (NQH25, NQH2025), None for what is no contract of it with its decade."""
    found = CONTRACT.fullmatch(code.upper())
    if found is None or found["root"] != root.upper() or len(found["year"]) == 1:
        return None
    year, _ = _year(found["year"], None)
    return np.datetime64(f"{year}-{MONTHS.index(found['month']) + 1:02d}", "M")


def spelled(text: str) -> str | None:
    """Return the symbol of the very series that a text names (`^TNX` is TNX, not its equivalent), None when it names none."""
    bare = text.strip().upper().rsplit(":", 1)[-1].lstrip("/")
    roots = (bare, *(root for root, contract, _ in _readings(bare, None) if not contract))
    return next((symbol for root in roots if (symbol := _ALIASES.get(root) or (root if find(root) else None))), None)


def _readings(bare: str, as_of: date | None) -> list[tuple[str, str, str]]:
    """Return what a symbol may be, likeliest first, as (root, contract, remark)."""
    found = [(bare, "", "")]
    front = FRONT.fullmatch(bare)
    if front:
        found.append((front["root"], "", ""))
    match = CONTRACT.fullmatch(bare)
    if match:
        year, remark = _year(match["year"], as_of)
        found.append((match["root"], f"{match['month']}{year}", remark))
    return found


def _year(digits: str, as_of: date | None) -> tuple[str, str]:
    """Return a contract's year in full; one digit means the nearest such year."""
    if len(digits) == 4:
        return digits, ""
    if len(digits) == 2:
        return f"{'19' if int(digits) >= 70 else '20'}{digits}", ""
    if as_of is None:
        return digits, f"the year's last digit is {digits}; which decade was not said"
    year = min(range(as_of.year - 4, as_of.year + 6), key=lambda y: (y % 10 != int(digits), abs(y - as_of.year)))
    return str(year), f"the year {digits} was read as {year}, the nearest to {as_of.isoformat()}"


def _market(root: str, names: dict[str, str]) -> str | None:
    """Return the market of a root: among the names known, or among all instruments where none were given."""
    one = find(root) or find(_ALIASES.get(root, "")) or find(_ALIASES.get(f"^{root}", ""))
    symbol = one.symbol if one else root
    same = [other for pair in SAME for other in pair if symbol in pair]
    # Yahoo's ^TNX and FRED's DGS10 are the same yield: the official one is preferred, but TNX itself was asked for by name.
    wanted = [*same, root, symbol] if root.startswith("^") else [root, symbol, *same]
    if not names:
        return next((name for name in wanted if find(name)), None)
    return next((names[name] for name in wanted if name in names), None)


def _rolls(market: str) -> bool:
    """Whether a market has contracts; a market nobody described may have."""
    one = find(market)
    return one is None or one.is_future
