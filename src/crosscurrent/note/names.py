"""What things are called in prose: markets, lists, days."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence

from crosscurrent.bars.bars import Bars
from crosscurrent.note.say import Name, Sentence, Word, say

__all__ = ["and_list", "name_of", "noun", "short_name", "slug"]

LONGEST = 40


def name_of(bars: Bars) -> Name:
    """Return a market's name as an analyst writes it."""
    return Name(bars.instrument.name)


def short_name(bars: Bars) -> Name:
    """Return the name without what kind of contract it is, for headlines."""
    return Name(bars.instrument.name.removesuffix(" futures").removesuffix(" index"))


def noun(bars: Bars) -> str:
    """Return what the market is, for where its name has just been said."""
    return "the contract" if bars.instrument.is_future else "it"


def slug(market: str) -> str:
    """Return a market's name as files and ids may bear it: whatever a folder or a desk called it, it leads nowhere else.

    A name that had to be changed is told from others that look alike by a checksum.
    """
    plain = re.sub(r"[^a-z0-9]+", "-", market.lower()).strip("-")[:LONGEST]
    return plain if plain == market.lower() else f"{plain or 'market'}-{zlib.crc32(market.encode()):08x}"


def and_list(words: Sequence[Word]) -> Sentence:
    """Return the words joined as a sentence joins them: one; one and two; one, two and three."""
    if len(words) == 1:
        return say("{a}", a=words[0])
    places = [f"{{w{'x' * i}}}" for i in range(len(words))]
    template = ", ".join(places[:-1]) + " and " + places[-1]
    return say(template, **{f"w{'x' * i}": word for i, word in enumerate(words)})
