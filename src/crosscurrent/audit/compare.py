"""A claimed figure against a measured one, and a claimed state against a measured one: the comparisons that all kinds share."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator

import numpy as np

from crosscurrent.audit.tolerance import Figure
from crosscurrent.audit.verdicts import Measured, Part, fails, holds, near_miss, undecidable

__all__ = [
    "compared",
    "dated",
    "direction_of",
    "first_that_fits",
    "is_no",
    "plain_number",
    "said_of",
    "side_of",
    "stated",
]

Show = Callable[[float], str]
UP = frozenset({
    "up", "higher", "rise", "rises", "rose", "rising", "risen", "gain", "gains", "gained", "increase", "increases", "increased", "rally",
    "rallies", "rallied", "advance", "advances", "advanced", "positive", "bullish", "climb", "climbs", "climbed", "jump", "jumped", "jumps",
    "upward", "upwards", "upside", "above", "best", "strongest", "winning", "surge", "surged", "soared", "long", "buy", "bull", "bulls", "over",
    "golden", "add", "added", "firmer", "stronger",
})  # fmt: skip
DOWN = frozenset({
    "down", "lower", "fall", "falls", "fell", "falling", "fallen", "loss", "losses", "lost", "lose", "decline", "declines", "declined", "drop",
    "drops", "dropped", "decrease", "decreases", "decreased", "negative", "bearish", "slide", "slides", "slump", "slumped", "downward",
    "downwards", "downside", "below", "worst", "weakest", "losing", "selloff", "plunge", "plunged", "slid", "retreat", "retreated", "short",
    "sell", "inverse", "bear", "bears", "under", "sank", "tumbled", "tumble", "breakdown", "death", "shed", "weaker",
})  # fmt: skip


def plain_number(value: float) -> str:
    """Return a number as a reason writes it: short, and exact enough to check the verdict by."""
    if not math.isfinite(value):
        return "undefined"
    if abs(value) >= 1e5:
        return f"{value:,.0f}"
    return f"{value:,.2f}" if abs(value) >= 20 else f"{value:.3f}"


def direction_of(words: str | None) -> int:
    """Return 1 for words that mean up, -1 for down, 0 for neither."""
    said = re.findall(r"[a-z]+", (words or "").lower())
    ups, downs = sum(w in UP for w in said), sum(w in DOWN for w in said)
    return 1 if ups > downs else -1 if downs > ups else 0


def side_of(words: str) -> int:
    """Return 1 for words that place something above, -1 for below, 0 for neither; "not above" is below."""
    side = (
        1
        if re.search(r"\b(above|over|higher|north|reclaim\w*)\b", words)
        else -1
        if re.search(r"\b(below|under|lower|beneath|lost|south)\b", words)
        else 0
    )
    return -side if re.search(r"\b(not|no longer|failed to)\b", words) else side


def is_no(words: str | None) -> bool:
    """Whether words deny: false, no, not, un-."""
    return bool(re.search(r"\b(no|not|false|never|none|without)\b|\bun(filled|tested|broken)", words or ""))


def compared(
    figure: Figure,
    measured: float,
    what: str,
    show: Show = plain_number,
    *,
    near: float = 0.0,
    name: str = "",
    definition: str = "",
) -> Part:
    """Return whether a figure fits what was measured: holds within its tolerance, a near miss within a few of it (or within `near`)."""
    told = {name or re.sub(r"^the ", "", what.lower()).replace(" ", "_"): measured}
    more = {"definition": definition, "tolerance": figure.told()}
    if not np.isfinite(measured):
        return undecidable(f"{what} is not defined on these bars", told, code="no_data", **more)
    said = f"{what} is {show(measured)}, claimed {figure.text}"
    if figure.fits(measured):
        return holds(said, told, **more)
    off = f"{said}: off by {show(figure.missed_by(measured) + (figure.half if figure.relation == 'is' else 0.0)).lstrip('+')}"
    make, code = (near_miss, "near_value") if figure.is_near(measured, near) else (fails, "other_value")
    return make(off, told, code=code, **more)


def first_that_fits(
    figure: Figure,
    tried: Iterable[tuple[float, str]],
    what: str,
    show: Show = plain_number,
    *,
    near: float = 0.0,
    name: str = "",
) -> Part:
    """Return the comparison with the first convention that fits, or with the usual one; the others are named in the definition."""
    parts = [(compared(figure, value, what, show, near=near, name=name), value, told) for value, told in tried]
    if not parts:
        return undecidable(f"{what}: there is no earlier close to count from", code="no_data", tolerance=figure.told())
    part, value, how = next((p for p in parts if p[0].verdict == "holds"), parts[0])
    others = [f"{told}: {show(other)}" for _, other, told in parts if told != how and show(other) != show(value)]
    definition = f"{how}{f' (other conventions, {chr(59).join(others)})' if others else ''}".replace(";", "; ")
    return Part(part.verdict, part.reason, part.measured, part.code, definition, part.tolerance)


def stated(
    is_so: bool,
    said: str,
    measured: Measured | None = None,
    *,
    instead: str = "",
    is_near: bool = False,
    code: str = "other_state",
    tolerance: str = "",
) -> Part:
    """Return whether a statement is so: holds, or (`instead`, with its code) what is true; `is_near` makes that a near miss."""
    if is_so:
        return holds(said, measured, tolerance=tolerance)
    return (near_miss if is_near else fails)(instead or said, measured, code=code, tolerance=tolerance)


def said_of(parts: Iterable[Part], what: str, measured: Measured, *, definition: str, **more: object) -> Iterator[Part]:
    """Yield the parts with the definition they share; where there is none, the claim says nothing of what is there to be told."""
    found = [part.with_definition(definition) for part in parts]
    yield from found or [
        undecidable(f"The claim does not say what of it. {what}", measured, code="says_nothing", definition=definition)
    ]


def dated(session: object) -> str:
    """Return a session as a reason writes it."""
    return str(np.datetime64(session, "D"))  # type: ignore[call-overload]
