"""Words of the trade: markets by the names that prose gives them, and what has several names."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from crosscurrent.errors import UnknownName
from crosscurrent.markets import find
from crosscurrent.markets.symbology import SAME
from crosscurrent.sources.source import Source, resolve

__all__ = ["Named", "candle_kind", "market_of", "pair_of", "pattern_kinds", "plain", "symbols_in"]

SPOKEN: tuple[tuple[str, tuple[str, ...], str], ...] = (
    (r"(nasdaq|ndx)[ -]?(100)?( e-?mini)? futures?", ("NQ",), ""),
    (r"(s&p|s & p|sp|spx|s and p)[ -]?500( e-?mini)? futures?|e-?minis?", ("ES",), ""),
    (r"russell( 2000)?( e-?mini)? futures?|small[ -]caps? futures?", ("RTY",), ""),
    (r"(dow|dow jones|djia)( 30)?( e-?mini)? futures?", ("YM",), ""),
    (r"nasdaq[ -]?100|us[ -]?tech[ -]?100|ustec|nas100|us100|nasdaq 100 cfd", ("NDX", "NQ", "QQQ"), "cfd"),
    (r"nasdaq( composite)?", ("NDX", "NQ", "IXIC", "QQQ"), ""),
    (r"s&p[ -]?500|s & p 500|sp500|us[ -]?500|spx500|s&p", ("SPX", "ES", "SPY"), "cfd"),
    (r"russell( 2000)?|us[ -]?2000|us[ -]?small[ -]?cap( 2000)?|small[ -]caps?", ("RUT", "RTY", "IWM"), "cfd"),
    (r"dow( jones)?( industrials?)?( average)?|djia|us[ -]?30|wall street( 30)?", ("YM",), "cfd"),
    (r"vix|volatility index|fear (index|gauge)", ("VIX",), ""),
    (r"(us )?(10[ -]?(year|yr|y))s? (us )?(treasury |t-)?(note|bond|yield )?( ?note)? ?futures?|t-notes?( futures?)?|10-year notes?", ("ZN",), ""),
    (r"(us )?2[ -]?(year|yr|y) (treasury |t-)?note( futures?)?", ("ZT",), ""),
    (r"(us )?5[ -]?(year|yr|y) (treasury |t-)?note( futures?)?", ("ZF",), ""),
    (r"((us )?(30[ -]?(year|yr|y)) )?(us )?(treasury |t-)bonds?( futures?)?", ("ZB",), ""),
    (r"(us )?3[ -]?(month|mo|m)( us)?( treasury| bill)?( yields?| rates?)", ("DGS3MO",), ""),
    (r"(us )?1[ -]?(year|yr|y)s?( us)?( treasury)?( yields?| rates?)", ("DGS1",), ""),
    (r"(us )?(2|two)[ -]?(year|yr|y)s?( us)?( treasury| treasuries)?( yields?| rates?)?", ("DGS2",), ""),
    (r"(us )?(5|five)[ -]?(year|yr|y)s?( us)?( treasury| treasuries)?( yields?| rates?)?", ("DGS5", "FVX"), ""),
    (r"(us )?(10|ten)[ -]?(year|yr|y)s?( us)?( treasury| treasuries)?( yields?| rates?)?|treasury yields?|benchmark yields?", ("DGS10", "TNX"), ""),
    (r"(us )?20[ -]?(year|yr|y)s?( us)?( treasury)?( yields?| rates?)?", ("DGS20",), ""),
    (r"(us )?(30|thirty)[ -]?(year|yr|y)s?( us)?( treasury| treasuries)?( yields?| rates?)?|long[ -]bond yields?", ("DGS30", "TYX"), ""),
    (r"(us )?(10|ten)[ -]?(year|yr|y) breakevens?.*", ("T10YIE",), ""),
    (r"(us )?(5|five)[ -]?(year|yr|y) breakevens?.*", ("T5YIE",), ""),
    (r"(fed|effective fed|federal) funds?( rate)?|effr|dff", ("DFF",), ""),
    (r"sofr( rate)?", ("SOFR",), ""),
    (r"(2025|december[ -]2025|dec(ember)?[ -]?(20)?25) .*(implied|cut|expectations?|rate).*", ("FED_DEC25_IMPLIED",), ""),
    (r"xau/?usd|gold( futures?| price| spot)?|spot gold|comex gold", ("GC", "GLD"), "spot"),
    (r"xag/?usd|silver( futures?)?|spot silver", ("SI",), "spot"),
    (r"copper( futures?)?|comex copper", ("HG",), ""),
    (r"(wti|us oil|usoil|crude( oil)?|wti crude|west texas.*|oil)( futures?| crude)?", ("CL",), ""),
    (r"(us )?nat(ural)?[ -]?gas( futures?)?|natgas", ("NG",), ""),
    (r"eur/?usd|eur-usd|euro( dollar)?|the euro", ("EURUSD",), ""),
    (r"usd/?jpy|dollar[ -/]?yen|the yen|yen", ("USDJPY",), ""),
    (r"(us )?dollar( index)?|dxy|greenback|us dollar index", ("DXY", "UUP"), ""),
    (r"bitcoin|btc([-/]?usd)?|xbt", ("BTCUSD",), ""),
)  # fmt: skip
"""Names in prose, the symbols they may mean (the cash market first, since that is what a bare index name says), and what is known to
differ: `cfd` where the name is a broker's."""

CANDLES = {
    "bullish engulfing": "bullish_engulfing", "engulfing bullish": "bullish_engulfing", "bullish engulfing candle": "bullish_engulfing",
    "bearish engulfing": "bearish_engulfing", "engulfing bearish": "bearish_engulfing", "dark cloud cover": "dark_cloud",
    "piercing pattern": "piercing_line", "piercing": "piercing_line", "inside bar": "inside_day", "inside week": "inside_day",
    "outside bar": "outside_day", "outside reversal": "outside_day", "outside week": "outside_day", "key reversal day": "key_reversal",
    "harami bullish": "bullish_harami", "harami bearish": "bearish_harami", "white soldiers": "three_white_soldiers",
    "black crows": "three_black_crows", "three crows": "three_black_crows", "pin bar": "hammer", "bullish hammer": "hammer",
    "inverse hammer": "inverted_hammer", "hangman": "hanging_man", "tweezers top": "tweezer_top", "tweezers bottom": "tweezer_bottom",
    "reversal day": "closing_price_reversal", "topping tail": "shooting_star", "dojis": "doji",
}  # fmt: skip
PATTERNS = {
    "wedge": ("falling_wedge", "rising_wedge"), "descending_wedge": ("falling_wedge",), "ascending_wedge": ("rising_wedge",),
    "triangle": ("ascending_triangle", "descending_triangle", "symmetrical_triangle"), "symmetric_triangle": ("symmetrical_triangle",),
    "coil": ("symmetrical_triangle",), "range": ("rectangle",), "box": ("rectangle",), "flag": ("bull_flag", "bear_flag"),
    "bullish_flag": ("bull_flag",), "bearish_flag": ("bear_flag",), "bullish_pennant": ("pennant",), "bearish_pennant": ("pennant",),
    "head_and_shoulders_top": ("head_and_shoulders",), "inverted_head_and_shoulders": ("inverse_head_and_shoulders",),
    "reverse_head_and_shoulders": ("inverse_head_and_shoulders",), "head_and_shoulders_bottom": ("inverse_head_and_shoulders",),
    "ihs": ("inverse_head_and_shoulders",), "h_s": ("head_and_shoulders",), "m_top": ("double_top",), "w_bottom": ("double_bottom",),
    "up_channel": ("channel",), "down_channel": ("channel",), "price_channel": ("channel",), "trend_channel": ("channel",),
    "bullish_channel": ("channel",), "bearish_channel": ("channel",), "ascending_channel": ("channel",),
    "descending_channel": ("channel",), "rising_channel": ("channel",), "falling_channel": ("channel",),
    "bullish_triangle": ("ascending_triangle",), "bearish_triangle": ("descending_triangle",),
}  # fmt: skip


def plain(text: str) -> str:
    """Return words in lower case with single spaces, without the hyphens and underscores that join them."""
    return re.sub(r"[\s_\-]+", " ", text.strip().lower())


def candle_kind(name: str, known: tuple[str, ...]) -> str:
    """Return the kind of candle that a name means; `UnknownName` offers the nearest."""
    tidy = re.sub(r" (candle|candlestick|pattern|bar|formation)$", "", plain(name))
    kind = CANDLES.get(plain(name)) or CANDLES.get(tidy) or tidy.replace(" ", "_")
    bare = re.sub(r"^(bullish|bearish)_", "", kind)
    kind = bare if kind not in known and bare in known else kind
    if kind == "pin_bar" or kind not in known:
        raise UnknownName("candle", name[:60], known)
    return kind


def pattern_kinds(name: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """Return the kinds of pattern that a name may mean; `UnknownName` offers the nearest."""
    tidy = re.sub(r"_(pattern|formation)$", "", plain(name).replace(" ", "_").replace("&", "and"))
    tidy = re.sub(r"_+", "_", re.sub(r"[^a-z_]", "_", tidy)).strip("_")
    kinds = PATTERNS.get(tidy, (tidy,))
    if not set(kinds) <= set(known):
        raise UnknownName("pattern", name[:60], known)
    return kinds


TENORS = {"1m": "DGS1MO", "3m": "DGS3MO", "6m": "DGS6MO"}
CURVE = re.compile(
    r"(?:us |treasury )*(\d{1,2})([my]?)s?[ /-]?(\d{1,2})([my]?)s?(?: (?:curve|spread|slope|yield curve|treasury spread))*"
)
BETWEEN = re.compile(r"(.{2,}?)\s*(?: to |/|:| - |(?<=[A-Z0-9])-(?=[A-Z]))\s*(.{2,}?)(?: ratio| spread)?")


def pair_of(text: str) -> tuple[str, ...]:
    """Return the two markets that one name of a pair means: 2s10s (ten years less two), GC/SI, gold to silver; empty when it is none."""
    tidy = re.sub(r"[ -]?(years?|yr)\b", "y", text.strip().lower())
    curve = CURVE.fullmatch(tidy)
    if curve and (curve[4] or "s" in tidy or curve[2]):
        tenors = sorted(
            ((int(curve[1]), curve[2] or "y"), (int(curve[3]), curve[4] or "y")),
            key=lambda t: t[0] * (12 if t[1] == "y" else 1),
        )
        return tuple(TENORS.get(f"{n}{unit}", f"DGS{n}") for n, unit in reversed(tenors))
    between = BETWEEN.fullmatch(text.strip())
    return (between[1], between[2]) if between else ()


@dataclass(frozen=True, slots=True)
class Named:
    """A market as the source calls it, and what had to be assumed to find it."""

    name: str
    remark: str = ""


def symbols_in(text: str) -> tuple[tuple[str, ...], str]:
    """Return the symbols that a name of prose may mean, and what differs; empty when it is no such name."""
    tidy = re.sub(r"\s+", " ", text.strip().lower().removeprefix("the "))
    for pattern, symbols, note in SPOKEN:
        if re.fullmatch(pattern, tidy):
            return symbols, note
    return (), ""


def market_of(source: Source, text: str, as_of: np.datetime64 | None) -> Named:
    """Return the market that a claim names by symbol or in words; `UnknownName` offers the nearest, and says what it took for what."""
    try:
        name = resolve(source, text, as_of)
    except UnknownName:
        return _spoken(source, text)
    return Named(name, _taken_for(text, name))


def _spoken(source: Source, text: str) -> Named:
    held = source.markets()
    symbols, note = symbols_in(text)
    here = [
        other for one in symbols for other in (one, *(s for pair in SAME for s in pair if one in pair)) if other in held
    ]
    if not here:
        raise UnknownName("market", text[:60], held)
    return Named(here[0], _difference(text, here[0], symbols, note))


def _taken_for(text: str, name: str) -> str:
    tidy = text.strip().upper()
    bare = tidy.rsplit(":", 1)[-1].lstrip("/^").removesuffix("=F").removesuffix("1!")
    if bare == name.upper() or tidy == name.upper():
        return ""
    return f"{text[:40]!r} was read as {name}."


def _difference(text: str, name: str, symbols: tuple[str, ...], note: str) -> str:
    one = find(name)
    what = f"{text[:40]!r} was read as {name}, {one.name if one else 'as the data have it'}"
    if note == "spot":
        return f"{what}; spot and CFD prices differ from it by carry and hours."
    if one is not None and one.is_future and not re.search(r"futures?", text.lower()):
        return f"{what}; a cash or CFD price differs from the future by its basis, and the future's close is its settlement."
    if note == "cfd" and re.search(r"us[ -]?\d|ustec|nas100|spx500|wall street|tech", text.lower()):
        return f"{what}; a broker's CFD is quoted nearly around the clock and closes at another hour."
    if len(symbols) > 1 and name != symbols[0]:
        return f"{what}, since the data do not hold {symbols[0]}."
    return f"{what}." if one is None or name.lower() != text.strip().lower() else ""
