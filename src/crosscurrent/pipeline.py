"""Snapshot in, note out: the whole analysis on one page, the same for today, for any past date and for evaluation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np

from crosscurrent.bars.bars import Basis
from crosscurrent.bars.intervals import on_both_bases
from crosscurrent.bars.snapshot import Snapshot
from crosscurrent.errors import DataError, UnknownName
from crosscurrent.evidence.events_ahead import Scheduled, scheduled
from crosscurrent.evidence.experience import NONE_YET, Experience, Learn
from crosscurrent.intermarket.correlation import correlate, correlation_history
from crosscurrent.intermarket.curve import CurveReport, curve
from crosscurrent.intermarket.drivers import DriverReport, drivers
from crosscurrent.intermarket.events import events
from crosscurrent.intermarket.rarity import Move, rarity
from crosscurrent.intermarket.stock_bond import RegimeReport, regimes
from crosscurrent.note import SECTIONS
from crosscurrent.note.analysis import Analysis, Missing, Pairing
from crosscurrent.note.compose import compose
from crosscurrent.note.desk import Desk
from crosscurrent.note.disclosure import Pack
from crosscurrent.note.last import LastNote
from crosscurrent.note.note import Note
from crosscurrent.setups import Planned, plan_market
from crosscurrent.setups.ladder import Ladder, ladder
from crosscurrent.setups.triggers import Eve
from crosscurrent.structure import DETECTORS
from crosscurrent.structure.look import Look, look_at

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["all_kinds", "analyse", "climb", "compare", "filter_of", "look", "measure", "plan", "write_note"]


STALE = np.timedelta64(7, "D")


def write_note(
    snapshot: Snapshot,
    desk: Desk,
    pack: Pack,
    *,
    source: str = "",
    missing: tuple[Missing, ...] = (),
    calendar: pd.DataFrame | None = None,
    meetings: pd.DataFrame | None = None,
    last: LastNote | None = None,
    learn: Learn | None = None,
    embeds_bars: bool = False,
) -> Note:
    """Return the note that could have been written at `snapshot.as_of`.

    `calendar` is the table of scheduled releases, `meetings` that of the FOMC's decisions, `last` the desk's last note, if any; `learn`
    says how records and odds are gained from what the markets have drawn (`evaluate.experience.learn`), without it the note knows of none.
    `embeds_bars` lets its charts carry their bars.
    """
    analysis = analyse(
        snapshot, desk, source=source, missing=missing, calendar=calendar, meetings=meetings, last=last, learn=learn,
        embeds_bars=embeds_bars,
    )  # fmt: skip
    return compose(analysis, pack, SECTIONS)


def analyse(
    snapshot: Snapshot,
    desk: Desk,
    *,
    source: str = "",
    missing: tuple[Missing, ...] = (),
    calendar: pd.DataFrame | None = None,
    meetings: pd.DataFrame | None = None,
    last: LastNote | None = None,
    learn: Learn | None = None,
    embeds_bars: bool = False,
) -> Analysis:
    """Return everything the note is composed from; what cannot be computed becomes a named gap."""
    charted = [m.name for m in desk.with_role("index", "filter") if snapshot.has(m.name)]
    beside = [f for m in desk.with_role("index") for f in [desk.filter_of(m)] if f and snapshot.has(f)]
    looks = look(snapshot, dict.fromkeys([*charted, *beside]))
    known = learn(looks, filter_of(looks, desk)) if learn is not None else NONE_YET
    pairs, unpaired = compare(snapshot, desk)
    planned = plan(looks, desk, scheduled(snapshot.as_of, calendar, meetings), known)
    return Analysis(
        desk, snapshot, looks, measure(snapshot), pairs, planned, (*missing, *_absent(snapshot, desk, missing), *unpaired), source,
        drivers=attribute(snapshot, desk), ladders=tuple(ladder(Eve(looks[name])) for name in charted),
        regimes=tuple(through_time(snapshot, pairs)), curve=bend(snapshot),
        events=None if calendar is None else events(snapshot, calendar, [n for n in (*charted[1:2], *charted[:1]) if snapshot.has(n)]),
        last=last, experience=known, embeds_bars=embeds_bars,
    )  # fmt: skip


def look(
    snapshot: Snapshot, markets: Iterable[str], *, interval: str = "1d", basis: str | Basis | None = None
) -> Mapping[str, Look]:
    """Return what each market has drawn: every detector, on the prices in which it is told."""
    return {
        market: look_at(*on_both_bases(snapshot, market, interval), DETECTORS, basis)  # type: ignore[arg-type]
        for market in markets
    }


def measure(snapshot: Snapshot) -> Mapping[str, Mapping[str, Move]]:
    """Return the latest move of every market over a day, a week and a month, and how rare each is."""
    found: dict[str, dict[str, Move]] = {}
    for market in snapshot.names:
        if snapshot.as_of - snapshot.traded(market).session[-1] > STALE:
            continue  # what ended long ago did not move this week; its end is a gap that is told
        try:
            found[market] = {move.period: move for move in rarity(snapshot, market)}
        except DataError:
            continue  # one observation has no change; the market's bars are there and say so
    return found


def compare(snapshot: Snapshot, desk: Desk) -> tuple[tuple[Pairing, ...], tuple[Missing, ...]]:
    """Return how the desk's pairs move together, and the pairs for which that cannot be told."""
    pairs, missing = [], []
    for a, b in desk.pairs:
        if not (snapshot.has(a) and snapshot.has(b)):
            continue
        try:
            window = desk.windows.correlation
            pairs.append(Pairing(correlate(snapshot, a, b, window), correlation_history(snapshot, a, b, window)))
        except DataError as fault:
            missing.append(Missing(f"The correlation of {a} and {b}", fault.sentence))
    return tuple(pairs), tuple(missing)


def filter_of(looks: Mapping[str, Look], desk: Desk) -> str | None:
    """Return the desk's first filter market that was looked at, None where there is none."""
    return next((m.name for m in desk.with_role("filter") if m.name in looks), None)


def plan(
    looks: Mapping[str, Look], desk: Desk, events: Sequence[Scheduled] = (), known: Experience = NONE_YET
) -> tuple[Planned, ...]:
    """Return what the plans make of each index of the desk, with its filter market as condition and the events that stood ahead."""
    charted = [m for m in desk.with_role("index") if m.name in looks]
    eves = (Eve(looks[m.name], looks.get(desk.filter_of(m) or "")) for m in charted)
    return tuple(plan_market(eve, events=events, records=known.records) for eve in eves)


def climb(snapshot: Snapshot, market: str, beside: str | None = None) -> Ladder:
    """Return what each price of a market's next session would mean, held against another market where one is named."""
    looks = look(snapshot, dict.fromkeys([market, *([beside] if beside else [])]))
    return ladder(Eve(looks[market], looks[beside] if beside else None))


def attribute(snapshot: Snapshot, desk: Desk) -> tuple[DriverReport, ...]:
    """Return what drove the week of each index; one whose history is too short for betas is left out."""
    found = []
    for market in desk.with_role("index"):
        try:
            found.append(drivers(snapshot, market.name))
        except (DataError, UnknownName):
            continue  # the pair's own correlation still tells what there is
    return tuple(found)


def through_time(snapshot: Snapshot, pairs: Iterable[Pairing]) -> Iterator[RegimeReport]:
    """Yield the sign of each pair's link through time; a pair whose common history is too short for one is left out."""
    for pairing in pairs:
        with suppress(DataError):
            yield regimes(snapshot, *pairing.correlation.markets)


def bend(snapshot: Snapshot) -> CurveReport | None:
    """Return the curve, None where the snapshot holds no two yields."""
    try:
        found = curve(snapshot)
    except DataError:
        return None
    return found if found.slopes else None


def _absent(snapshot: Snapshot, desk: Desk, known: Iterable[Missing]) -> tuple[Missing, ...]:
    """Return the desk's own markets that have no bar and that nobody has named yet."""
    named = {m.what for m in known}
    return tuple(
        Missing(m.name, "no bar of it was known by then")
        for m in desk.markets
        if not snapshot.has(m.name) and m.name not in named
    )


def all_kinds() -> tuple[str, ...]:
    """Return every kind of fact that the detectors can write, in their order."""
    return tuple(dict.fromkeys(kind for detector in DETECTORS for kind in detector.layout.kinds))
