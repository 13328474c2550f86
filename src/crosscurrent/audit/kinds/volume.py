"""Volume: strong or weak against its norm, a multiple of it, the highest since a day."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from crosscurrent.audit.case import Case
from crosscurrent.audit.compare import compared, dated, is_no, said_of
from crosscurrent.audit.kind import ClaimKind
from crosscurrent.audit.says import Fields, Length, Number, Quote, Says, Words
from crosscurrent.audit.since import Reach, last_beyond, reaching
from crosscurrent.audit.spoken import days_in, figure_in, window_in
from crosscurrent.audit.tolerance import Figure, spelling
from crosscurrent.audit.verdicts import Measured, Part, fails, holds, near_miss, undecidable
from crosscurrent.bars.bars import Bars
from crosscurrent.markets.expiry import expiries

__all__ = ["VOLUME", "strength_of"]

NORM = 20
"""Sessions whose mean is the norm, as charts show it."""
STRONG, WEAK = 1.25, 0.8
NEAR = 0.1
FADED, EXPIRING = 0.5, np.timedelta64(28, "D")
"""A front contract this far below its norm, and this near its expiry, has lost its volume to the next."""
LEVELS: tuple[tuple[str, float, float], ...] = (
    (r"above|higher than (average|usual|normal)", 1.0, 1.0),
    (r"below|lower than (average|usual|normal)", 1.0, -1.0),
    (r"weak|low|thin|light|dry|dried|quiet|soft|subdued|muted|poor|declin|fall|anaemic", WEAK, -1.0),
    (
        r"strong|high|heavy|surge|large|big|elevated|solid|hefty|impressive|robust|brisk|unusual|spike|ris|increas|good|decent|huge",
        STRONG,
        1.0,
    ),
)


class VolumeSays(Says):
    """Volume of the session, or of the sessions `over` a window: strong, weak or a multiple of its norm; or the highest since a day."""

    state: Words | None = None
    value: Number | None = None
    ratio: Number | None = None
    average: Length | None = None
    over: Quote | None = None
    highest_since: Quote | None = None
    lowest_since: Quote | None = None


def judge(case: Case, says: VolumeSays) -> Iterator[Part]:
    """Yield the verdicts on volume."""
    bars = case.traded
    if not bars.has_volume or not bars.volume[-1] > 0:
        yield undecidable(f"{case.market} has no volume in the data for {bars.session[-1]}.", code="no_data")
        return
    measured = {"volume": float(bars.volume[-1])}
    told = f"volume of {case.market}{', front contract alone' if bars.instrument.is_future else ''}, {bars.session[-1]}"
    yield from said_of(_parts(case, says), f"The volume is {bars.volume[-1]:,.0f}.", measured, definition=told)


def _parts(case: Case, says: VolumeSays) -> Iterator[Part]:
    bars, at, n = case.traded, len(case.traded) - 1, case.window(says.over).sessions if says.over else 1
    now = float(bars.volume[-n:].mean())
    if says.value is not None:
        yield compared(says.value, now, "The volume", lambda v: f"{v:,.0f}", name="volume")
    if says.ratio is not None:
        yield _multiple(bars, at, n, now, says)
    for side, since in ((1.0, says.highest_since), (-1.0, says.lowest_since)):
        if since:
            last = last_beyond(bars.volume, bars.session, side)
            reach = Reach(
                f"{bars.volume[-1]:,.0f}, the {'highest' if side > 0 else 'lowest'} volume", last, bars.session[0]
            )
            yield from reaching(case, reach, since, None, {"since": None if last is None else dated(last)})
    if says.state:
        yield strength_of(bars, at, says.state, n)


def _multiple(bars: Bars, at: int, n: int, now: float, says: VolumeSays) -> Part:
    figure, length = says.ratio or Figure("", 1.0, 0.5), int(says.average.value) if says.average else NORM
    figure = figure.scaled(0.01) if figure.unit == "pct" else figure
    ratio = now / norm_of(bars, at, n, length)
    gone = _faded(bars, at, ratio)
    if gone:
        return undecidable(
            f"The volume is {ratio:.3f} times its norm, but {gone}", {"ratio": ratio}, code="roll_artefact"
        )
    part = compared(figure, ratio, "The volume as a multiple of its norm", name="ratio")
    return part.with_definition(f"norm: mean of the {length} sessions before")


def norm_of(bars: Bars, at: int, n: int = 1, length: int = NORM) -> float:
    """Return the mean volume of the sessions before the last `n` of a bar; NaN where fewer than half of them are known."""
    known = bars.volume[max(at - n + 1 - length, 0) : at - n + 1]
    known = known[known > 0]
    return float(np.mean(known)) if len(known) >= length // 2 else float("nan")


def _roll_within(bars: Bars, at: int) -> str:
    """Say so when a contract changed within the norm: the front contract's volume fades and swells then, whatever the market does."""
    if not bars.instrument.is_future or bars.interval != "1d":
        return ""
    first, last = bars.session[max(at - NORM, 0)], bars.session[at]
    years = [int(str(day)[:4]) for day in (first, last)]
    days = expiries(bars.instrument.symbol, bars.instrument.roll, years[0], years[1])
    inside = days[(days >= first) & (days <= last)]
    told = "within the norm: volume moves from one contract to the next about such a day."
    return f"The front contract changed after {dated(inside[-1])}, {told}" if len(inside) else ""


def _faded(bars: Bars, at: int, ratio: float) -> str:
    """Say so when the front contract had lost its volume to the next before it expired: then it tells nothing of the market's."""
    if not bars.instrument.is_future or bars.interval != "1d" or ratio >= FADED:
        return ""
    day = bars.session[at]
    days = expiries(bars.instrument.symbol, bars.instrument.roll, int(str(day)[:4]), int(str(day)[:4]))
    ahead = days[(days >= day) & (days - day <= EXPIRING)]
    told = "its volume had moved to the next one"
    return f"the front contract expires on {dated(ahead[0])} and {told}" if len(ahead) else ""


def strength_of(bars: Bars, at: int, words: str, n: int = 1) -> Part:
    """Return whether the volume at a bar (the mean of the last `n`) was as strong, or as weak, as words say."""
    norm, volume = norm_of(bars, at, n), float(np.mean(bars.volume[at - n + 1 : at + 1]))
    ratio = volume / norm
    measured: Measured = {"volume": volume, "norm": norm, "ratio": ratio}
    said = f"Volume was {volume:,.0f}, {ratio:.2f} times the norm of {norm:,.0f}"
    definition = f"norm: mean of the {NORM} sessions before {dated(bars.session[at])}"
    tolerance = f"strong from {STRONG} times the norm, weak to {WEAK} times, above and below average by the figure"
    gone = _faded(bars, at, ratio)
    part = (
        undecidable(f"{said}, but {gone}", measured, code="roll_artefact")
        if gone
        else _weighed(words, ratio, said, measured)
    )
    return Part(part.verdict, part.reason, measured, part.code, definition, tolerance, _roll_within(bars, at))


def _weighed(words: str, ratio: float, said: str, measured: Measured) -> Part:
    if not np.isfinite(ratio):
        return undecidable("There is no norm to compare the volume with.", measured, code="no_data")
    bound = next(((least, sign) for pattern, least, sign in LEVELS if re.search(pattern, words)), None)
    if bound is None and re.search(r"normal|average|usual|typical|ordinary", words):
        is_so = WEAK < ratio < STRONG
        return (holds if is_so else fails)(said, measured, code="" if is_so else "other_value")
    if bound is None:
        return undecidable(
            f"state: {words[:40]!r} is no word for volume that is known here. {said}", measured, code="ambiguous"
        )
    least, sign = bound
    if (sign * (ratio - least) >= 0) != is_no(words):
        return holds(said, measured)
    is_near = sign * (ratio - least) >= -NEAR and ratio * sign > sign and not is_no(words)
    return (near_miss if is_near else fails)(f"{said}: not {words}", measured, code="weaker")


def _prepared(fields: Fields, spoken: str) -> Fields:
    """Read `state: highest` with a day as the highest since it."""
    state = spelling(fields.get("state", ""))
    extreme = re.match(r"(highest|heaviest|largest|lowest|lightest)(?: (?:volume )?since (.+))?", state)
    since = fields.get("highest_since") or (extreme[2] if extreme else None)
    if not extreme or not since:
        return fields
    name = "lowest_since" if extreme[1].startswith(("low", "light")) else "highest_since"
    return {k: v for k, v in fields.items() if k not in ("state", "highest_since")} | {name: since}


def _worded(text: str) -> Fields:
    tidy, since, figure, window = text.lower(), days_in(text), figure_in(text), window_in(text)
    if since and re.search(r"highest|heaviest|largest|lowest|lightest", tidy):
        return {"state": f"{'lowest' if re.search('lowest|lightest', tidy) else 'highest'} since {since}"}
    found: Fields = {"over": window} if window else {}
    return found | ({"ratio": figure} if figure and re.search(r"times|x\b|average", tidy) else {"state": tidy})


VOLUME = ClaimKind(
    "volume",
    VolumeSays,
    judge,
    bare="state",
    worded=_worded,
    prepared=_prepared,
    subject=("over",),
    aliases="volumes trading_volume turnover relative_volume volume_surge",
    names={
        "state": "strength is level was description",
        "ratio": "multiple times relative times_average of_average vs_average versus_average multiple_of_average x",
        "average": "average_length length norm compared_to average_of",
        "over": "window period",
        "highest_since": "since largest_since heaviest_since",
        "value": "volume contracts shares",
    },
)
