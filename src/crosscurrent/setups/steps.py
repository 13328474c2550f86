"""Steps: a ladder as a trader reads it, with all that lies at nearly one price told as one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from crosscurrent.setups.ladder import STANDS, Ladder, Rung, Shelf
from crosscurrent.units.notation import Notation, Style

__all__ = ["Step", "steps"]

SAME = 0.1
"""What lies this close together, in ATR, on one side of the market and is decided in one way is one step."""
HAIR = 0.02
WORTH = 4.0
NEAR = 3.0
MOST_TURNS = 5
"""How many steps on each side are told beside the shelves, the nearest of some weight."""
MOST_OF_A_KIND = 2
MOST_REASONS = 3
REMEMBERED = ("swing_", "record_", "year_", "average_")
"""Kinds that are worth a step of their own where no shelf stands by them."""
BESIDE = 0.25


@dataclass(frozen=True, slots=True)
class Step:
    """One price of the ladder and everything that happens there, the strongest first.

    `name` is that of a shelf (`RES 1`), empty for a price that would change what the chart says without being support or resistance;
    `kind` is that of the fact that leads it, empty for a shelf. `edge` is the first close on the tick that breaks a shelf, None where
    a touch or a close at `price` decides. Distance and probabilities are as on a rung; `probability_close` is None where a touch
    decides.
    """

    name: str
    price: float
    reasons: tuple[str, ...]
    direction: str
    distance: float
    distance_atr: float
    probability_next: float
    probability_week: float
    probability_close: float | None = None
    edge: float | None = None
    kind: str = ""

    @property
    def is_above(self) -> bool:
        """Whether it stands above the last close."""
        return self.distance > 0

    @property
    def told(self) -> tuple[str, ...]:
        """The reasons worth the room, with how many more there are."""
        rest = len(self.reasons) - MOST_REASONS
        return (*self.reasons[:MOST_REASONS], *((f"{rest} more",) if rest > 0 else ()))

    def words(self, notation: Notation, style: Style = "prose") -> str:
        """Return what happens there, in one line: the reasons without their articles, after the first the close that breaks a shelf."""
        first, *others = (reason.removeprefix("the ") for reason in self.told)
        if self.edge is not None:
            first += f" (broken {'above' if self.is_above else 'below'} {notation.format(self.edge, style)})"
        return "; ".join((first, *others))


def steps(found: Ladder) -> tuple[Step, ...]:
    """Return the shelves and, between them, the nearest prices at which the chart would change its mind, highest first."""
    unit = found.unit or 1.0
    shelves = (*found.resistance, *found.support)
    turns = [r for r in found.rungs if _is_turn(r, shelves, unit)]
    told = [_of_shelf(shelf, [r for r in turns if _is_part(r, shelf, unit)], found) for shelf in shelves]
    alone = [r for r in turns if not any(_is_part(r, shelf, unit) for shelf in shelves)]
    for is_above in (True, False):
        told += _nearest(_merged([r for r in alone if r.is_above == is_above], unit))
    return tuple(sorted(told, key=lambda step: (-step.price, step.name)))


def _nearest(found: Iterable[Step]) -> list[Step]:
    """Return the nearest steps of a side, of those led by one kind no more than a few: five traps in a column are one thought."""
    kept: list[Step] = []
    for step in sorted(found, key=lambda step: abs(step.distance)):
        if len(kept) < MOST_TURNS and sum(step.kind == other.kind for other in kept) < MOST_OF_A_KIND:
            kept.append(step)
    return kept


def _is_turn(rung: Rung, shelves: Iterable[Shelf], unit: float) -> bool:
    """Whether a rung is worth a step: it changes what the chart says, or is remembered where no shelf tells it."""
    is_far = abs(rung.distance_atr) > NEAR or rung.trigger.strength < WORTH
    if rung.trigger.kind.startswith(STANDS):
        is_told = any(abs(rung.price - shelf.price) <= BESIDE * unit for shelf in shelves)
        return not is_far and not is_told and rung.trigger.kind.startswith(REMEMBERED)
    return not is_far


def _is_part(rung: Rung, shelf: Shelf, unit: float) -> bool:
    """Whether a price lies on a shelf, so that both are one step: a target near it, or a close that is decided at its very price."""
    near = HAIR if rung.trigger.at == "close" else SAME
    return abs(rung.price - shelf.price) <= near * unit


def _of_shelf(shelf: Shelf, with_it: Iterable[Rung], found: Ladder) -> Step:
    unit, above = found.unit or 1.0, shelf.name.startswith("RES")
    reasons = (*shelf.reasons[:1], *(r.trigger.consequence for r in with_it), *shelf.reasons[1:])
    return Step(
        shelf.name, shelf.price, reasons, "bearish" if above else "bullish", shelf.price - found.close,
        (shelf.price - found.close) / unit, shelf.probability_next, shelf.probability_week, edge=shelf.edge,
    )  # fmt: skip


def _merged(rungs: Iterable[Rung], unit: float) -> Iterator[Step]:
    """Yield the rungs of one side with those that lie at nearly one price and are decided in one way as one step."""
    groups: list[list[Rung]] = []
    for rung in sorted(
        rungs, key=lambda r: (-r.trigger.strength, abs(r.distance), len(r.trigger.kind), r.trigger.kind)
    ):
        near = next((g for g in groups if _are_one(g[0], rung, unit)), None)
        if near is None:
            groups.append([rung])
        else:
            near.append(rung)
    for lead, *others in groups:
        reasons = tuple(dict.fromkeys(_consequence(r) for r in (lead, *others)))
        yield Step("", lead.price, reasons, lead.trigger.direction, lead.distance, lead.distance_atr, lead.probability_next,
                   lead.probability_week, lead.probability_close, kind=lead.trigger.kind)  # fmt: skip


def _consequence(rung: Rung) -> str:
    """Return what happens there, and whether it does so without any move."""
    return rung.trigger.consequence + (" (an unchanged close is enough)" if rung.is_met_unchanged else "")


def _are_one(one: Rung, other: Rung, unit: float) -> bool:
    same_way = (one.trigger.beyond, one.trigger.at) == (other.trigger.beyond, other.trigger.at)
    return same_way and abs(one.price - other.price) <= SAME * unit
