"""Tell a fact in a sentence: one template a kind, its words read from the fact."""

from __future__ import annotations

from datetime import date

import numpy as np

from crosscurrent.bars.bars import Bars
from crosscurrent.facts.fact import Fact
from crosscurrent.note.names import noun
from crosscurrent.note.readings import BASIS_WORDS, day
from crosscurrent.note.say import Name, Sentence, Word, say
from crosscurrent.units import Reading, Unit

__all__ = ["TEMPLATES", "tell", "words_of"]

UNITS: dict[str, Unit] = {
    "length": "sessions", "touches": "count", "bars": "sessions", "span": "sessions", "sessions_since": "sessions",
    "since_touch": "sessions", "since_break": "sessions", "closes_below": "sessions", "closes_above": "sessions",
    "volume_ratio": "ratio", "ratio": "ratio", "norm": "volume", "volume": "volume", "rsi": "index", "quality": "index",
    "strength": "index", "missed_by": "probability", "body": "probability", "upper_shadow": "probability",
    "lower_shadow": "probability", "shadow_share": "probability", "bounces": "count", "breaks": "count", "flips": "count",
}  # fmt: skip
"""The unit of each reading that is neither a price, nor in ATR, nor a day."""

DEFINITIONS = {
    "price": "value of the line or level at that bar", "trigger": "value of the pattern's boundary at the confirming bar",
    "target": "measured target of the pattern", "beyond_atr": "distance of the close beyond the boundary, in ATR",
    "average": "moving average, that bar included", "close": "close of the bar", "volume_ratio": "volume against the mean of the twenty bars before",
    "missed_by": "amount by which the inequality that failed was missed, as a share of the bar's range", "length": "length of the average",
    "touches": "times that price has come to it and held, the defining swings included", "bars": "length of the pattern",
    "sessions_since": "sessions since the last close on that side", "extreme": "the bar's extreme on the far side",
}  # fmt: skip

LINE = {"bullish": "falling resistance", "bearish": "rising support"}

TEMPLATES: dict[tuple[str, str], str] = {
    ("trendline_break", "bullish"): "{when} {it} closed {beyond_atr} above the line from {from} through {through}, which had capped it, at {price}",
    ("trendline_break", "bearish"): "{when} {it} closed {beyond_atr} below the line from {from} through {through}, which had held it, at {price}",
    ("trendline_retest", "bearish"): "{when} the rally came back to the line from {from} through {through}, at {price}, and closed beneath it",
    ("trendline_retest", "bullish"): "{when} the decline came back to the line from {from} through {through}, at {price}, and closed above it",
    ("retest_after", "bullish"): "{when} {it} came back to the broken line from {from} through {through}, at {price}, and closed above it",
    ("retest_after", "bearish"): "{when} {it} came back to the broken line from {from} through {through}, at {price}, and closed beneath it",
    ("failed_break", "bearish"): "{when} {it} closed back beneath the line at {price} that {it} had broken upwards: a bull trap by definition",
    ("failed_break", "bullish"): "{when} {it} closed back above the line at {price} that {it} had broken downwards: a bear trap by definition",
    ("level_break", "bullish"): "{when} {it} closed above the level at {price}",
    ("level_break", "bearish"): "{when} {it} closed below the level at {price}",
    ("level_flip", "bullish"): "{when} the broken level at {price} held as support",
    ("level_flip", "bearish"): "{when} the broken level at {price} held as resistance",
    ("level_bounce", "bullish"): "{when} {it} turned up from the level at {price}",
    ("level_bounce", "bearish"): "{when} {it} turned down from the level at {price}",
    ("average_test", "bullish"): "{when} {it} traded through its {length}-day average at {average} and closed back above it",
    ("average_test", "bearish"): "{when} {it} traded through its {length}-day average at {average} and closed back beneath it",
    ("average_reclaim", "bullish"): "{when} {it} took back its {length}-day average, at {average}, after {below}",
    ("average_reject", "bearish"): "{when} {it} lost its {length}-day average, at {average}, after {above}",
    ("average_loss", "bearish"): "{when} {it} closed below its {length}-day average, at {average}, for the first time since {since}",
    ("average_recovery", "bullish"): "{when} {it} closed above its {length}-day average, at {average}, for the first time since {since}",
    ("average_touch", "bullish"): "{when} the {length}-day average, at {average}, held as support",
    ("average_touch", "bearish"): "{when} the {length}-day average, at {average}, held as resistance",
    ("golden_cross", "bullish"): "{when} the shorter average crossed above the longer one, a golden cross",
    ("death_cross", "bearish"): "{when} the shorter average crossed below the longer one, a death cross",
    ("rsi_trendline_break", "bullish"): "RSI broke its own downtrend from {from} {when}",
    ("rsi_trendline_break", "bearish"): "RSI broke its own uptrend from {from} {when}",
    ("macd_signal_cross", "bullish"): "MACD crossed above its signal line {when}",
    ("macd_signal_cross", "bearish"): "MACD crossed below its signal line {when}",
    ("bullish_divergence", "bullish"): "RSI had not confirmed the last low in price, a bullish divergence known {when}",
    ("bearish_divergence", "bearish"): "RSI did not confirm the last high in price, a bearish divergence known {when}",
    ("rejection", "bearish"): "upper shadows show sellers between {low} and {high} over recent sessions",
    ("rejection", "bullish"): "lower shadows show buyers between {low} and {high} over recent sessions",
    ("streak", "bullish"): "{it} has closed higher {length:word} sessions in a row",
    ("streak", "bearish"): "{it} has closed lower {length:word} sessions in a row",
    ("gap_up", "bullish"): "{when} {it} opened a gap above the prior range",
    ("gap_down", "bearish"): "{when} {it} opened a gap below the prior range",
}  # fmt: skip
"""A clause for each kind and direction; what is not here is told as a pattern, as a candle, or not at all."""

STRICTNESS_WORDS = {
    "strict": "", "futures": ", a loose one, without the gap between bodies",
}  # fmt: skip


def tell(fact: Fact, bars: Bars, prices: frozenset[str], after: Fact | None = None) -> Sentence | None:
    """Return the clause that tells the fact, None for a kind that is not told in prose.

    With the fact told just before as `after`, a day is not named twice in a row.
    """
    words = words_of(fact, bars, prices)
    if after is not None and after.session == fact.session:
        words |= {"when": "the same day", "bar": "the same bar"}
    key = _key(fact)
    if key in TEMPLATES:
        return say(TEMPLATES[key], **words)
    if fact.is_pattern:
        return _pattern(fact, words)
    if fact.strictness is not None:
        return _candle(fact, words)
    return None


def _key(fact: Fact) -> tuple[str, str]:
    if fact.kind == "trendline_retest" and fact.readings.get("after_break") == 1:
        return "retest_after", fact.direction
    if fact.kind == "average_reclaim" and fact.readings.get("closes_below") == 0:
        return "average_test", fact.direction
    if fact.kind == "average_reject" and fact.readings.get("closes_above") == 0:
        return "average_test", fact.direction
    return fact.kind, fact.direction


PATTERN_STAGES = {
    "confirmed": "{when} {it} closed out of {article} {pattern} of {bars} sessions, past {trigger}; the measured target is {target}",
    "reached": "{when} the {pattern} reached its measured target, {target}",
    "failed": "{when} the {pattern} failed: a close back through it",
    "expired": "{when} the {pattern} expired without its target",
}


def _pattern(fact: Fact, words: dict[str, Word]) -> Sentence | None:
    template = PATTERN_STAGES.get(fact.stage)
    if template is None or (fact.stage == "confirmed" and "bars" not in words):
        return None
    name = fact.kind.replace("_", " ")
    article = "an" if name[0] in "aeiou" else "a"
    return say(template, **{**words, "pattern": name, "article": article})


def _candle(fact: Fact, words: dict[str, Word]) -> Sentence:
    name = fact.kind.replace("_", " ")
    article = "an" if name[0] in "aeiou" else "a"
    if fact.strictness == "near_miss":
        rule = str(fact.readings.get("rule", "one inequality failed")).split(" (")[0]
        return say("{bar} was almost {article} {name}, short of one rule ({rule}), missed by {missed_by} of the range",
                   name=name, article=article, rule=Name(rule), **words)  # fmt: skip
    return say("{bar} completed {article} {name}{how}", name=name, article=article,
               how=STRICTNESS_WORDS.get(fact.strictness or "", ""), **words)  # fmt: skip


def words_of(fact: Fact, bars: Bars, prices: frozenset[str]) -> dict[str, Word]:
    """Return the words a template may use: the fact's readings, its `day`, and the day of its first anchor as `from`."""
    last = bars.session[-1]
    known = day(fact.session, f"session in which the {_named(fact)} became known", fact.market)
    told = _dated(known, fact.session, last)
    is_recent = last - fact.session <= WEEK
    words: dict[str, Word] = {
        "it": noun(bars), "when": say("on {day}", day=told),
        "bar": say("{day}'s candle", day=told) if is_recent else say("the candle of {day}", day=told),
    }  # fmt: skip
    if fact.anchors:
        start = day(fact.anchors[0].session, f"first anchor of the {_named(fact)}", fact.market)
        words["from"] = _dated(start, fact.anchors[0].session, last)
    if len(fact.anchors) > 1:
        second = day(fact.anchors[1].session, f"second anchor of the {_named(fact)}", fact.market)
        words["through"] = _dated(second, fact.anchors[1].session, last)
    for name, value in fact.readings.items():
        if (word := _word(name, value, fact, bars, prices)) is not None:
            words[name] = word
    for side, name, where in (("below", "closes_below", "beneath it"), ("above", "closes_above", "above it")):
        if name in words:
            words[side] = (
                f"a single close {where}"
                if fact.readings[name] == 1
                else say("{n:word} closes " + where, n=words[name])
            )
    return words


WEEK, YEAR = np.timedelta64(6, "D"), np.timedelta64(300, "D")


def _dated(reading: Reading, session: np.datetime64, last: np.datetime64) -> Sentence:
    """Return a day as one says it: by its weekday within the week, without the year within the year."""
    age = last - session
    return say("{day:weekday}" if age <= WEEK else "{day:short}" if age <= YEAR else "{day}", day=reading)


def _named(fact: Fact) -> str:
    return fact.kind.replace("_", " ")


def _word(name: str, value: float | str, fact: Fact, bars: Bars, prices: frozenset[str]) -> Word | None:
    if name == "rule":
        return None
    unit: Unit | None = "price" if name in prices else "atr" if name.endswith("_atr") else UNITS.get(name)
    definition = f"{_named(fact)}: {DEFINITIONS.get(name, name.replace('_', ' '))}"
    window, source = str(fact.session), f"{fact.market}, {fact.interval} bars, {BASIS_WORDS[fact.basis]}"
    if isinstance(value, str):
        return Reading(date.fromisoformat(value), "date", definition, window, source, fact.market)
    if unit is None:
        return None
    return Reading(value, unit, definition, window, source, fact.market, notation=bars.instrument.notation)
