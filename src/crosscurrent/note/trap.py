"""The answer to the title's question: how likely each fresh break is to fail, and whether saying so is worth more than the base rate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from crosscurrent.evidence.trap import Odds
from crosscurrent.facts.fact import Fact
from crosscurrent.note.analysis import Analysis
from crosscurrent.note.readings import counted
from crosscurrent.note.say import Sentence, say
from crosscurrent.units import Reading

__all__ = ["broken", "how_odds_are_made", "odds_told", "traps", "verdict_of"]

BOUNDARIES = {"trendline_break": "the break of the line", "level_break": "the break of the level"}
AGAINST_CHANCE = {
    True: ", and the distance alone, which says {chance}",
    False: ", though not the distance alone, which says {chance}",
    None: "",
}


def broken(fact: Fact) -> str:
    """Return what a break is called when its odds are told."""
    return BOUNDARIES.get(fact.kind, f"the break out of the {fact.kind.replace('_', ' ')}")


def traps(facts: Iterable[Fact], analysis: Analysis) -> Iterator[Sentence]:
    """Yield for each fresh break among the facts of one market how likely it was to fail; whole sentences for the first, short ones after."""
    before: Odds | None = None
    for fact in facts:
        odds = analysis.experience.odds_of(fact)
        if odds is not None:
            yield (
                _after(fact, odds) if before is not None and before.is_better == odds.is_better else _first(fact, odds)
            )
            before = odds


def _first(fact: Fact, odds: Odds) -> Sentence:
    if odds.told is None:
        return say("How likely {what} is to fail cannot be told: too few before it are decided.", what=broken(fact))
    if not odds.is_better:
        return say("Of {n} earlier breaks of its sort {base} failed, a close back inside within {within:word} sessions; for {what} that stands, "
                   "since odds from what it shows {worth}.", what=broken(fact), worth=_no_better(odds), **_words(odds))  # fmt: skip
    is_beaten = odds.over_chance.is_better if odds.over_chance and odds.chance is not None else None
    return say("The odds that {what} fails, a close back inside within {within:word} sessions, stood at {p} at its close; {base} of {n} earlier "
               "ones did, and such odds have beaten that rate" + AGAINST_CHANCE[is_beaten] + ".", what=broken(fact), **_words(odds))  # fmt: skip


def _no_better(odds: Odds) -> str:
    return (
        "have been no better than the base rate"
        if odds.skill is not None
        else "have not yet been put to the test often enough"
    )


def _after(fact: Fact, odds: Odds) -> Sentence:
    if odds.told is None:
        return say("For {what} the same holds.", what=broken(fact))
    if not odds.is_better:
        return say("For {what} it is {base} of {n}.", what=broken(fact), **_words(odds))
    return say("For {what} they stood at {p}, after {base} of {n}.", what=broken(fact), **_words(odds))


def _words(odds: Odds) -> dict[str, Reading]:
    within = f"a close back inside within {odds.within} sessions"
    decided = f"decided before {str(odds.session)[:4]}"
    words = {
        "n": counted(odds.n, f"breaks of its sort in the desk's charted markets, {decided}", market=odds.market),
        "within": counted(odds.within, "sessions within which a close back inside fails a break", "sessions"),
    }
    told = {
        "base": (odds.base_rate, f"base rate: the share of them that failed ({within})"),
        "p": (odds.probability, f"probability that the break fails ({within}), by a ridge logistic regression on what it showed at its "
                                f"close, fitted to breaks {decided}"),
        "chance": (odds.chance, "null: the share of the market's earlier closes in the same state of volatility after which price came back "
                                f"through a line as near and as steep ({within})"),
    }  # fmt: skip
    return words | {
        name: Reading(
            value, "probability", definition, str(odds.session), odds.market, odds.market, record=_worth(odds)
        )
        for name, (value, definition) in told.items()
        if value is not None
    }


def _worth(odds: Odds) -> str:
    told = []
    for name, worth in (("the base rate", odds.skill), ("distance alone", odds.over_chance)):
        if worth is not None:
            told.append(
                f"Brier skill against {name} {worth.value:.3f}, 95 % interval {worth.low:.3f} to {worth.high:.3f}"
            )
    return "; ".join(told)


def odds_told(fact: Fact, odds: Odds) -> Sentence:
    """Return the odds of one break as a clause: the model's where they are worth it, else the base rate."""
    return say("{p} for {what}", what=broken(fact), p=_words(odds)["p" if odds.is_better else "base"])


def verdict_of(odds: Odds) -> str:
    """Return in plain words what such odds are worth."""
    if not odds.is_better:
        return f"that is the base rate, since odds from what such breaks show {_no_better(odds)}"
    if odds.over_chance is not None and odds.over_chance.is_better:
        return "such odds have beaten the base rate, and the distance from the line alone"
    return "such odds have beaten the base rate, but tell little more than how near the line still is"


def how_odds_are_made(analysis: Analysis) -> Iterator[Sentence]:
    """Tell for the method how the odds are made and what they have been worth."""
    odds = next((o for o in analysis.experience.odds if o.skill is not None), None)
    if odds is None or odds.skill is None:
        return
    worth = {
        name: Reading(
            value,
            "ratio",
            "Brier skill of the odds against the base rate, by walking forward",
            f"before {str(odds.session)[:4]}",
        )
        for name, value in (("skill", odds.skill.value), ("low", odds.skill.low), ("high", odds.skill.high))
    }
    yield say("The odds that a break fails come from a model fitted at the start of each year to the breaks of the desk's markets that were "
              "decided by then; its forecasts so far have a Brier skill of {skill} against the base rate ({low} to {high}, zero being no better), "
              "and are printed only while that interval lies above zero.", **worth)  # fmt: skip
