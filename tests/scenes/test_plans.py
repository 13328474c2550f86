"""The six plans on drawn scenes: what each proposes, upside down too, and near misses on which it keeps silent."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from crosscurrent.setups.average_hold import AverageHold
from crosscurrent.setups.breakout import Breakout
from crosscurrent.setups.failed_break import FailedBreak
from crosscurrent.setups.ground import Ground, Terms, drawn_up
from crosscurrent.setups.pattern_completion import PatternCompletion
from crosscurrent.setups.planning import PLANS
from crosscurrent.setups.range_edge import RangeEdge
from crosscurrent.setups.retest import Retest
from crosscurrent.setups.setup import Setup, Withheld
from crosscurrent.setups.triggers import Eve
from crosscurrent.structure import DETECTORS
from crosscurrent.structure.look import look_at
from drawings import LEVEL, between_lines, drawn

RANGE = [(8, 8), (8, 0)] * 4 + [(8, 8)]
FLAT = [(8, 5), (8, 0)] * 9 + [(8, 5)]
WEDGE = between_lines(lambda t: 20 - 0.6 * t, lambda t: 8 - 0.25 * t)
UP = (70, 30)
"""An advance longer than the 50-day average."""

SCENES = {
    # plan, turns: side, entry, how, stop, first target, invalidation; all from the level, which is zero
    "pattern_completion": (PatternCompletion(), WEDGE, ("long", 1.97, "close_above", 1.28, 3.14, 1.28)),
    "breakout": (Breakout(), [*RANGE, (4, 5), (4, 10), (2, 9.3)], ("long", 8.32, "close_above", 7.68, 10.33, 4.84)),
    "failed_break, sprung": (FailedBreak(), [*RANGE, (4, 5), (4, 9.6), (2, 7.2)], ("short", 7.08, "trade_below", 10.10, 4.72, 10.10)),
    "failed_break, waiting": (FailedBreak(), [*RANGE, (4, 5), (4, 10), (2, 9.3)], ("short", 8.16, "close_below", 10.66, 4.80, 10.66)),
    "retest": (Retest(), [*RANGE, (4, 5), (4, 9.6)], ("long", 8.32, "retest_from_above", 7.66, 16.50, 4.84)),
    "average_hold": (AverageHold(), [UP, (8, 21), (2, 22.6)], ("long", 22.76, "trade_above", 21.33, 30.32, 20.82)),
    "range_edge": (RangeEdge(), [*FLAT, (7, 1.2)], ("long", -0.02, "retest_from_above", -0.79, 2.48, None)),
}  # fmt: skip
MISSES = {
    "a wedge whose boundary is far away": (PatternCompletion(), [*WEDGE[:-1], (6, -4.0), (6, -3.5)]),
    "a break that has run too far": (Breakout(), [*RANGE, (4, 5), (4, 9.6), (3, 12)]),
    "no break at all": (FailedBreak(), [*RANGE, (4, 4)]),
    "a failure that price has left behind": (FailedBreak(), [*RANGE, (4, 5), (4, 9.6), (2, 7.2), (4, 2.0)]),
    "a boundary not yet left behind": (Retest(), [*RANGE, (4, 5), (4, 8.6)]),
    "a boundary lost from sight": (Retest(), [*RANGE, (4, 5), (4, 9.6), (3, 12)]),
    "a pullback that stops above the average": (AverageHold(), [UP, (8, 24), (2, 25.6)]),
    "a pullback that closes through it": (AverageHold(), [UP, (9, 18), (1, 17.5)]),
    "the middle of the range": (RangeEdge(), [*FLAT, (4, 2.5)]),
    "a range that price has just left": (RangeEdge(), [*FLAT, (10, -1.5)]),
}


def ground_of(turns, upside_down=False):
    bars = drawn(*turns, upside_down=upside_down)
    return Ground(Eve(look_at(bars, bars, DETECTORS)))


def trades(plan, ground):
    """Return what becomes of a plan's ideas, by side."""
    made = [drawn_up(idea, ground, Terms()) for idea in plan.ideas(ground)]
    return {setup.side: setup for setup in reversed(made) if isinstance(setup, Setup)}


@pytest.mark.parametrize("name", SCENES)
def test_the_scene_gives_the_trade(name):
    plan, turns, (side, entry, how, stop, target, wrong) = SCENES[name]
    setup = trades(plan, ground_of(turns))[side]
    assert setup.plan == name.split(",")[0] == plan.name
    assert setup.entry.condition == how
    found = (setup.entry.price, setup.stop, setup.targets[0].price)
    assert found == pytest.approx((LEVEL + entry, LEVEL + stop, LEVEL + target), abs=0.011)
    if wrong is not None:
        assert setup.invalidation.price == pytest.approx(LEVEL + wrong, abs=0.011)


@pytest.mark.parametrize("name", SCENES)
def test_upside_down_the_scene_gives_the_trade_of_the_other_side(name):
    plan, turns, (side, *_) = SCENES[name]
    setup, mirror = trades(plan, ground_of(turns))[side], trades(plan, ground_of(turns, upside_down=True))
    other = mirror["short" if side == "long" else "long"]
    assert other.entry.price == pytest.approx(2 * LEVEL - setup.entry.price, abs=0.011)
    assert other.stop == pytest.approx(2 * LEVEL - setup.stop, abs=0.011)
    assert other.targets[0].price == pytest.approx(2 * LEVEL - setup.targets[0].price, abs=0.011)


@pytest.mark.parametrize("name", MISSES)
def test_a_near_miss_gives_none(name):
    plan, turns = MISSES[name]
    assert trades(plan, ground_of(turns)) == {}


def test_every_plan_has_a_scene_and_a_near_miss():
    assert {plan.name for plan, *_ in SCENES.values()} == {plan.name for plan in PLANS}
    assert {plan.name for plan, _ in MISSES.values()} == {plan.name for plan in PLANS}


def test_a_wider_reach_finds_what_was_too_far():
    """The near miss must be a near one: with the rule relaxed the plan speaks."""
    plan, turns = MISSES["a boundary lost from sight"]
    assert trades(replace(plan, lost=5.0), ground_of(turns))


def test_a_stop_too_far_and_a_target_too_near_are_withheld_with_the_reason():
    plan, turns, _ = SCENES["breakout"]
    ground = ground_of(turns)
    (idea,) = [idea for idea in plan.ideas(ground) if idea.side == "long"]
    far = drawn_up(replace(idea, structure=idea.price - 10), ground, Terms())
    poor = drawn_up(idea, ground, Terms(least_reward=50.0))
    assert isinstance(far, Withheld)
    assert "its stop would lie" in far.reason
    assert isinstance(poor, Withheld)
    assert str(poor) == "TOY: a breakout long is withheld: no target before it pays what it risks."


def test_a_stop_on_the_entrys_own_tick_is_withheld():
    """A market whose whole day is less than a tick: no price lies between entry and stop."""
    plan, turns, _ = SCENES["breakout"]
    ground = ground_of(turns)
    bars = ground.eve.look.traded.bars
    coarse = replace(bars, instrument=replace(bars.instrument, notation=replace(bars.instrument.notation, tick=50.0)))
    other = Ground(Eve(look_at(coarse, coarse, DETECTORS)))
    (idea,) = [idea for idea in plan.ideas(ground) if idea.side == "long"]
    withheld = drawn_up(replace(idea, price=200.0, structure=249.9), other, Terms(least_risk=0.0))
    assert isinstance(withheld, Withheld)
    assert "same tick" in withheld.reason


def test_a_target_between_entry_and_close_is_none():
    """Where the close has left the entry behind, what lies between them is behind the trade."""
    plan, turns, _ = SCENES["breakout"]
    ground = ground_of(turns)
    setup = trades(plan, ground)["long"]
    assert setup.entry.price < ground.close
    assert all(target.price > ground.close for target in setup.targets)


def test_at_a_record_targets_are_moves_of_a_usual_size_and_say_so():
    ground = ground_of([(60, 30), (3, 27), (3, 31)])
    (idea, *_) = [i for plan in PLANS for i in plan.ideas(ground_of(SCENES["breakout"][1])) if i.side == "long"]
    setup = drawn_up(replace(idea, price=ground.close, structure=ground.close - 1, goal=None), ground, Terms())
    assert isinstance(setup, Setup)
    assert "for want of a level above" in setup.targets[0].reason
    assert setup.targets[0].price - setup.entry.price == pytest.approx(np.sqrt(5) * ground.unit, abs=0.02)
