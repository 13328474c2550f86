"""Momentum: RSI, MACD, stochastic and ADX, on the charted prices first, then on those free of roll gaps."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import numpy as np

from crosscurrent.audit.case import Case
from crosscurrent.audit.compare import dated, direction_of, first_that_fits, plain_number, stated
from crosscurrent.audit.kind import ClaimKind
from crosscurrent.audit.says import Number, Quote, Says, Words
from crosscurrent.audit.tolerance import Figure
from crosscurrent.audit.verdicts import Part, fails, holds, near_miss, undecidable
from crosscurrent.bars.bars import Bars, Floats
from crosscurrent.indicators.momentum import adx, macd, minus_di, plus_di, rsi, stochastic
from crosscurrent.indicators.solve import macd_above_signal, macd_above_zero

__all__ = ["ADX", "MACD", "RSI", "STOCHASTIC"]

LATELY = 5
SOON = 1.0
"""A cross is near when a close within so many ATR would bring it."""
ABOVE = r"above|over|greater|higher than"
BELOW = r"below|under|less|lower than"


def _bases(case: Case, values: Callable[[Bars], Floats]) -> list[tuple[float, str]]:
    """Return a reading on the charted prices, and on those free of roll gaps where that is another."""
    found = [(float(values(case.traded)[-1]), "on the prices as charted")]
    if case.adjusted.basis == "adjusted":
        found.append((float(values(case.adjusted)[-1]), "on prices free of roll gaps"))
    return found


def _thresholds(
    case: Case, words: str, now: float, before: Floats, names: dict[str, tuple[float, int]], what: str, told: str
) -> Part:
    """Judge "above 50", "overbought", "rising": names give a bound and the side of it that is meant."""
    measured: dict[str, float | str | bool | None] = {what.lower(): now}
    said = f"{what} is {plain_number(now)}"
    level = re.search(rf"({ABOVE}|{BELOW})\s*([0-9.]+)", words)
    if level:
        bound, side = float(level[2]), 1 if re.search(ABOVE, level[1]) else -1
    else:
        name = next((n for n in names if n in words), None)
        if name is None:
            wanted = direction_of(words)
            if wanted and len(before):
                is_so = wanted * (now - float(before[-1])) > 0
                return stated(
                    is_so,
                    f"{said}, {plain_number(float(before[-1]))} the bar before",
                    f"{said}, {plain_number(float(before[-1]))} the bar before: not {words}",
                    measured,
                    definition=told,
                    code="" if is_so else "wrong_side",
                )
            return undecidable(
                f"state: {words[:40]!r} is no state of it that is known here; {said}",
                measured,
                code="ambiguous",
                definition=told,
            )
        bound, side = names[name]
    negated = bool(re.search(r"\b(not|no longer|nor)\b", words))
    is_so = (side * (now - bound) > 0) != negated
    near = not negated and side * (now - bound) > -1.0
    return stated(
        is_so,
        said,
        f"{said}, not {words}",
        measured,
        definition=told,
        tolerance=f"{'above' if side > 0 else 'below'} {bound:g}",
        is_near=near,
        code="" if is_so else "near_value" if near else "wrong_side",
    )


class RsiSays(Says):
    """RSI (Wilder): its length, value, state (overbought, above 50), or the line of its own that it broke, drawn since when."""

    length: Number | None = None
    value: Number | None = None
    state: Words | None = None
    broke: Words | None = None
    since: Quote | None = None
    within: Quote = "5d"


def judge_rsi(case: Case, says: RsiSays) -> Iterator[Part]:
    """Yield the verdicts on RSI."""
    n = int(says.length.value) if says.length else 14
    values = rsi(case.traded.close, n)
    told = f"Wilder's RSI of {n} closes of {case.market}, {case.session}"
    if not np.isfinite(values[-1]):
        yield undecidable(f"There are only {len(values)} bars; RSI is not defined", code="no_data")
        return
    if says.value is not None:
        yield first_that_fits(says.value, _bases(case, lambda b: rsi(b.close, n)), "RSI", plain_number, definition=told)
    if says.state:
        names = {
            "overbought": (70.0, 1),
            "oversold": (30.0, -1),
            "bullish": (50.0, 1),
            "bearish": (50.0, -1),
            "positive": (50.0, 1),
            "negative": (50.0, -1),
        }
        yield _thresholds(case, says.state, float(values[-1]), values[:-1], names, "RSI", told)
    if says.broke:
        yield _broke(case, says, told)
    if says.value is None and not says.state and not says.broke:
        yield undecidable(
            f"The claim does not say what of RSI, {plain_number(float(values[-1]))}",
            {"rsi": float(values[-1])},
            code="says_nothing",
            definition=told,
        )


def _broke(case: Case, says: RsiSays, told: str) -> Part:
    """Judge the break of a line drawn on RSI itself, falling or rising, with an anchor in the days named."""
    falling = not re.search(r"uptrend|rising|support|ascending", says.broke or "")
    span = case.when(says.since) if says.since else None
    found = case.facts("rsi_trendline_break", since=case.since(says.within, LATELY))
    found = [f for f in found if f.direction == ("bullish" if falling else "bearish")]
    rule = "a falling line" if falling else "a rising line"
    fitting = [
        f
        for f in found
        if f.readings.get("rule") == rule
        and (span is None or any(span.start - 2 <= a.session <= span.end + 2 for a in f.anchors))
    ]
    definition = f"{told}; lines through swings of RSI itself, broken by its close"
    if fitting:
        fact = fitting[-1]
        anchors = " and ".join(dated(a.session) for a in fact.anchors[:2])
        return holds(
            f"RSI broke its {'falling' if falling else 'rising'} line through {anchors} on {dated(fact.session)}",
            {"break_on": dated(fact.session), "line": fact.readings.get("rsi")},
            definition=f"{definition}, {fact.basis} prices",
            remark="True, and unremarkable: a line on RSI mostly breaks with the price that it is made of.",
            marks=case.look("rsi_trendline_break").marks(fact),
        )
    if found:
        fact = found[-1]
        anchors = " and ".join(dated(a.session) for a in fact.anchors[:2])
        return near_miss(
            f"RSI broke a line on {dated(fact.session)}, drawn through {anchors}, not one as said",
            {"break_on": dated(fact.session)},
            code="other_line",
            definition=definition,
        )
    return fails(
        f"RSI broke no {'falling' if falling else 'rising'} line since {dated(case.since(says.within, LATELY))}",
        {"break_on": None},
        code="no_break",
        definition=definition,
    )


RSI = ClaimKind(
    "rsi",
    RsiSays,
    judge_rsi,
    bare="value",
    subject=("length",),
    aliases="relative_strength_index rsi_14 relative_strength wilder_rsi",
    names={
        "length": "period periods n",
        "value": "reading level at",
        "state": "is status condition direction",
        "broke": "broken break line trend",
        "since": "from",
        "within": "window over",
    },
    folded=lambda key, value: (
        {"state": f"{key} {value}"}
        if key in ("above", "below")
        else {"state": key}
        if key in ("overbought", "oversold") and str(value).lower() in ("true", "yes")
        else {}
    ),
)


class MacdSays(Says):
    """MACD: the state of its line against its signal line or zero, about to cross, or its values; 12, 26, 9 unless said."""

    state: Words | None = None
    value: Number | None = None
    signal: Number | None = None
    histogram: Number | None = None
    fast: Number | None = None
    slow: Number | None = None
    smoothing: Number | None = None
    within: Quote = "1d"


def judge_macd(case: Case, says: MacdSays) -> Iterator[Part]:
    """Yield the verdicts on MACD."""
    lengths = tuple(int(f.value) if f else d for f, d in ((says.fast, 12), (says.slow, 26), (says.smoothing, 9)))
    told = f"MACD ({', '.join(map(str, lengths))}) of the closes of {case.market}, {case.session}"
    lines = [
        macd(b.close, *lengths)
        for b in ((case.traded, case.adjusted) if case.adjusted.basis == "adjusted" else (case.traded,))
    ]
    if not np.isfinite(lines[0][1][-1]):
        yield undecidable(f"There are only {len(case.traded)} bars; MACD is not defined", code="no_data")
        return
    for k, (name, figure) in enumerate(
        (("MACD", says.value), ("signal line", says.signal), ("histogram", says.histogram))
    ):
        if figure is not None:
            tried = [
                (float(line[k][-1]), basis)
                for line, basis in zip(lines, ("on the prices as charted", "on prices free of roll gaps"), strict=False)
            ]
            yield first_that_fits(figure, tried, f"The {name}", plain_number, definition=told)
    if says.state:
        parts = [_macd_state(case, says, line, told, lengths) for line in lines]
        yield next((p for p in parts if p.verdict == "holds"), parts[0])
    if not any((says.state, says.value, says.signal, says.histogram)):
        yield undecidable(
            "The claim does not say what of MACD.",
            {"macd": float(lines[0][0][-1]), "signal": float(lines[0][1][-1])},
            code="says_nothing",
            definition=told,
        )


def _macd_state(
    case: Case, says: MacdSays, lines: tuple[Floats, Floats, Floats], told: str, lengths: tuple[int, ...]
) -> Part:
    line, signal, histogram = lines
    words = says.state or ""
    measured: dict[str, float | str | bool | None] = {
        "macd": float(line[-1]),
        "signal": float(signal[-1]),
        "histogram": float(histogram[-1]),
    }
    said = (
        f"MACD is {plain_number(float(line[-1]))}, its signal line {plain_number(float(signal[-1]))}, the histogram"
        f" {float(histogram[-1]):+.4g} after {float(histogram[-2]):+.4g}"
    )
    of_zero = "zero" in words
    gap = line if of_zero else histogram
    side = direction_of(words) or (1 if "positive" in words else -1 if "negative" in words else 0)
    what = "zero" if of_zero else "the signal line"
    if not side:
        return undecidable(
            f"state: {words[:40]!r} names no side of {what}", measured, code="ambiguous", definition=told
        )
    if re.search(r"about to|poised|close to|near|looks set|on the verge|ready|soon|converg|potential|impend", words):
        return _about_to_cross(case, lines, side, of_zero, said, measured, told, lengths)
    if re.search(r"cross|turned|flip", words):
        first = case.since(says.within, 1)
        crossed = np.flatnonzero((side * gap[1:] > 0) & (side * gap[:-1] <= 0)) + 1
        asked = crossed[case.traded.session[crossed] >= first]
        if len(asked):
            return holds(
                f"{said}; it crossed {what} on {dated(case.traded.session[asked[-1]])}", measured, definition=told
            )
        last = crossed[-1] if len(crossed) else None
        near = last is not None and len(gap) - 1 - last <= LATELY
        return (near_miss if near else fails)(
            f"{said}; it last crossed {what} that way on"
            f" {dated(case.traded.session[last]) if last is not None else 'no day'}",
            measured,
            code="earlier",
            definition=told,
        )
    is_so = bool(side * gap[-1] > 0)
    return stated(is_so, said, f"{said}: not {words}", measured, definition=told, code="" if is_so else "wrong_side")


def _about_to_cross(
    case: Case,
    lines: tuple[Floats, Floats, Floats],
    side: int,
    of_zero: bool,
    said: str,
    measured: dict[str, float | str | bool | None],
    told: str,
    lengths: tuple[int, ...],
) -> Part:
    gap = lines[0] if of_zero else lines[2]
    if side * gap[-1] > 0:
        return near_miss(f"{said}: it has crossed already", measured, code="earlier", definition=told)
    is_closing = bool(side * (gap[-1] - gap[-2]) > 0)
    sessions = float(-gap[-1] / (gap[-1] - gap[-2])) if is_closing else float("inf")
    close = _crossing_close(case, lengths, of_zero)
    measured = measured | {"crosses_in_sessions": sessions, "crossing_close": close}
    reach = abs(close - float(case.traded.close[-1])) / case.atr if close is not None else np.inf
    is_so = is_closing and (sessions <= LATELY or reach <= SOON)
    more = {
        "definition": (
            f"{told}; about to cross when the gap narrows and, at its last pace, closes within {LATELY} sessions, or"
            f" when a close within {SOON:g} ATR would do it"
        )
    }
    tail = f"; at the last pace it crosses in {sessions:.1f} sessions" if is_closing else "; the gap is not narrowing"
    tail += f", a next close at {case.show(close)} ({reach:.1f} ATR away) would do it" if close is not None else ""
    return stated(
        is_so,
        said + tail,
        said + tail,
        measured,
        is_near=is_closing and sessions <= 2 * LATELY,
        code="" if is_so else "not_near",
        **more,
    )


def _crossing_close(case: Case, lengths: tuple[int, ...], of_zero: bool) -> float | None:
    """Return the next close at which MACD meets its signal line, or zero; None where there is none."""
    value = (macd_above_zero if of_zero else macd_above_signal)(case.traded.close, *lengths)
    return value if np.isfinite(value) else None


MACD = ClaimKind(
    "macd",
    MacdSays,
    judge_macd,
    bare="state",
    subject=(),
    aliases="macd_cross macd_signal moving_average_convergence_divergence macd_signal_cross",
    names={
        "state": "is status condition cross direction crossed position",
        "signal": "signal_line",
        "value": "line macd macd_line",
        "histogram": "hist",
        "smoothing": "signal_length",
        "within": "over window",
    },
)


class StochasticSays(Says):
    """The stochastic: %K and %D (5, 3, 3 and 14, 3, 3 are tried when lengths are unsaid), overbought, oversold, or crossed."""

    k: Number | None = None
    d: Number | None = None
    state: Words | None = None
    length: Number | None = None
    slowing: Number | None = None
    smoothing: Number | None = None
    within: Quote = "1d"


def judge_stochastic(case: Case, says: StochasticSays) -> Iterator[Part]:
    """Yield the verdicts on the stochastic."""
    if case.traded.is_close_only:
        yield undecidable(f"{case.market} has closes alone: the stochastic is not defined", code="no_data")
        return
    lengths = (
        [
            (
                int(says.length.value),
                int(says.slowing.value) if says.slowing else 3,
                int(says.smoothing.value) if says.smoothing else 3,
            )
        ]
        if says.length
        else [(14, 3, 3), (5, 3, 3)]
    )
    lines = [
        (stochastic(case.traded.high, case.traded.low, case.traded.close, *n), f"({', '.join(map(str, n))})")
        for n in lengths
    ]
    if not np.isfinite(lines[0][0][0][-1]):
        yield undecidable(f"There are only {len(case.traded)} bars; the stochastic is not defined", code="no_data")
        return
    told = f"slow stochastic of {case.market}, {case.session}, simple averages"
    for k, (name, figure) in enumerate((("%K", says.k), ("%D", says.d))):
        if figure is not None:
            yield first_that_fits(
                figure, [(float(line[k][-1]), n) for line, n in lines], name, plain_number, definition=told
            )
    if says.state:
        parts = [_stochastic_state(case, says, line, f"{told} {n}") for line, n in lines]
        yield next((p for p in parts if p.verdict == "holds"), parts[0])
    if says.k is None and says.d is None and not says.state:
        yield undecidable(
            "The claim does not say what of the stochastic.",
            {"k": float(lines[0][0][0][-1])},
            code="says_nothing",
            definition=told,
        )


def _stochastic_state(case: Case, says: StochasticSays, lines: tuple[Floats, Floats], told: str) -> Part:
    k, d = lines
    words = says.state or ""
    if "cross" in words:
        side = direction_of(words)
        gap = k - d
        first = case.since(says.within, 1)
        rows = np.flatnonzero((side * gap[1:] > 0) & (side * gap[:-1] <= 0)) + 1
        is_so = bool(len(rows) and case.traded.session[rows[-1]] >= first)
        last = dated(case.traded.session[rows[-1]]) if len(rows) else "no day"
        said = (
            f"%K is {plain_number(float(k[-1]))}, %D {plain_number(float(d[-1]))}; %K last crossed that way on {last}"
        )
        return stated(
            is_so,
            said,
            said,
            {"k": float(k[-1]), "d": float(d[-1])},
            definition=told,
            is_near=bool(len(rows) and len(gap) - 1 - rows[-1] <= LATELY),
            code="" if is_so else "earlier",
        )
    names = {"overbought": (80.0, 1), "oversold": (20.0, -1), "bullish": (50.0, 1), "bearish": (50.0, -1)}
    return _thresholds(case, words, float(k[-1]), k[:-1], names, "%K", told)


STOCHASTIC = ClaimKind(
    "stochastic",
    StochasticSays,
    judge_stochastic,
    bare="state",
    aliases="stochastics stoch slow_stochastic stochastic_oscillator",
    subject=("length",),
    names={
        "k": "value percent_k k_line level reading at",
        "d": "d_line percent_d",
        "state": "is status direction",
        "length": "period fastk k_length",
        "slowing": "slowk",
        "smoothing": "d_length slowd",
        "within": "over window",
    },
    folded=lambda key, value: {"state": f"{key} {value}"} if key in ("above", "below") else {},
)


class AdxSays(Says):
    """ADX (Wilder): its value, whether it tells of a trend (above 25 unless said), and which directional line leads."""

    value: Number | None = None
    state: Words | None = None
    length: Number | None = None
    plus_di: Number | None = None
    minus_di: Number | None = None


def judge_adx(case: Case, says: AdxSays) -> Iterator[Part]:
    """Yield the verdicts on ADX."""
    if case.traded.is_close_only:
        yield undecidable(f"{case.market} has closes alone: ADX is not defined", code="no_data")
        return
    n = int(says.length.value) if says.length else 14
    found: dict[str, tuple[Figure | None, Callable[[Bars], Floats]]] = {
        "ADX": (says.value, lambda b: adx(b.high, b.low, b.close, n)),
        "+DI": (says.plus_di, lambda b: plus_di(b.high, b.low, b.close, n)),
        "-DI": (says.minus_di, lambda b: minus_di(b.high, b.low, b.close, n)),
    }
    values = found["ADX"][1](case.traded)
    told = f"Wilder's ADX of {n} bars of {case.market}, {case.session}"
    if not np.isfinite(values[-1]):
        yield undecidable(f"There are only {len(values)} bars; ADX is not defined", code="no_data")
        return
    for name, (figure, line) in found.items():
        if figure is not None:
            yield first_that_fits(figure, _bases(case, line), name, plain_number, definition=told)
    if says.state:
        yield _adx_state(
            case, says.state, values, {name: float(line(case.traded)[-1]) for name, (_, line) in found.items()}, told
        )
    if not any((says.state, says.value, says.plus_di, says.minus_di)):
        yield undecidable(
            f"The claim does not say what of ADX, {plain_number(float(values[-1]))}",
            {"adx": float(values[-1])},
            code="says_nothing",
            definition=told,
        )


def _adx_state(case: Case, words: str, values: Floats, now: dict[str, float], told: str) -> Part:
    lead = re.search(r"(\+di|plus di|bullish|bulls|minus di|-di|bearish|bears)", words)
    if lead and re.search(r"di\b|lead|control|bull|bear|dominat", words) and not re.search(r"\d", words):
        side = 1 if lead[1] in ("+di", "plus di", "bullish", "bulls") else -1
        is_so = side * (now["+DI"] - now["-DI"]) > 0
        said = f"+DI is {plain_number(now['+DI'])}, -DI {plain_number(now['-DI'])}"
        return stated(
            is_so,
            said,
            said,
            {"plus_di": now["+DI"], "minus_di": now["-DI"]},
            definition=told,
            code="" if is_so else "wrong_side",
        )
    names = {
        "strong": (25.0, 1),
        "no trend": (20.0, -1),
        "trendless": (20.0, -1),
        "weak": (20.0, -1),
        "range": (20.0, -1),
        "trend": (25.0, 1),
    }
    return _thresholds(case, words, float(values[-1]), values[:-1], names, "ADX", told)


ADX = ClaimKind(
    "adx",
    AdxSays,
    judge_adx,
    bare="value",
    aliases="directional_movement average_directional_index dmi adx_14",
    subject=("length",),
    names={
        "state": "is status trend direction strength",
        "value": "reading level at",
        "length": "period",
        "plus_di": "di_plus",
        "minus_di": "di_minus",
    },
    folded=lambda key, value: {"state": f"{key} {value}"} if key in ("above", "below") else {},
)
