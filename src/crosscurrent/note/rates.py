"""The section on rates: what yields did, how rare that is, and what policy is priced in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from crosscurrent.bars.bars import Bars
from crosscurrent.charts.rates import rates_chart
from crosscurrent.intermarket.rarity import Move
from crosscurrent.note.analysis import Analysis
from crosscurrent.note.names import and_list, name_of
from crosscurrent.note.note import Section, Table
from crosscurrent.note.readings import counted, day, measured, moved, price, share
from crosscurrent.note.say import Name, Sentence, say
from crosscurrent.units import Reading

__all__ = ["rates", "same_since", "yield_moves"]

LARGE = 0.7
"""The share of earlier moves that must have been smaller for one to be told as large."""
NOTABLE_WEEKS = 4
"""A move is told as the largest since a date only when that date lies at least this many weeks back."""


def rates(analysis: Analysis) -> Iterator[Section]:
    """Yield the section, where the desk has a yield or a policy series."""
    moves = yield_moves(analysis)
    if not moves:
        return
    paragraphs = [p for p in ((*_yields(moves, analysis), *_curve(analysis)), _policy(analysis)) if p]
    shown = [
        m
        for m in (*analysis.desk.with_role("policy"), *analysis.desk.with_role("yield"))
        if analysis.snapshot.has(m.name)
    ]
    chart = rates_chart(
        [analysis.bars(m.name) for m in shown],
        panel_titles=[m.label or analysis.bars(m.name).instrument.name for m in shown], source=f"Source: {analysis.source}; crosscurrent.",
        caption="Levels in per cent above; beneath, the change of each week in basis points, the latest marked.",
    )  # fmt: skip
    yield Section("rates", _heading(moves), tuple(paragraphs), (_table(moves, analysis),), (chart,))


def yield_moves(analysis: Analysis) -> list[Move]:
    """Return the week's moves of the desk's yields, in its order."""
    found = (analysis.move(m.name) for m in analysis.desk.with_role("yield"))
    return [m for m in found if m is not None and m.change is not None]


def _heading(moves: Sequence[Move]) -> Sentence:
    falls, rises = (sum(np.sign(m.change or 0.0) == way for m in moves) for way in (-1, 1))
    notable = any(is_notable(m) for m in moves)
    if falls == len(moves):
        return say(
            "A large week for rates: yields fall across the curve" if notable else "Yields ease across the curve"
        )
    if rises == len(moves):
        return say(
            "A large week for rates: yields rise across the curve" if notable else "Yields edge up across the curve"
        )
    return say("A divided curve: not all yields went the same way")


def is_notable(move: Move) -> bool:
    """Whether the move is large for its market, and the largest that way for weeks or on record."""
    if move.rank is None or (move.percentile or 0.0) < LARGE:
        return False
    return bool(move.largest_since is None or (move.end - move.largest_since) / np.timedelta64(7, "D") > NOTABLE_WEEKS)


def same_since(moves: Sequence[Move]) -> np.datetime64 | None:
    """Return the date since which each of the moves is the largest, where it is one and the same and far enough back."""
    dates = {m.largest_since for m in moves}
    if len(dates) != 1 or not all(is_notable(m) for m in moves):
        return None
    return dates.pop()


def _yields(moves: list[Move], analysis: Analysis) -> tuple[Sentence, ...]:
    told = [_yield_clause(m, analysis, first=(m is moves[0])) for m in moves]
    sentences = [say("{clauses} over the week.", clauses=and_list(told))]
    since = same_since(moves)
    way = {-1.0: "fall", 1.0: "rise"}
    directions = {way.get(float(np.sign(m.change or 0.0)), "move") for m in moves}
    if since is not None and len(directions) == 1:
        each = "Each is" if len(moves) > 2 else "Either is" if len(moves) == 2 else "That is"
        sentences.append(
            say(
                "{each} the largest weekly {way} since the week ending {since}.",
                each=each, way=directions.pop(), since=day(since, "latest earlier week with at least as large a move that way"),
            )
        )  # fmt: skip
    else:
        sentences += _since_sentences(moves, analysis)
    sentences += _unremarkable(moves, analysis)
    return tuple(sentences)


def _yield_clause(move: Move, analysis: Analysis, *, first: bool) -> Sentence:
    bars = analysis.bars(move.market)
    change = float(move.change or 0.0)
    verb = "fell" if change < 0 else "rose" if change > 0 else "was unchanged"
    if change == 0:
        return say("the {name} was unchanged at {level}", name=name_of(bars), level=last_yield(bars))
    return say(
        "the {name} {verb} {change:size} to {level}",
        name=name_of(bars),
        verb=verb,
        change=moved(move),
        level=last_yield(bars),
    )


def last_yield(bars: Bars) -> Reading:
    """Return the last observation of a yield as a reading."""
    return price(float(bars.close[-1]), bars, "last observation", str(bars.session[-1]))


def _since_sentences(moves: Sequence[Move], analysis: Analysis) -> Iterator[Sentence]:
    """Tell the notable moves, those that are the largest since one and the same week together."""
    groups: dict[tuple[str, np.datetime64 | None], list[Move]] = {}
    for move in moves:
        if is_notable(move):
            groups.setdefault(("fall" if (move.change or 0.0) < 0 else "rise", move.largest_since), []).append(move)
    for (way, since), group in groups.items():
        names = and_list([name_of(analysis.bars(m.market)) for m in group])
        if since is None:
            yield say("For the {names} it is the largest weekly {way} on record.", names=names, way=way)
        else:
            yield say("For the {names} it is the largest weekly {way} since the week ending {since}.", names=names, way=way,
                      since=day(since, "latest earlier week with at least as large a move that way"))  # fmt: skip


def _unremarkable(moves: Sequence[Move], analysis: Analysis) -> Iterator[Sentence]:
    """Say plainly when nothing about the week is rare."""
    if any(is_notable(m) for m in moves):
        return
    largest = max(moves, key=lambda m: m.percentile or 0.0)
    if largest.percentile is None:
        return
    way = "fall" if (largest.change or 0.0) < 0 else "rise"
    yield say("None of these moves is rare: even for the {name} {share} of earlier weeks with a {way} saw a smaller one.", way=way,
              share=share(largest.percentile, "share of earlier weeks with a smaller move in that direction"),
              name=name_of(analysis.bars(largest.market)))  # fmt: skip


CURVES_TOLD = 2


def _curve(analysis: Analysis) -> Iterator[Sentence]:
    """Tell how the slopes moved, by the name that the desk gives such a move."""
    if analysis.curve is None:
        return
    for slope in [s for s in analysis.curve.slopes if analysis.snapshot.has(s.short) and analysis.snapshot.has(s.long)][
        :CURVES_TOLD
    ]:
        window, source = f"{slope.start} to {slope.end}", f"{slope.short}, {slope.long}"
        names = [name_of(analysis.bars(m)) for m in (slope.short, slope.long)]
        yield say(
            "From the {short} to the {long} the curve stands at {slope:signed} after {change:signed} in the week, a {name}.",
            short=names[0], long=names[1],
            slope=Reading(slope.value_bp, "bp", "long yield less short yield", str(slope.end), source),
            change=Reading(slope.change_bp, "bp", "change of the slope over the week", window, source), name=slope.name,
        )  # fmt: skip


def _policy(analysis: Analysis) -> tuple[Sentence, ...]:
    named = analysis.desk.rates.implied
    move = analysis.move(named) if named else None
    if named is None or move is None or move.change is None:
        return ()
    bars = analysis.bars(named)
    verb = "fell" if move.change < 0 else "rose" if move.change > 0 else "stayed"
    sentences = [
        say("The short rate that the market implies for {date} {verb} {change:size} to {level}.", date=Name(analysis.desk.rates.implied_for),
            verb=verb, change=moved(move), level=last_yield(bars))
    ]  # fmt: skip
    sentences += _since_policy(move)
    sentences += _cuts(analysis, bars)
    return tuple(sentences)


def _since_policy(move: Move) -> Iterator[Sentence]:
    if is_notable(move) and move.largest_since is not None:
        way = "easing" if (move.change or 0.0) < 0 else "tightening"
        yield say("No week since the one ending {since} had moved as far towards {way}.", way=way,
                  since=day(move.largest_since, "latest earlier week with at least as large a move that way", move.market))  # fmt: skip


def _cuts(analysis: Analysis, implied: Bars) -> Iterator[Sentence]:
    current = analysis.desk.rates.current
    if current is None or not analysis.snapshot.has(current):
        return
    now = analysis.bars(current)
    cuts = 100.0 * float(now.close[-1] - implied.close[-1])
    week_ago = implied.index_of(np.datetime64(str(implied.session[-1] - np.timedelta64(7, "D")), "D"))
    before = now.index_of(implied.session[week_ago]) if week_ago >= 0 else -1
    definition = f"rate now ({current}) less the rate implied by {implied.market}"
    told = measured(abs(cuts), "bp", implied, definition, str(implied.session[-1]))
    word = "cuts" if cuts > 0 else "increases"
    if before < 0:
        yield say("Against today's rate that prices {cuts} of {word}.", cuts=told, word=word)
        return
    earlier = 100.0 * float(now.close[before] - implied.close[week_ago])
    then = measured(abs(earlier), "bp", implied, definition, str(implied.session[week_ago]))
    if (earlier > 0) == (cuts > 0):
        yield say(
            "Against today's rate that prices {cuts} of {word}, after {then} a week before.",
            cuts=told,
            word=word,
            then=then,
        )
    else:
        other = "increases" if cuts > 0 else "cuts"
        yield say("Against today's rate that prices {cuts} of {word}, after {then} of {other} a week before.", cuts=told, word=word,
                  then=then, other=other)  # fmt: skip


def _table(moves: Sequence[Move], analysis: Analysis) -> Table:
    policy = [analysis.move(m.name) for m in analysis.desk.with_role("policy")]
    rows = []
    for week in (*moves, *(m for m in policy if m is not None and m.change is not None)):
        bars = analysis.bars(week.market)
        cells = [say("{name}", name=name_of(bars)), say("{level}", level=last_yield(bars))]
        for period in ("1d", "1w", "1mo"):
            move = analysis.move(week.market, period)
            cells.append(say("{change:signed}", change=moved(move)) if move and move.change is not None else say("n/a"))
        cells.append(
            say("{since}", since=day(week.largest_since, "latest earlier week with at least as large a move that way", week.market))
            if week.largest_since is not None else say("on record" if week.rank == 1 else "n/a")
        )  # fmt: skip
        cells.append(
            say("{rank} of {n}", rank=counted(week.rank, "rank of the weekly move among all in its direction", "rank", week.market),
                n=counted(week.periods, "weeks on record", market=week.market)) if week.rank else say("n/a")
        )  # fmt: skip
        rows.append(tuple(cells))
    return Table(
        "Yields and implied rates",
        ("Market", "Last", "Day", "Week", "Month", "Week largest since", "Rank"),
        tuple(rows),
    )
