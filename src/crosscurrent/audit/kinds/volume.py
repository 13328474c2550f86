"""Volume: strong or weak against its norm, a multiple of it, the highest since a day."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from crosscurrent.audit.case import Case
from crosscurrent.audit.compare import compared, dated
from crosscurrent.audit.kind import ClaimKind
from crosscurrent.audit.says import Number, Quote, Says, Words
from crosscurrent.audit.verdicts import Part, fails, holds, near_miss, undecidable
from crosscurrent.bars.bars import Bars
from crosscurrent.markets.expiry import expiries

__all__ = ["VOLUME", "norm_of", "strength_of"]

NORM = 20
"""Sessions whose mean is the norm, as charts show it."""
STRONG, WEAK = 1.25, 0.8
NEAR = 0.1


class VolumeSays(Says):
    """Volume of the session, or of the sessions `over` a window: strong, weak or a multiple of its norm; or the highest since a day."""

    state: Words | None = None
    value: Number | None = None
    ratio: Number | None = None
    average: Number | None = None
    over: Quote | None = None
    highest_since: Quote | None = None


def judge(case: Case, says: VolumeSays) -> Iterator[Part]:
    """Yield the verdicts on volume."""
    bars = case.traded
    if not bars.has_volume or not bars.volume[-1] > 0:
        yield undecidable(f"{case.market} has no volume in the data for {bars.session[-1]}.", code="no_data")
        return
    at = len(bars) - 1
    n = case.window(says.over).sessions if says.over else 1
    if says.value is not None:
        scaled = says.value
        yield compared(
            scaled,
            float(bars.volume[at - n + 1 :].mean()),
            "The volume",
            lambda v: f"{v:,.0f}",
            definition=f"volume of {case.market}, front contract alone",
            name="volume",
        )
    if says.ratio is not None:
        length = int(says.average.value) if says.average else NORM
        norm = float(np.mean(bars.volume[max(at - length, 0) : at])) if says.average else norm_of(bars, at, n)
        ratio = says.ratio.scaled(0.01) if says.ratio.unit == "pct" else says.ratio
        how = f"mean of the {length if says.average else NORM} sessions before"
        yield compared(
            ratio,
            float(bars.volume[at - n + 1 :].mean()) / norm,
            "The volume as a multiple of its norm",
            definition=how,
            name="ratio",
        )
    if says.highest_since:
        yield _highest(case, says.highest_since)
    if says.state:
        yield strength_of(bars, at, says.state, case.market, n)
    if says.value is None and says.ratio is None and not says.highest_since and not says.state:
        yield undecidable(
            "The claim does not say what the volume was.", {"volume": float(bars.volume[-1])}, code="says_nothing"
        )


def norm_of(bars: Bars, at: int, n: int = 1) -> float:
    """Return the mean volume of the sessions before the last `n` of a bar; NaN where fewer than half of them are known."""
    known = bars.volume[max(at - n + 1 - NORM, 0) : at - n + 1]
    known = known[known > 0]
    return float(np.mean(known)) if len(known) >= NORM // 2 else float("nan")


def _roll_within(bars: Bars, at: int) -> str:
    """Say so when a contract changed within the norm: the front contract's volume fades and swells then, whatever the market does."""
    if not bars.instrument.is_future or bars.interval != "1d":
        return ""
    first, last = bars.session[max(at - NORM, 0)], bars.session[at]
    years = [int(str(day)[:4]) for day in (first, last)]
    days = expiries(bars.instrument.symbol, bars.instrument.roll, years[0], years[1])
    inside = days[(days >= first) & (days <= last)]
    return (
        f"The front contract changed after {dated(inside[-1])}, within the norm: volume moves from one contract to"
        " the next about such a day."
        if len(inside)
        else ""
    )


def strength_of(bars: Bars, at: int, words: str, market: str, n: int = 1) -> Part:
    """Return whether the volume at a bar (the mean of the last `n`) was as strong, or as weak, as words say."""
    norm = norm_of(bars, at, n)
    volume = float(np.mean(bars.volume[at - n + 1 : at + 1]))
    ratio = volume / norm
    measured: dict[str, float | str | bool | None] = {"volume": volume, "norm": norm, "ratio": ratio}
    said = f"Volume was {volume:,.0f}, {ratio:.2f} times the norm of {norm:,.0f}"
    more = {
        "definition": (
            f"volume of {market}'s front contract against the mean of {NORM} sessions before {dated(bars.session[at])}"
        ),
        "tolerance": (
            f"strong from {STRONG} times the norm, weak to {WEAK} times, above and below average by the figure"
        ),
        "remark": _roll_within(bars, at),
    }
    if not np.isfinite(ratio):
        return undecidable("There is no norm to compare the volume with.", measured, code="no_data", **more)
    if re.search(r"above|higher than (average|usual|normal)", words):
        least, sign = 1.0, 1.0
    elif re.search(r"below|lower than (average|usual|normal)", words):
        least, sign = 1.0, -1.0
    elif re.search(r"weak|low|thin|light|dry|dried|quiet|soft|subdued|muted|poor|declin|fall", words):
        least, sign = WEAK, -1.0
    elif re.search(
        r"strong|high|heavy|surge|large|big|elevated|solid|hefty|impressive|robust|brisk|unusual|spike|ris|increas|good|decent",
        words,
    ):
        least, sign = STRONG, 1.0
    elif re.search(r"normal|average|usual|typical|ordinary", words):
        is_so = WEAK < ratio < STRONG
        return (holds if is_so else fails)(said, measured, code="" if is_so else "other_value", **more)
    else:
        return undecidable(
            f"state: {words[:40]!r} is no word for volume that is known here; {said[0].lower()}{said[1:]}",
            measured,
            code="ambiguous",
            **more,
        )
    if sign * (ratio - least) >= 0:
        return holds(said, measured, **more)
    is_near = sign * (ratio - least) >= -NEAR and ratio * sign > sign * 1.0
    return (near_miss if is_near else fails)(f"{said}: not {words}", measured, code="weaker", **more)


def _highest(case: Case, raw: str) -> Part:
    bars = case.traded
    now = float(bars.volume[-1])
    as_high = np.flatnonzero(bars.volume[:-1] >= now)
    last = bars.session[as_high[-1]] if len(as_high) else None
    said = (
        f"The volume, {now:,.0f}, is the highest since {dated(last)}"
        if last is not None
        else f"The volume, {now:,.0f}, is the highest on record"
    )
    is_so = last is None or last <= case.when(raw).end
    return (holds if is_so else fails)(
        said,
        {"volume": now, "highest_since": None if last is None else str(last)},
        definition=f"volume of {case.market}, front contract alone",
        code="" if is_so else "larger_since",
    )


VOLUME = ClaimKind(
    "volume",
    VolumeSays,
    judge,
    bare="state",
    aliases="volumes trading_volume turnover relative_volume",
    subject=("over",),
    names={
        "state": "strength is level was description",
        "ratio": "multiple times relative times_average of_average vs_average",
        "average": "average_length length norm compared_to",
        "over": "window period",
        "highest_since": "since largest_since heaviest_since",
        "value": "volume contracts shares",
    },
)
