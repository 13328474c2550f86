"""One market's section: where it came from, what broke, what argues against it, what would follow, where it is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from crosscurrent.bars.bars import Bars
from crosscurrent.facts.fact import Fact
from crosscurrent.indicators.momentum import macd, rsi
from crosscurrent.intermarket.rarity import Move
from crosscurrent.markets.expiry import expiries
from crosscurrent.note.ahead import ahead
from crosscurrent.note.analysis import Analysis
from crosscurrent.note.choose import recent_facts, told_on_both, weight
from crosscurrent.note.desk import Market
from crosscurrent.note.figure import figure
from crosscurrent.note.names import name_of, slug
from crosscurrent.note.note import Section
from crosscurrent.note.rates import is_notable
from crosscurrent.note.readings import closing, counted, day, measured, moved
from crosscurrent.note.say import Sentence, say
from crosscurrent.note.tell import tell
from crosscurrent.structure.look import Look

__all__ = ["lean", "markets", "sentence_of"]

MOST_TOLD = 4
WEEK_WEIGHS = 8.0
"""How much the direction of the rarest week weighs beside the facts; an ordinary one weighs as much less as it is less rare."""
EXTREME_CLOSE = 63
"""A close is told as the highest or lowest since a date when that date lies at least this many sessions back."""


def markets(analysis: Analysis) -> Iterator[Section]:
    """Yield a section for the filter and for each index of the desk, in the desk's order."""
    for market in analysis.desk.with_role("filter", "index"):
        if market.name in analysis.looks and len(analysis.bars(market.name)):
            yield _section(market, analysis)


def _section(market: Market, analysis: Analysis) -> Section:
    look, bars = analysis.looks[market.name], analysis.bars(market.name)
    facts = recent_facts(look, analysis.desk.windows.recent)
    direction = lean(facts, analysis, market.name)
    for_it = [f for f in facts if f.direction == direction][:MOST_TOLD]
    contrary = [f for f in facts if f.direction not in (direction, "neutral")][: MOST_TOLD - 1]
    paragraphs = [
        (*_came_from(market, analysis), *_told(for_it, look, bars)),
        (*_contrary(contrary, look, bars), *_momentum(bars), *_intervals(look, bars)),
        ahead(look, bars),
    ]
    heading = _heading(for_it, contrary, bars, direction)
    return Section(
        f"market-{slug(market.name)}",
        heading,
        tuple(p for p in paragraphs if p),
        (),
        (figure(look, (*for_it, *contrary), analysis),),
    )


def lean(facts: Sequence[Fact], analysis: Analysis, market: str) -> str:
    """Return the direction in which the market's story runs: where its weightiest facts and its week point."""
    move = analysis.move(market)
    balance = WEEK_WEIGHS * float(np.sign(move.change or 0.0)) * (move.percentile or 0.0) if move is not None else 0.0
    last = len(analysis.bars(market)) - 1
    for fact in facts[: 2 * MOST_TOLD]:
        balance += weight(fact, last - fact.at) * (fact.direction == "bullish") - weight(fact, last - fact.at) * (
            fact.direction == "bearish"
        )
    return "bearish" if balance < 0 else "bullish"


HEADINGS = {
    ("trendline_break", "bullish"): "{name}: downtrend broken",
    ("trendline_break", "bearish"): "{name}: support line broken",
    ("trendline_retest", "bearish"): "{name}: back at the downtrend",
    ("trendline_retest", "bullish"): "{name}: support line tested",
    ("failed_break", "bearish"): "{name}: an upward break that failed",
    ("failed_break", "bullish"): "{name}: a downward break that failed",
    ("average_reclaim", "bullish"): "{name}: {length}-day average regained",
    ("average_recovery", "bullish"): "{name}: {length}-day average regained",
    ("average_reject", "bearish"): "{name}: {length}-day average lost",
    ("average_loss", "bearish"): "{name}: {length}-day average lost",
    ("streak", "bullish"): "{name}: {length:word} gains in a row",
    ("streak", "bearish"): "{name}: {length:word} losses in a row",
    ("macd_signal_cross", "bullish"): "{name}: momentum turns up",
    ("macd_signal_cross", "bearish"): "{name}: momentum turns down",
    ("rsi_trendline_break", "bullish"): "{name}: momentum turns up",
    ("rsi_trendline_break", "bearish"): "{name}: momentum turns down",
    ("bullish_divergence", "bullish"): "{name}: a low that momentum did not confirm",
    ("bearish_divergence", "bearish"): "{name}: a high that momentum did not confirm",
    ("level_break", "bullish"): "{name}: through resistance",
    ("level_break", "bearish"): "{name}: through support",
    ("level_flip", "bullish"): "{name}: old resistance holds as support",
    ("level_flip", "bearish"): "{name}: old support holds as resistance",
    ("level_bounce", "bullish"): "{name}: support holds",
    ("level_bounce", "bearish"): "{name}: resistance holds",
    ("rejection", "bullish"): "{name}: buyers in the shadows",
    ("rejection", "bearish"): "{name}: sellers in the shadows",
    ("average_touch", "bullish"): "{name}: {length}-day average holds",
    ("average_touch", "bearish"): "{name}: {length}-day average caps it",
    ("gap_up", "bullish"): "{name}: a gap up",
    ("gap_down", "bearish"): "{name}: a gap down",
    ("golden_cross", "bullish"): "{name}: a golden cross",
    ("death_cross", "bearish"): "{name}: a death cross",
}  # fmt: skip


TAILS = {
    "shooting_star": ", though its last candles warn",
    "evening_star": ", though its last candles warn",
    "hanging_man": ", though its last candles warn",
    "bearish_engulfing": ", though its last candles warn",
    "hammer": ", though its last candles ask for caution",
    "morning_star": ", though its last candles ask for caution",
    "bullish_engulfing": ", though its last candles ask for caution",
    "rejection": ", but meets resistance in its shadows",
    "failed_break": ", after a break that failed",
    "average_reject": ", but not its averages",
    "bearish_divergence": ", without its momentum",
    "bullish_divergence": ", without its momentum",
}  # fmt: skip


def _heading(for_it: Sequence[Fact], contrary: Sequence[Fact], bars: Bars, direction: str) -> Sentence:
    name = name_of(bars)
    if not for_it:
        return say("{name}: little that is new", name=name)
    fact = for_it[0]
    tail = _tail(contrary[0]) if contrary else ""
    template = HEADINGS.get((fact.kind, fact.direction))
    if template is not None:
        length = counted(
            float(fact.readings.get("length", 0)), f"length ({fact.kind.replace('_', ' ')})", "sessions", bars.market
        )
        return say(template + tail, name=name, length=length)
    what = fact.kind.replace("_", " ")
    if fact.is_pattern and fact.stage == "confirmed":
        return say("{name}: out of {what}" + tail, name=name, what=_with_article(what))
    return say("{name}: {what}" + tail, name=name, what=_with_article(what))


def _tail(fact: Fact) -> str:
    """Return the words that a heading adds for the weightiest fact against its story."""
    if fact.kind == "trendline_retest":
        return (
            ", but another line still caps it" if fact.direction == "bearish" else ", but another line still holds it"
        )
    return TAILS.get(fact.kind, "")


def _with_article(what: str) -> str:
    return f"an {what}" if what[0] in "aeiou" else f"a {what}"


def _came_from(market: Market, analysis: Analysis) -> Iterator[Sentence]:
    bars, move = analysis.bars(market.name), analysis.move(market.name)
    if move is None or move.change is None:
        yield say("{name} closed at {close}.", name=name_of(bars), close=closing(bars))
        return
    way = "up" if move.change >= 0 else "down"
    if move.is_complete:
        template = "{name} closed the week at {close}, {way} {change:size}{best}."
    else:
        verb = "stand" if bars.instrument.is_future else "stands"
        template = f"{{name}} {verb} at {{close}}, {{way}} {{change:size}} in the week so far{{best}}."
    yield say(template, name=name_of(bars), close=closing(bars), way=way, change=moved(move), best=_best(move))
    if is_notable(move) and move.raw is not None and move.raw.largest_since is not None:
        yield say("The unadjusted series would say {raw}, but the jump there is the roll from one contract to the next.",
                  raw=day(move.raw.largest_since, "the same on prices that hold the roll gap", market.name))  # fmt: skip
    yield from _cash(market, analysis)
    yield from _extreme_close(bars)


def _extreme_close(bars: Bars) -> Iterator[Sentence]:
    """Tell the highest or lowest close for a quarter or longer."""
    for sign, word, more in ((1.0, "highest", "higher"), (-1.0, "lowest", "lower")):
        beyond = np.flatnonzero(sign * bars.close[:-1] >= sign * bars.close[-1])
        if not len(beyond) and len(bars) > EXTREME_CLOSE:
            begin = day(bars.session[0], "first bar of the data", bars.market)
            yield say("No close since the data begin, on {begin}, is {more}.", more=more, begin=begin)
        elif len(beyond) and len(bars) - 1 - beyond[-1] > EXTREME_CLOSE:
            since = day(bars.session[beyond[-1]], f"last close as {more[:-2]} or {more}", bars.market)
            yield say("It is the {word} close since {since}.", word=word, since=since)


def _best(move: Move) -> Sentence | str:
    """Return the clause that says since when the week is the best or worst, nothing where it is not notable."""
    if not is_notable(move) or move.change is None:
        return ""
    best = "best" if move.change >= 0 else "worst"
    if move.largest_since is None:
        return say(", its {best} week on record", best=best)
    since = day(move.largest_since, "latest earlier week with at least as large a move that way", move.market)
    return say(", its {best} week since the one ending {since}", best=best, since=since)


def _cash(market: Market, analysis: Analysis) -> Iterator[Sentence]:
    move = analysis.move(market.cash) if market.cash else None
    if move is None or move.change is None or market.cash is None or not analysis.snapshot.has(market.cash):
        return
    way = "gained" if move.change >= 0 else "lost"
    yield say("The cash index {way} {change:size}{best}.", way=way, change=moved(move), best=_best(move))


def _told(facts: Sequence[Fact], look: Look, bars: Bars) -> Iterator[Sentence]:
    before: Fact | None = None
    for fact in facts:
        clause = sentence_of(fact, look, before)
        if clause is not None:
            yield say("{clause}.", clause=clause)
            before = fact


def sentence_of(fact: Fact, look: Look, after: Fact | None = None) -> Sentence | None:
    """Return the clause that tells a fact, with its volume and, where the bases disagree, the basis it stands on."""
    clause = tell(fact, look.traded.bars, _prices(fact, look), after)
    if clause is None:
        return None
    return say(
        "{clause}{volume}{basis}", clause=clause, volume=_volume(fact, look.traded.bars), basis=_basis(fact, look)
    )


def _prices(fact: Fact, look: Look) -> frozenset[str]:
    return next((s.detector.layout.prices for s in look.sweeps if fact.kind in s.detector.layout.kinds), frozenset())


STRONG, WEAK = 1.5, 0.8
"""Times the usual volume from which a break is told as strong, and up to which as weak."""
TRADE_MOVES_ON = {"equity_quarterly": 8, "treasury_quarterly": 30}
"""Days before a contract ends in which its volume fades because trade has moved to the next one, which says nothing about conviction."""


def _volume(fact: Fact, bars: Bars) -> Sentence | str:
    ratio = fact.readings.get("volume_ratio")
    if not isinstance(ratio, float):
        return ""
    told = measured(
        ratio, "ratio", bars, "volume of the breaking bar against the mean of the twenty bars before", str(fact.session)
    )
    if ratio >= STRONG:
        return say(" on {ratio} times its usual volume", ratio=told)
    if ratio <= WEAK and not _is_expiring(fact, bars):
        return say(", though on only {ratio} times its usual volume", ratio=told)
    return ""


def _is_expiring(fact: Fact, bars: Bars) -> bool:
    """Whether the front contract was so near its end that its thin volume is the calendar's doing."""
    roll, year = bars.instrument.roll, int(str(fact.session)[:4])
    ends = expiries(bars.instrument.symbol, roll, year, year + 1)
    left = (ends - fact.session.astype("datetime64[D]")) / np.timedelta64(1, "D")
    return bool(np.any((left >= 0) & (left <= TRADE_MOVES_ON.get(roll, 0))))


def _basis(fact: Fact, look: Look) -> str:
    """Return the words that name the basis where the two would say different things about a line."""
    if not fact.kind.startswith(("trendline", "failed")) or told_on_both(fact, look):
        return ""
    return " (as charted only)" if fact.basis == "traded" else " (free of roll gaps only)"


def _contrary(facts: Sequence[Fact], look: Look, bars: Bars) -> Iterator[Sentence]:
    told = list(_told(facts, look, bars))
    if not told:
        yield say("Nothing on the chart of {name} speaks against that of late.", name=name_of(bars))
        return
    yield say("Against it: {first}", first=told[0].lowered())
    yield from told[1:]


STATES = (
    (70.0, "overbought"), (60.0, "strong without being overbought"), (40.0, "in the middle of its range"),
    (30.0, "weak without being oversold"), (0.0, "oversold"),
)  # fmt: skip
"""What the RSI is called from a value upward."""


def _momentum(bars: Bars) -> Iterator[Sentence]:
    strength = rsi(bars.close, 14)[-1:]
    line, signal, _ = (column[-2:] for column in macd(bars.close))
    if not len(strength) or not np.isfinite(strength[0]):
        return
    state = next(words for floor, words in STATES if strength[0] >= floor)
    length = measured(14, "sessions", bars, "length of the RSI")
    yield say("RSI ({length}) stands at {value}, {state}{macd}.", length=length, state=state, macd=_macd_clause(line, signal),
              value=measured(float(strength[0]), "index", bars, "Wilder's relative strength index", "fourteen bars"))  # fmt: skip


def _intervals(look: Look, bars: Bars) -> Iterator[Sentence]:
    """Tell whether days and weeks point the same way, and since when."""
    found = look.facts("interval_agreement", "interval_disagreement")
    if not found:
        return
    latest, name = found[-1], name_of(bars)
    since = day(
        latest.session,
        "close since which days and weeks stand so: the side of each one's own fifty-bar average",
        bars.market,
    )
    way = "up" if latest.direction == "bullish" else "down"
    if latest.kind == "interval_agreement":
        yield say("Days and weeks of {name} agree, both pointing {way} since {since}.", name=name, way=way, since=since)
    else:
        other = "down" if way == "up" else "up"
        yield say("Days and weeks of {name} disagree since {since}: the days point {way}, the weeks {other}.", name=name, way=way, other=other,
                  since=since)  # fmt: skip


def _macd_clause(line: np.ndarray, signal: np.ndarray) -> str:
    if len(line) < 2 or not np.isfinite([*line, *signal]).all():
        return ""
    gap = line - signal
    if gap[-1] < 0:
        return (
            "; MACD is below its signal line and closing the gap"
            if gap[-1] > gap[-2]
            else "; MACD is below its signal line"
        )
    return (
        "; MACD is above its signal line"
        if gap[-1] >= gap[-2]
        else "; MACD is above its signal line, by less than the day before"
    )
