"""Spreads and ratios of two markets: their value, their change, and since when the extreme."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from crosscurrent.audit.case import Case
from crosscurrent.audit.compare import dated, direction_of, first_that_fits, stated
from crosscurrent.audit.kind import ClaimKind
from crosscurrent.audit.says import Number, Quote, Says, Words
from crosscurrent.audit.tolerance import Figure
from crosscurrent.audit.verdicts import Part, fails, holds, undecidable
from crosscurrent.audit.when import starts_of
from crosscurrent.bars.panel import pair
from crosscurrent.errors import RequestError

__all__ = ["RATIO", "SPREAD"]


class SpreadSays(Says):
    """A spread (first less second) or ratio (first over second): its value, its change over a window, its extreme since a day, its sign."""

    value: Number | None = None
    change: Number | None = None
    over: Quote = "1d"
    direction: Words | None = None
    state: Words | None = None
    extreme: Words | None = None
    since: Quote | None = None
    order: Words | None = None


def judge_spread(case: Case, says: SpreadSays) -> Iterator[Part]:
    """Yield the verdicts on a spread."""
    yield from _judged(case, says, is_ratio=False)


def judge_ratio(case: Case, says: SpreadSays) -> Iterator[Part]:
    """Yield the verdicts on a ratio."""
    yield from _judged(case, says, is_ratio=True)


def _judged(case: Case, says: SpreadSays, *, is_ratio: bool) -> Iterator[Part]:
    if len(set(case.markets)) < 2:
        raise RequestError("A spread or ratio is of two markets; the claim names one.")
    a, b = (case.bars(m) for m in case.markets[:2])
    both = pair(a, b)
    if len(both) < 2 or case.day - both.sessions[-1] > np.timedelta64(7, "D"):
        yield undecidable(f"{a.market} and {b.market} share no session near {case.day}", code="no_data")
        return
    x, y = a.close[both.at_a], b.close[both.at_b]
    of_yields = not is_ratio and a.instrument.quoted_as == b.instrument.quoted_as == "yield"
    line = (
        np.divide(x, y, out=np.full(len(x), np.nan), where=y != 0)
        if is_ratio
        else (x - y) * (100.0 if of_yields else 1.0)
    )
    if of_yields:
        line = np.round(line, 6)
    unit = " bp" if of_yields else ""
    told = f"{a.market} {'over' if is_ratio else 'less'} {b.market}, closes paired by trade date, {both.sessions[-1]}"
    measured: dict[str, float | str | bool | None] = {"value": float(line[-1])}

    def show(v: float) -> str:
        return f"{v:.6g}{unit}"

    if says.value is not None:
        yield first_that_fits(
            _in_bp(says.value, of_yields),
            [(float(line[-1]), "as named")],
            "The ratio" if is_ratio else "The spread",
            show,
            definition=told,
        )
    if says.change is not None or (says.direction and not says.extreme):
        yield _changed(case, says, line, both.sessions, of_yields, is_ratio, show, told)
    if says.state:
        yield _stated(says.state, line, show, measured, told, is_ratio)
    if says.extreme or says.since:
        yield _extreme(case, says, line, both.sessions, show, measured, told)
    if not any((says.value, says.change, says.direction, says.state, says.extreme, says.since)):
        yield undecidable(
            f"The claim does not say what of it: {show(float(line[-1]))}",
            measured,
            code="says_nothing",
            definition=told,
        )


def _in_bp(figure: Figure, of_yields: bool) -> Figure:
    """Return a spread of yields in basis points: written in per cent (0.34, "0.34%") it is a hundredth of that."""
    if not of_yields or figure.unit == "bp":
        return figure
    is_percent = figure.unit == "pct" or ("." in figure.text and abs(figure.value) < 10)
    return figure.scaled(100.0) if is_percent else figure


def _changed(
    case: Case,
    says: SpreadSays,
    line: np.ndarray,
    sessions: np.ndarray,
    of_yields: bool,
    is_ratio: bool,
    show: object,
    told: str,
) -> Part:
    starts = starts_of(sessions, case.window(says.over))
    wants_pct = says.change is not None and says.change.unit == "pct" and not of_yields
    tried = [(float(100.0 * (line[-1] / line[k] - 1.0) if wants_pct else line[-1] - line[k]), how) for k, how in starts]
    if not tried:
        return undecidable("There is no earlier value to count from.", code="no_data")
    words = (
        (says.direction or "")
        .replace("steepen", "rise")
        .replace("widen", "rise")
        .replace("flatten", "fall")
        .replace("narrow", "fall")
        .replace("tighten", "fall")
        .replace("ed", "")
    )
    sign = 1 if "rise" in words else -1 if "fall" in words else direction_of(says.direction)
    if says.change is None:
        fit = next((v for v, _ in tried if v * sign > 0), None)
        return stated(
            fit is not None,
            f"It moved {tried[0][0]:+.6g}",
            f"It moved {tried[0][0]:+.6g}, not {says.direction}",
            {"change": tried[0][0]},
            definition=f"{told}, change {tried[0][1]}",
            code="" if fit is not None else "wrong_side",
        )
    figure = says.change if wants_pct else _in_bp(says.change, of_yields)
    return first_that_fits(
        figure.turned(sign) if sign else figure, tried, "The change", lambda v: f"{v:+.6g}", definition=told
    )


def _stated(
    words: str,
    line: np.ndarray,
    show: object,
    measured: dict[str, float | str | bool | None],
    told: str,
    is_ratio: bool,
) -> Part:
    now, floor = float(line[-1]), 1.0 if is_ratio else 0.0
    side = (
        -1
        if re.search(r"invert|negative|below|discount", words)
        and not re.search(r"no longer|un-?inverted|disinverted|not", words)
        else 1
    )
    if not re.search(r"invert|negative|below|discount|positive|normal|above|premium", words):
        return undecidable(
            f"state: {words[:40]!r} is no state of a spread that is known here",
            measured,
            code="ambiguous",
            definition=told,
        )
    is_so = side * (now - floor) > 0
    return stated(
        is_so,
        f"It stands at {now:+.6g}",
        f"It stands at {now:+.6g}: not {words}",
        measured,
        definition=told,
        code="" if is_so else "wrong_side",
    )


def _extreme(
    case: Case,
    says: SpreadSays,
    line: np.ndarray,
    sessions: np.ndarray,
    show: object,
    measured: dict[str, float | str | bool | None],
    told: str,
) -> Part:
    words = f"{says.extreme or ''} {says.direction or ''}"
    side = -1.0 if re.search(r"low|flat|narrow|tight|small|least|invert|weak", words) else 1.0
    beyond = np.flatnonzero(side * line[:-1] >= side * line[-1] - 1e-9)
    last = sessions[beyond[-1]] if len(beyond) else None
    said = (
        f"At {line[-1]:.6g} it is the {'lowest' if side < 0 else 'highest'} since {dated(last)}"
        if last is not None
        else f"At {line[-1]:.6g} it is the {'lowest' if side < 0 else 'highest'} on record"
    )
    measured = measured | {"extreme_since": None if last is None else str(last)}
    if says.since is None:
        return (
            undecidable(f"The claim does not say since when. {said}", measured, code="ambiguous", definition=told)
            if last is not None
            else holds(said, measured, definition=told)
        )
    span = case.when(says.since)
    return (holds if last is None or last <= span.end else fails)(
        said, measured, definition=told, code="" if last is None or last <= span.end else "larger_since"
    )


_SYNONYMS = {
    "value": "spread ratio level at bp points",
    "change": "change_bp by move change_pct",
    "over": "window period within",
    "direction": "way",
    "state": "is status sign",
    "since": "highest_since lowest_since",
    "extreme": "what",
    "order": "of",
}
SPREAD = ClaimKind(
    "spread",
    SpreadSays,
    judge_spread,
    bare="value",
    names=_SYNONYMS,
    markets=2,
    subject=("over", "extreme"),
    aliases=(
        "yield_spread curve yield_curve slope difference gap_between curve_spread basis_spread 2s10s "
        "term_spread spreads"
    ),
    folded=lambda key, value: {"since": value, "extreme": key.removesuffix("_since")} if key.endswith("_since") else {},
)
RATIO = ClaimKind(
    "ratio",
    SpreadSays,
    judge_ratio,
    bare="value",
    names=_SYNONYMS,
    markets=2,
    subject=("over", "extreme"),
    aliases="price_ratio relative_strength_ratio relative ratios quotient",
    folded=lambda key, value: {"since": value, "extreme": key.removesuffix("_since")} if key.endswith("_since") else {},
)
