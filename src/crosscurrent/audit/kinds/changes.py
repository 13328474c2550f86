"""Changes: of yields in basis points, of prices in per cent, over a window."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from crosscurrent.audit.case import Case
from crosscurrent.audit.compare import direction_of, first_that_fits, stated
from crosscurrent.audit.kind import ClaimKind
from crosscurrent.audit.says import Number, Quote, Says, Words
from crosscurrent.audit.tolerance import Figure
from crosscurrent.audit.verdicts import Part, near_miss, undecidable
from crosscurrent.audit.when import Window, starts_of
from crosscurrent.bars.bars import Bars
from crosscurrent.bars.changes import change_between

__all__ = ["PERCENT_CHANGE", "YIELD_CHANGE"]


class ChangeSays(Says):
    """A change: its size, or its direction alone, over a window (a day when unsaid) or from a date."""

    change: Number | None = None
    direction: Words | None = None
    over: Quote = "1d"
    since: Quote | None = None


def judge_yield(case: Case, says: ChangeSays) -> Iterator[Part]:
    """Yield the verdict on a change in basis points."""
    if not case.is_yield:
        yield undecidable(
            f"{case.market} is quoted as a price; its change in basis points is not defined. Name the yield.",
            code="wrong_unit",
        )
        return
    if says.change is not None and says.change.unit == "pct":
        yield from judge_percent(case, says)
        return
    yield _judged(case, says, "bp")


def judge_percent(case: Case, says: ChangeSays) -> Iterator[Part]:
    """Yield the verdict on a change in per cent; of a yield in basis points when that is what the claim wrote."""
    unit = "bp" if says.change is not None and says.change.unit == "bp" else "pct"
    if unit == "bp" and not case.is_yield:
        yield undecidable(
            f"{case.market} is quoted as a price; its change in basis points is not defined.", code="wrong_unit"
        )
        return
    yield _judged(case, says, unit)


def _judged(case: Case, says: ChangeSays, unit: str) -> Part:
    window = case.window(f"since {says.since}" if says.since else says.over)
    free, charted = case.bars(basis="adjusted", interval="1d"), case.bars(interval="1d")
    tried = [(_change(free, at, unit), told) for at, told in starts_of(free.session, window)]
    what, show = "The change", (lambda v: f"{v:+.1f} bp") if unit == "bp" else (lambda v: f"{v:+.2f}%")
    if not tried:
        return undecidable(f"There is no close of {case.market} {says.over!r} earlier.", code="no_data")
    basis = "closes free of roll gaps" if charted.instrument.is_future and free.basis == "adjusted" else "closes"
    sign = direction_of(says.direction)
    if says.change is None:
        return _directed(tried, sign, says, show)
    figure = _signed(says.change, sign)
    part = first_that_fits(figure, tried, what, show, definition=f"change of {case.market} between {basis}")
    if part.verdict != "holds" and free.basis == "adjusted":
        return _as_charted(part, figure, charted, window, unit, show, case)
    return part


def _change(bars: Bars, start: int, unit: str) -> float:
    if unit == "bp" or bars.instrument.quoted_as == "price":
        return round(change_between(bars, start, len(bars) - 1), 9)
    base = float(bars.close[start])
    return 100.0 * (float(bars.close[-1]) - base) / base if base > 0 else float(np.nan)


def _signed(figure: Figure, sign: int) -> Figure:
    """Return the figure with its direction: a fall of 16 is -16; a sign that was written stays where no direction is said."""
    return figure.turned(sign) if sign else figure


def _directed(tried: list[tuple[float, str]], sign: int, says: ChangeSays, show: Callable[[float], str]) -> Part:
    value, told = tried[0]
    if not sign:
        return undecidable("The claim names no size and no direction.", {"change": value}, code="says_nothing")
    fits = next(((v, t) for v, t in tried if v * sign > 0), None)
    shown = show(value)
    return stated(
        fits is not None,
        f"It moved {show(fits[0] if fits else value)}, {says.direction}",
        f"It moved {shown}, not {says.direction}",
        {"change": fits[0] if fits else value},
        definition=f"change {fits[1] if fits else told}",
        code="" if fits else "wrong_side",
    )


def _as_charted(
    part: Part, figure: Figure, charted: Bars, window: Window, unit: str, show: Callable[[float], str], case: Case
) -> Part:
    """Return a near miss where only the unadjusted front series, roll gap and all, shows the figure."""
    raw = [(_change(charted, at, unit), told) for at, told in starts_of(charted.session, window)]
    fits = next((v for v, _ in raw if figure.fits(v)), None)
    if fits is None:
        return part
    return near_miss(
        f"{part.reason}. The unadjusted front series shows {show(fits)}, but part of that is the step from one contract to the next",
        {**part.measured, "unadjusted_change": fits},
        code="roll_artefact",
        definition=part.definition,
        tolerance=part.tolerance,
    )


_SYNONYMS = {
    "change": (
        "change_bp change_pct bp bps basis_points pct percent per_cent value by move moved size "
        "amount return performance"
    ),
    "over": "window period within horizon timeframe",
    "since": "from",
    "direction": "way sign",
}
_MOVES = {
    "decline": "down",
    "fall": "down",
    "drop": "down",
    "loss": "down",
    "gain": "up",
    "rise": "up",
    "increase": "up",
    "advance": "up",
}


def _folded(key: str, value: object) -> dict[str, object]:
    """Read `decline: 16` as a change of 16 downwards."""
    word = next((w for w in _MOVES if key.startswith(w)), None)
    return {"change": value, "direction": _MOVES[word]} if word else {}


def _prepared(fields: dict[str, object], spoken: str) -> dict[str, object]:
    """Move a word such as "decline" from `change` to the direction."""
    change = fields.get("change")
    if isinstance(change, str) and direction_of(change) and not any(c.isdigit() for c in change):
        fields = {k: v for k, v in fields.items() if k != "change"} | {"direction": change}
    elif isinstance(change, str) and direction_of(change.split()[0] if change.split() else ""):
        fields = fields | {
            "direction": change.split()[0],
            "change": " ".join(change.split()[1:]).removeprefix("of ").removeprefix("by "),
        }
    return fields


YIELD_CHANGE = ClaimKind(
    "yield_change",
    ChangeSays,
    judge_yield,
    bare="change",
    names=_SYNONYMS,
    folded=_folded,
    prepared=_prepared,
    subject=("over", "since"),
    aliases=(
        "yield_move rate_change yields_change change_bp bp_change basis_point_change basis_points "
        "change_in_yield yield_decline yield_fall yield_rise rates_move"
    ),
)
PERCENT_CHANGE = ClaimKind(
    "percent_change",
    ChangeSays,
    judge_percent,
    bare="change",
    names=_SYNONYMS,
    folded=_folded,
    prepared=_prepared,
    subject=("over", "since"),
    aliases=(
        "per_cent_change pct_change change change_pct percentage_change return performance price_change "
        "move gain decline per_cent percent percent_move returns"
    ),
)
