"""A claimed figure against a measured one, and a claimed state against a measured one: the two comparisons that all kinds share."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping

import numpy as np

from crosscurrent.audit.tolerance import Figure
from crosscurrent.audit.verdicts import Part, fails, holds, near_miss, undecidable

__all__ = ["compared", "dated", "direction_of", "first_that_fits", "plain_number", "stated"]

Show = Callable[[float], str]
UP = (
    "up",
    "higher",
    "rise",
    "rises",
    "rose",
    "rising",
    "gain",
    "gains",
    "gained",
    "increase",
    "rally",
    "advance",
    "positive",
    "bullish",
    "climb",
    "jump",
    "upward",
    "upside",
    "above",
    "best",
    "winning",
    "rallied",
    "jumped",
    "climbed",
    "surge",
    "surged",
    "long",
    "buy",
)
DOWN = (
    "down",
    "lower",
    "fall",
    "falls",
    "fell",
    "falling",
    "loss",
    "losses",
    "lost",
    "decline",
    "declines",
    "declined",
    "drop",
    "drops",
    "dropped",
    "decrease",
    "negative",
    "bearish",
    "slide",
    "slump",
    "downward",
    "downside",
    "below",
    "worst",
    "losing",
    "selloff",
    "sell off",
    "plunge",
    "plunged",
    "slid",
    "retreat",
    "short",
    "sell",
    "inverse",
)


def plain_number(value: float) -> str:
    """Return a number as a reason writes it: short, and exact enough to check the verdict by."""
    if not math.isfinite(value):
        return "undefined"
    if abs(value) >= 1e5:
        return f"{value:,.0f}"
    return f"{value:,.2f}" if abs(value) >= 20 else f"{value:.3f}"


def direction_of(words: str | None) -> int:
    """Return 1 for words that mean up, -1 for down, 0 for neither."""
    if not words:
        return 0
    said = words.lower().replace("-", " ").split()
    ups, downs = sum(w in UP for w in said), sum(w in DOWN for w in said)
    return 1 if ups > downs else -1 if downs > ups else 0


def compared(
    figure: Figure, measured: float, what: str, show: Show = plain_number, *, near: float = 0.0, definition: str = "", remark: str = "",
    name: str = "",
) -> Part:  # fmt: skip
    """Return whether a figure fits what was measured: holds within its tolerance, a near miss within a few of it (or within `near`)."""
    told = {name or what.replace(" ", "_"): measured}
    if not np.isfinite(measured):
        return undecidable(
            f"{what} is not defined on these bars",
            told,
            code="no_data",
            definition=definition,
            tolerance=figure.told(),
        )
    said = f"{what} is {show(measured)}, claimed {figure.text}"
    more = {"definition": definition, "tolerance": figure.told(), "remark": remark}
    if figure.fits(measured):
        return holds(said, told, **more)
    off = f"{said}: off by {show(figure.missed_by(measured) + (figure.half if figure.relation == 'is' else 0.0))}"
    return (
        near_miss(off, told, code="near_value", **more)
        if figure.is_near(measured, near)
        else fails(off, told, code="other_value", **more)
    )


def first_that_fits(
    figure: Figure, tried: Iterable[tuple[float, str]], what: str, show: Show = plain_number, definition: str = ""
) -> Part:
    """Return the comparison with the first convention that fits, or with the usual one, the others named in the definition."""
    parts = [(compared(figure, value, what, show, definition=definition), value, told) for value, told in tried]
    if not parts:
        return undecidable(f"{what}: there is no earlier close to count from", code="no_data", tolerance=figure.told())
    best = next((p for p in parts if p[0].verdict == "holds"), parts[0])
    others = "; ".join(
        f"{told}: {show(value)}" for _, value, told in parts if told != best[2] and show(value) != show(best[1])
    )
    part = best[0]
    told = f"{part.definition}{', ' if part.definition else ''}{best[2]}{f' (other conventions, {others})' if others else ''}"
    measured = dict(part.measured)
    return Part(part.verdict, part.reason, measured, part.code, told, part.tolerance, part.remark)


def stated(
    is_so: bool,
    claim: str,
    instead: str,
    measured: Mapping[str, float | str | bool | None] | None = None,
    *,
    is_near: bool = False,
    **more: str,
) -> Part:
    """Return whether a statement is so: holds, or what is true instead; `is_near` makes that a near miss."""
    if is_so:
        return holds(claim, measured, **more)
    return near_miss(instead, measured, **more) if is_near else fails(instead, measured, **more)


def dated(session: object) -> str:
    """Return a session as a reason writes it."""
    return str(np.datetime64(session, "D"))  # type: ignore[call-overload]
