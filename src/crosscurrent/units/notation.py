"""How a price is written: decimals, or points and 32nds with their halves, quarters and eighths."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from crosscurrent.errors import AmbiguousQuote, BrokenRule, RequestError

__all__ = ["DECIMAL", "Notation", "Style"]

Style = Literal["prose", "chart", "decimal"]

EIGHTHS = ("", "⅛", "¼", "⅜", "+", "⅝", "¾", "⅞")
"""How prose writes the eighths of a 32nd; the half is the desk's plus."""
DIGITS = "01235678"
"""CME's third digit for each eighth of a 32nd: its first decimal (.125 is 1, .375 is 3), so 4 and 9 do not exist."""
NAMES = {0: "a decimal price", 1: "32nds", 2: "32nds and halves", 4: "32nds and quarters", 8: "32nds and eighths"}

WHOLE = r"(?P<sign>[+-]?)(?P<whole>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)"
PLAIN = re.compile(WHOLE + r"(?:\.(?P<decimals>[0-9]+))?")
FRACTION_ONLY = re.compile(r"(?P<sign>[+-]?)(?P<whole>)\.(?P<decimals>[0-9]+)")
QUOTED = re.compile(WHOLE + r"['’\-^:](?P<ticks>[0-9]{2})(?P<part>[0-9]|\+|[⅛¼⅜½⅝¾⅞]|\.[0-9]{1,3}| [1357]/[248])?")
OVER_32 = re.compile(WHOLE + r" (?P<ticks>[0-9]{1,2})(?P<part>\.[0-9]{1,3})?/32")


@dataclass(frozen=True, slots=True)
class Notation:
    """How one market's prices are parsed and printed, because a Treasury price cut to two decimals is another price.

    For 32nds, `108-17+`, `108'175`, `108-175`, `108'17+`, `108-17½`, `108-17 1/2`, `108-17.5`, `108:17+`, `108^17+`,
    `108 17.5/32`, `108` and `108.546875` are all read, exactly. A decimal is read only when the digits after its point
    cannot be 32nds: four decimals and more, or two or three beginning with 32 or above (`108.50`, `108.375`), and only
    on the grid of eighths of a 32nd. So `108.16`, `108.275`, `108.125` and `108.5` (half a point, or five 32nds?) are
    refused, with both meanings named. Parsing may be finer than the tick, because settlements are; printing rounds to
    the tick.

    Parameters
    ----------
    tick
        The smallest price step, in points.
    digits
        Decimals shown when the price is decimal.
    parts
        0 for decimal prices; for 32nds the number of parts of a 32nd that the tick resolves: 1, 2, 4 or 8.

    References
    ----------
    CME Group, "Understanding Treasury Futures" and the contract specifications, for the third digit.
    """

    tick: float = 0.01
    digits: int = 2
    parts: int = 0

    def __post_init__(self) -> None:
        if self.parts not in NAMES or not self.tick > 0:
            raise BrokenRule(
                "a notation has a tick above zero and 0, 1, 2, 4 or 8 parts", tick=self.tick, parts=self.parts
            )
        if self.parts and self.tick * 32 * self.parts != 1:
            raise BrokenRule("the tick of 32nds is one part of a 32nd", tick=self.tick, parts=self.parts)

    def format(self, price: float, style: Style = "prose") -> str:
        """Return the price rounded to the tick as it is written: in prose, on a chart's axis, or as a plain decimal.

        `108-17+` in prose (`¼`, `⅛` and so on for finer parts), `108'175` on charts, `108.546875` as decimal, with as
        many decimals as make every tick exact, so that all three are read back to the same price. Decimals take
        thousands separators in prose alone.
        """
        if self.parts and style != "decimal":
            return _written(Fraction(self.round(price)), self.parts, style)
        digits = 4 + self.parts.bit_length() if self.parts else self.digits
        rounded = self.round(price) + 0.0
        shown = f"{rounded:,.{digits}f}" if style == "prose" else f"{rounded:.{digits}f}"
        return shown.lstrip("-") if float(shown.replace(",", "")) == 0 else shown

    def parse(self, text: str) -> float:
        """Return the price that the text means.

        `AmbiguousQuote` when it could mean two prices, `RequestError` when it is none.
        """
        tidy = text.strip().replace("−", "-")
        if not self.parts:
            return _decimal(tidy, text)
        quoted = QUOTED.fullmatch(tidy) or OVER_32.fullmatch(tidy)
        if quoted:
            return float(_from_quote(quoted, text))
        return float(self._from_decimal(tidy, text))

    def round(self, price: float) -> float:
        """Return the nearest price on the tick; half a tick goes up."""
        return self._on_grid(math.floor(self._ticks(price) + 0.5))

    def round_up(self, price: float) -> float:
        """Return the lowest price on the tick that is not below this one (to a millionth of a tick)."""
        return self._on_grid(math.ceil(self._ticks(price) - 1e-6))

    def round_down(self, price: float) -> float:
        """Return the highest price on the tick that is not above this one (to a millionth of a tick)."""
        return self._on_grid(math.floor(self._ticks(price) + 1e-6))

    def _ticks(self, price: float) -> float:
        if not math.isfinite(price):
            raise BrokenRule("a price must be finite", price=price)
        return price / self.tick

    def _on_grid(self, ticks: int) -> float:
        return ticks / (32 * self.parts) if self.parts else float(f"{ticks * self.tick:.12f}")

    def _from_decimal(self, tidy: str, text: str) -> Fraction:
        """Return a decimal price of a market in 32nds, if nothing else can be meant."""
        match = PLAIN.fullmatch(tidy)
        if not match:
            raise RequestError(
                f"{text!r} is no price in {NAMES[self.parts]}: write it like 108-17+ or 108'175.", text=text
            )
        price, decimals = _number(match), match["decimals"] or ""
        as_32nds = _as_32nds(match, decimals)
        if as_32nds is not None and as_32nds != price:
            raise AmbiguousQuote(text, NAMES[self.parts], (_written(as_32nds, 8, "prose"), f"{float(price):.6f}"))
        if price * 256 % 1:
            raise RequestError(f"{text!r} is on no eighth of a 32nd, so no such price exists.", text=text)
        return price


def _decimal(tidy: str, text: str) -> float:
    match = PLAIN.fullmatch(tidy) or FRACTION_ONLY.fullmatch(tidy)
    if not match:
        raise RequestError(f"{text!r} is no decimal price: write it like 21480.25 or 21,480.25.", text=text)
    return float(tidy.replace(",", ""))


def _number(match: re.Match[str]) -> Fraction:
    value = Fraction(f"{match['whole'].replace(',', '')}.{match['decimals'] or '0'}")
    return -value if match["sign"] == "-" else value


def _from_quote(match: re.Match[str], text: str) -> Fraction:
    """Return points and 32nds as a number; parts of a 32nd come as CME's digit, a plus, a fraction or a decimal."""
    eighths = _eighths(match["part"] or "")
    if int(match["ticks"]) > 31 or eighths is None:
        fault = "has more than 31 32nds" if int(match["ticks"]) > 31 else "names no eighth of a 32nd"
        raise RequestError(f"{text!r} {fault}.", text=text)
    value = int(match["whole"].replace(",", "")) + Fraction(int(match["ticks"]) * 8 + eighths, 256)
    return -value if match["sign"] == "-" else value


def _eighths(part: str) -> int | None:
    """Return how many eighths of a 32nd a part means, None when it is no eighth."""
    if part in EIGHTHS or part == "½":
        return EIGHTHS.index("+" if part == "½" else part)
    if part in DIGITS:
        return DIGITS.index(part)
    if part.startswith((".", " ")):
        eighths = Fraction(f"0{part}" if part[0] == "." else part.strip()) * 8
        return int(eighths) if eighths % 1 == 0 and eighths < 8 else None
    return None


def _as_32nds(match: re.Match[str], decimals: str) -> Fraction | None:
    """Return what a decimal means if its digits are taken for 32nds, None when they cannot be."""
    if not 1 <= len(decimals) <= 3 or int(decimals[:2]) > 31:
        return None
    eighths = _eighths(decimals[2:])
    if eighths is None:
        return None
    value = int(match["whole"].replace(",", "")) + Fraction(int(decimals[:2]) * 8 + eighths, 256)
    return -value if match["sign"] == "-" else value


def _written(price: Fraction, parts: int, style: Style) -> str:
    points, eighths = divmod(int(abs(price) * 256), 256)
    ticks, rest = divmod(eighths, 8)
    sign = "-" if price < 0 else ""
    if style == "prose":
        return f"{sign}{points:,}-{ticks:02d}{EIGHTHS[rest]}"
    return f"{sign}{points}'{ticks:02d}{DIGITS[rest] if parts > 1 else ''}"


DECIMAL = Notation()
