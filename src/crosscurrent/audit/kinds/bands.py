"""Bollinger bands and Wilder's parabolic stop."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from crosscurrent.audit.case import Case
from crosscurrent.audit.compare import compared, dated, direction_of, stated
from crosscurrent.audit.kind import ClaimKind
from crosscurrent.audit.says import Number, Quote, Says, Words
from crosscurrent.audit.verdicts import Part, undecidable
from crosscurrent.indicators.volatility import bollinger, sar

__all__ = ["BOLLINGER", "SAR"]

HALF_A_YEAR = 125


class BollingerSays(Says):
    """Bollinger bands (20 bars, two deviations unless said): their values, where the close or the bar stands, a squeeze."""

    upper: Quote | None = None
    middle: Quote | None = None
    lower: Quote | None = None
    state: Words | None = None
    length: Number | None = None
    deviations: Number | None = None


def judge_bollinger(case: Case, says: BollingerSays) -> Iterator[Part]:
    """Yield the verdicts on Bollinger bands."""
    n = int(says.length.value) if says.length else 20
    k = says.deviations.value if says.deviations else 2.0
    bars = case.traded
    upper, middle, lower = bollinger(bars.close, n, k, k)
    told = (
        f"Bollinger bands of {n} closes and {k:g} deviations (of the population) of {case.market} as charted,"
        f" {bars.session[-1]}"
    )
    if not np.isfinite(upper[-1]):
        yield undecidable(f"There are only {len(bars)} bars; the bands are not defined", code="no_data")
        return
    for name, raw, line in (
        ("upper", says.upper, upper),
        ("middle", says.middle, middle),
        ("lower", says.lower, lower),
    ):
        if raw is not None:
            yield compared(
                case.price(raw, "band").figure,
                float(line[-1]),
                f"The {name} band",
                case.show,
                near=0.05 * case.atr,
                definition=told,
                name=name,
            )
    if says.state:
        yield _banded(case, says.state, upper, middle, lower, told)
    if not any((says.upper, says.middle, says.lower, says.state)):
        yield undecidable(
            "The claim does not say what of the bands.",
            {"upper": float(upper[-1]), "lower": float(lower[-1])},
            code="says_nothing",
            definition=told,
        )


def _banded(case: Case, words: str, upper: np.ndarray, middle: np.ndarray, lower: np.ndarray, told: str) -> Part:
    bars = case.traded
    close, high, low = float(bars.close[-1]), float(bars.high[-1]), float(bars.low[-1])
    u, m, b = float(upper[-1]), float(middle[-1]), float(lower[-1])
    measured: dict[str, float | str | bool | None] = {"close": close, "upper": u, "middle": m, "lower": b}
    said = f"The close is {case.show(close)}, the bands stand at {case.show(b)}, {case.show(m)} and {case.show(u)}"
    if re.search(r"squeez|narrow|contract|tight", words):
        width = (upper - lower)[-HALF_A_YEAR:]
        rank = float(np.mean(width <= width[-1]))
        return stated(
            rank <= 0.1,
            f"The bands are narrower than in {1 - rank:.0%} of half a year",
            f"The bands are narrower than in {1 - rank:.0%} of half a year only",
            measured | {"width": float(width[-1])},
            definition=told,
            tolerance="among the narrowest tenth of half a year",
            is_near=rank <= 0.2,
            code="" if rank <= 0.1 else "other_state",
        )
    if re.search(r"expand|widen", words):
        width = upper - lower
        return stated(
            bool(width[-1] > width[-2]),
            f"The bands are {width[-1]:.6g} wide after {width[-2]:.6g}",
            f"The bands are {width[-1]:.6g} wide after {width[-2]:.6g}",
            measured,
            definition=told,
            code="" if width[-1] > width[-2] else "other_state",
        )
    if re.search(r"touch|reach|tag|test|hit|pierc|reject", words):
        is_so = high >= u if "upper" in words else low <= b if "lower" in words else low <= m <= high
        gap = u - high if "upper" in words else low - b
        return stated(
            is_so,
            said,
            f"{said}: not reached, high {case.show(high)}, low {case.show(low)}",
            measured,
            definition=told,
            is_near=gap <= 0.05 * case.atr,
            code="" if is_so else "never_tested",
        )
    is_there: bool | None = (
        b <= close <= u
        if re.search(r"within|inside|between", words)
        else (
            close > m
            if re.search(r"above.*(middle|mid|average)", words)
            else (
                close < m
                if re.search(r"below.*(middle|mid|average)", words)
                else (
                    close > u
                    if re.search(r"upper|above", words) and not re.search(r"below.*upper", words)
                    else (
                        close <= u
                        if "upper" in words
                        else (
                            close < b
                            if re.search(r"lower|below", words) and not re.search(r"above.*lower", words)
                            else close >= b
                            if "lower" in words
                            else None
                        )
                    )
                )
            )
        )
    )
    if re.search(r"\babove\b.*\blower\b", words):
        is_there = close > b
    if is_there is None:
        return undecidable(
            f"state: {words[:40]!r} is no state of the bands that is known here; {said}",
            measured,
            code="ambiguous",
            definition=told,
        )
    edge = min(abs(close - u), abs(close - b), abs(close - m))
    return stated(
        is_there,
        said,
        f"{said}: not {words}",
        measured,
        definition=told,
        is_near=edge <= 0.02 * case.atr,
        code="" if is_there else "wrong_side",
    )


BOLLINGER = ClaimKind(
    "bollinger",
    BollingerSays,
    judge_bollinger,
    bare="state",
    aliases="bollinger_band bollinger_bands bbands bands bollinger_break bollinger_squeeze",
    subject=("length",),
    names={
        "upper": "top upper_band",
        "lower": "lower_band bottom",
        "middle": "mid middle_band",
        "state": "is close position price status width event",
        "length": "period n",
        "deviations": "std sigma stdev k",
    },
    prepared=lambda fields, spoken: (
        ({"state": "squeeze"} if "squeeze" in spoken.lower() and "state" not in fields else {}) | fields
    ),
)


class SarSays(Says):
    """Wilder's parabolic stop: its value, the side of the price it is on, whether it turned; 0.02 to 0.2 unless said."""

    value: Quote | None = None
    state: Words | None = None
    acceleration: Number | None = None
    maximum: Number | None = None
    within: Quote = "1d"


def judge_sar(case: Case, says: SarSays) -> Iterator[Part]:
    """Yield the verdicts on the parabolic stop."""
    bars = case.traded
    if bars.is_close_only:
        yield undecidable(f"{case.market} has closes alone: the parabolic stop is not defined", code="no_data")
        return
    step, most = says.acceleration.value if says.acceleration else 0.02, says.maximum.value if says.maximum else 0.2
    stop = sar(bars.high, bars.low, step, most)
    if len(bars) < 3 or not np.isfinite(stop[-1]):
        yield undecidable(f"There are only {len(bars)} bars; the parabolic stop is not defined", code="no_data")
        return
    told = f"Wilder's parabolic stop ({step:g}, {most:g}) of {case.market} as charted, {bars.session[-1]}"
    middle = (bars.high + bars.low) / 2
    side = np.where(stop <= middle, 1.0, -1.0)
    turned = np.flatnonzero(side[1:] != side[:-1]) + 1
    last = dated(bars.session[turned[-1]]) if len(turned) else None
    measured: dict[str, float | str | bool | None] = {
        "sar": float(stop[-1]),
        "side": "below" if side[-1] > 0 else "above",
        "last_flip": last,
    }
    said = f"The stop stands at {case.show(float(stop[-1]))}, {measured['side']} the price; it last turned on {last}"
    if says.value is not None:
        yield compared(
            case.price(says.value, "stop").figure,
            float(stop[-1]),
            "The parabolic stop",
            case.show,
            near=0.05 * case.atr,
            definition=told,
            name="sar",
        )
    if says.state:
        yield _sided(case, says, side, turned, said, measured, told)
    if says.value is None and not says.state:
        yield undecidable(
            f"The claim does not say what of the parabolic stop. {said}",
            measured,
            code="says_nothing",
            definition=told,
        )


def _sided(
    case: Case,
    says: SarSays,
    side: np.ndarray,
    turned: np.ndarray,
    said: str,
    measured: dict[str, float | str | bool | None],
    told: str,
) -> Part:
    words = says.state or ""
    # A stop below the price is the bullish one; "price above SAR" says the same from the other end.
    bullish = bool(
        re.search(
            r"bull|long|\bup\b|buy|price (is )?above|(sar|stop|dots?)? ?(is )?(below|under)( the)?( price|"
            r" close)?$|support",
            words,
        )
    ) and not re.search(r"price (is )?below|(^|sar |stop |is )above( the)? (price|close)", words)
    bearish = bool(re.search(r"bear|short|\bdown\b|sell|above|resist", words)) and not bullish
    wanted = 1.0 if bullish else -1.0 if bearish or direction_of(words) < 0 else 0.0
    if re.search(r"flip|turn|switch|revers|cross", words):
        first = case.since(says.within, 1)
        is_so = bool(len(turned) and case.traded.session[turned[-1]] >= first and (not wanted or side[-1] == wanted))
        near = bool(len(turned) and len(side) - 1 - turned[-1] <= 3 and (not wanted or side[-1] == wanted))
        return stated(is_so, said, said, measured, definition=told, is_near=near, code="" if is_so else "earlier")
    if not wanted:
        return undecidable(f"state: {words[:40]!r} names no side; {said}", measured, code="ambiguous", definition=told)
    is_so = bool(side[-1] == wanted)
    return stated(is_so, said, said, measured, definition=told, code="" if is_so else "wrong_side")


SAR = ClaimKind(
    "sar",
    SarSays,
    judge_sar,
    bare="state",
    aliases="parabolic_sar parabolic psar sar_flip parabolic_stop",
    subject=(),
    names={
        "value": "price level at stop",
        "state": "is side position direction status flip flipped",
        "acceleration": "step",
        "maximum": "max",
        "within": "over window",
    },
    prepared=lambda fields, spoken: (
        fields | ({"state": f"flipped {fields.get('state', '')}".strip()} if "flip" in spoken.lower() else {})
    ),
)
