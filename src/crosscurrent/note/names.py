"""What things are called in prose: markets, lists, days."""

from __future__ import annotations

from collections.abc import Sequence

from crosscurrent.bars.bars import Bars
from crosscurrent.note.say import Name, Sentence, Word, say

__all__ = ["and_list", "name_of", "noun", "short_name"]


def name_of(bars: Bars) -> Name:
    """Return a market's name as an analyst writes it."""
    return Name(bars.instrument.name)


def short_name(bars: Bars) -> Name:
    """Return the name without what kind of contract it is, for headlines."""
    return Name(bars.instrument.name.removesuffix(" futures").removesuffix(" index"))


def noun(bars: Bars) -> str:
    """Return what the market is, for where its name has just been said."""
    return "the contract" if bars.instrument.is_future else "it"


def and_list(words: Sequence[Word]) -> Sentence:
    """Return the words joined as a sentence joins them: one; one and two; one, two and three."""
    if len(words) == 1:
        return say("{a}", a=words[0])
    places = [f"{{w{'x' * i}}}" for i in range(len(words))]
    template = ", ".join(places[:-1]) + " and " + places[-1]
    return say(template, **{f"w{'x' * i}": word for i, word in enumerate(words)})
