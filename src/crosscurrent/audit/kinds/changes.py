"""Changes: of yields in basis points, of prices in per cent, over a window."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from crosscurrent.audit.case import Case
from crosscurrent.audit.compare import direction_of, first_that_fits, said_of, stated
from crosscurrent.audit.kind import ClaimKind
from crosscurrent.audit.says import Fields, Number, Quote, Says, Words
from crosscurrent.audit.spoken import move_in
from crosscurrent.audit.tolerance import Figure, spelling
from crosscurrent.audit.verdicts import Part, near_miss, undecidable
from crosscurrent.audit.when import Window, starts_of
from crosscurrent.bars.bars import Bars
from crosscurrent.bars.changes import change_between

__all__ = ["PERCENT_CHANGE", "YIELD_CHANGE"]

UNITS: dict[str, Callable[[float], str]] = {
    "bp": lambda v: f"{v:+.1f} bp",
    "pct": lambda v: f"{v:+.2f}%",
    "points": lambda v: f"{v:+,.6g} points",
}


class ChangeSays(Says):
    """A change: its size, or its direction alone, over a window (a day when unsaid) or from a date; in points with `points`."""

    change: Number | None = None
    points: Number | None = None
    direction: Words | None = None
    over: Quote = "1d"
    since: Quote | None = None


def judge_yield(case: Case, says: ChangeSays) -> Iterator[Part]:
    """Yield the verdict on a change in basis points."""
    in_percent = says.change is not None and says.change.unit == "pct"
    yield from _judged(case, says, "pct" if in_percent else "bp")


def judge_percent(case: Case, says: ChangeSays) -> Iterator[Part]:
    """Yield the verdict on a change in per cent; of a yield in basis points when that is what the claim wrote."""
    in_bp = says.change is not None and says.change.unit == "bp"
    yield from _judged(case, says, "points" if says.points else "bp" if in_bp else "pct")


def _judged(case: Case, says: ChangeSays, unit: str) -> Iterator[Part]:
    if unit == "bp" and not case.is_yield:
        told = f"{case.market} is quoted as a price; its change in basis points is not defined. Name the yield."
        yield undecidable(told, code="wrong_unit")
        return
    window = case.window(f"since {says.since}" if says.since else says.over)
    free, figure = case.bars(basis="adjusted", interval="1d"), says.points or says.change
    tried = [(_change(free, at, unit), told) for at, told in starts_of(free.session, window)]
    if not tried:
        yield undecidable(f"There is no close of {case.market} {window.text!r} earlier.", code="no_data")
        return
    sign = direction_of(says.direction)
    if figure is not None:
        parts = [_sized(case, figure.turned(sign) if sign else figure, tried, window, unit)]
    else:
        parts = [_directed(tried, sign, says.direction or "", UNITS[unit])] if sign else []
    basis = "closes free of roll gaps" if free.basis == "adjusted" and free.instrument.is_future else "closes"
    definition = f"change of {case.market} between {basis}, to {free.session[-1]}"
    yield from said_of(parts, f"It moved {UNITS[unit](tried[0][0])}.", {"change": tried[0][0]}, definition=definition)


def _change(bars: Bars, start: int, unit: str) -> float:
    now, base = float(bars.close[-1]), float(bars.close[start])
    if unit == "points":
        return round(now - base, 9)
    if unit == "bp" or bars.instrument.quoted_as == "price":
        return round(change_between(bars, start, len(bars) - 1), 9)
    return 100.0 * (now - base) / base if base > 0 else float("nan")


def _sized(case: Case, figure: Figure, tried: list[tuple[float, str]], window: Window, unit: str) -> Part:
    part = first_that_fits(figure, tried, "The change", UNITS[unit])
    charted = case.bars(interval="1d")
    if part.verdict == "holds" or case.adjusted.basis != "adjusted":
        return part
    raw = [_change(charted, at, unit) for at, _ in starts_of(charted.session, window)]
    fits = next((value for value in raw if figure.fits(value)), None)
    if fits is None:
        return part
    told = f"{part.reason}. The unadjusted front series shows {UNITS[unit](fits)}, but part of that is the step from one contract to the next"
    return near_miss(told, {**part.measured, "unadjusted_change": fits}, code="roll_artefact", definition=part.definition,
                     tolerance=part.tolerance)  # fmt: skip


def _directed(tried: list[tuple[float, str]], sign: int, words: str, show: Callable[[float], str]) -> Part:
    """Judge the direction alone, over the convention that bears it out if there is one."""
    value, how = next(((v, t) for v, t in tried if v * sign > 0), tried[0])
    part = stated(
        value * sign > 0,
        f"It moved {show(value)}",
        {"change": value},
        instead=f"It moved {show(value)}, not {words}",
        code="wrong_side",
    )
    return part.with_definition(how)


def _folded(key: str, value: object) -> Fields:
    """Read `decline: 16` and `fell: 5.7%` as a change downwards, `up: 3%` as one upwards."""
    sign = direction_of(key.replace("_", " "))
    if not sign:
        return {}
    is_word = isinstance(value, bool) or not any(c.isdigit() for c in spelling(value))
    return ({} if is_word else {"change": value}) | {"direction": "up" if sign > 0 else "down"}


def _prepared(fields: Fields, spoken: str) -> Fields:
    """Read a change in words ("fell 57 basis points") as size and direction; a kind such as `decline` gives the direction."""
    change = fields.get("change")
    if isinstance(change, str) and direction_of(change):
        fields = (
            {k: v for k, v in fields.items() if k != "change"}
            | move_in(change)
            | {k: v for k, v in fields.items() if k == "over"}
        )
    sign = direction_of(spoken.replace("_", " "))
    return (
        {"direction": "up" if sign > 0 else "down"}
        if sign and not str(change or "").startswith(("+", "-", "−"))
        else {}
    ) | fields


NAMES = {
    "change": "value by move moved size amount return performance bp bps pct percent basis_points per_cent net_change delta",
    "over": "window period within horizon timeframe on per",
    "since": "from",
    "direction": "way sign",
}
YIELD_CHANGE = ClaimKind(
    "yield_change",
    ChangeSays,
    judge_yield,
    bare="change",
    names=NAMES,
    worded=move_in,
    folded=_folded,
    prepared=_prepared,
    subject=("over", "since"),
    aliases=(
        "yield_move rate_change yields_change change_bp bp_change basis_point_change basis_points change_in_yield "
        "yield_decline yield_fall yield_rise "
        "rates_move yield_drop yields"
    ),
)
PERCENT_CHANGE = ClaimKind(
    "percent_change",
    ChangeSays,
    judge_percent,
    bare="change",
    names=NAMES,
    worded=move_in,
    folded=_folded,
    prepared=_prepared,
    subject=("over", "since"),
    aliases=(
        "per_cent_change pct_change change change_pct percentage_change return performance price_change move gain "
        "decline per_cent percent percent_move "
        "returns weekly_change daily_change loss rally points_change"
    ),
)
