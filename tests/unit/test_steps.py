"""Steps of a ladder: what lies at nearly one price is told as one, and the chart and its table tell the same."""

from dataclasses import replace

import numpy as np
import pytest

from crosscurrent.charts.ladder import ladder_chart
from crosscurrent.setups.ladder import STANDS, Ladder, Rung, _add, ladder
from crosscurrent.setups.steps import MOST_TURNS, SAME, steps
from crosscurrent.setups.triggers import Eve, Trigger
from crosscurrent.structure import DETECTORS
from crosscurrent.structure.look import look_at
from strategies import TOY, bars_of, random_bars


@pytest.fixture(scope="module", params=range(8))
def climbed(request):
    bars = random_bars(request.param, 400)
    return ladder(Eve(look_at(bars, bars, DETECTORS)))


def of_rungs(*rungs, unit=2.0):
    """Return a ladder of some triggers about a close of 100."""
    bars = bars_of(*[np.full(20, 100.0)] * 4)
    made = tuple(Rung(t, t.price, t.price - 100, (t.price - 100) / unit, 0.3, 0.6, 0.2 if t.at == "close" else None) for t in rungs)  # fmt: skip
    day = bars.session[-1]
    return Ladder(bars, 100.0, unit, day, day + np.timedelta64(1, "D"), made, (), ())


STAR = Trigger(98.0, "evening_star", "bearish", "below", "a close below completes an evening star")
CROSS = Trigger(98.1, "macd_signal_cross", "bearish", "below", "MACD crosses below its signal line", strength=6.0)


def test_every_shelf_has_its_step_and_the_highest_comes_first(climbed):
    told = steps(climbed)
    named = {step.name: step for step in told if step.name}
    assert set(named) == {shelf.name for shelf in (*climbed.resistance, *climbed.support)}
    assert [step.price for step in told] == sorted((step.price for step in told), reverse=True)


def test_few_steps_stand_between_the_shelves_and_none_twice(climbed):
    alone = [step for step in steps(climbed) if not step.name]
    for side in (True, False):
        assert len([step for step in alone if step.is_above == side]) <= MOST_TURNS
    for step in steps(climbed):
        assert len(set(step.reasons)) == len(step.reasons)


def test_what_lies_at_nearly_one_price_is_one_step_with_both_reasons():
    (step,) = steps(of_rungs(STAR, CROSS))
    assert step.price == 98.1
    assert step.reasons == (CROSS.consequence, STAR.consequence)


@pytest.mark.parametrize(
    "other",
    [
        replace(CROSS, price=98.0 + 2 * SAME + 0.01),
        replace(CROSS, beyond="above"),
        replace(CROSS, at="low"),
    ],
    ids=["farther", "the other way", "by a touch"],
)
def test_what_differs_in_price_or_kind_of_decision_stays_apart(other):
    assert len(steps(of_rungs(STAR, other))) == 2


def test_the_nearest_price_to_wait_for_is_none_that_a_repeated_close_reaches():
    met = replace(CROSS, price=99.0, beyond="above")
    doji = replace(STAR, kind="evening_doji_star")
    found = of_rungs(met, doji, STAR, replace(STAR, price=95.0))
    assert found.nearest("below").trigger == STAR
    assert found.nearest("below", "macd_signal_cross") is None
    assert found.nearest("above") is None


def test_of_one_kind_the_two_nearest_are_told():
    traps = [Trigger(100 - k, "failed_break", "bearish", "below", f"trap {k}") for k in (1, 2, 3)]
    assert [step.price for step in steps(of_rungs(*traps, replace(STAR, price=95.0)))] == [99, 98, 95]


def test_a_line_on_both_bases_is_told_once():
    reasons = ["the downtrend line, free of roll gaps"]
    _add(reasons, "the downtrend line")
    _add(reasons, "the 50-day average")
    _add(reasons, "the 50-day average")
    assert reasons == ["the downtrend line", "the 50-day average"]


def test_what_an_unchanged_close_does_already_says_so():
    (step,) = steps(of_rungs(replace(CROSS, price=98.0, beyond="above")))
    assert step.reasons[0].endswith("(an unchanged close is enough)")
    (plain,) = steps(of_rungs(CROSS))
    assert "unchanged" not in plain.reasons[0]


def test_the_edge_of_a_shelf_lies_beyond_its_price_or_at_it(climbed):
    for shelf in (*climbed.resistance, *climbed.support):
        side = 1 if shelf.name.startswith("RES") else -1
        assert shelf.edge is None or side * (shelf.edge - shelf.price) >= -TOY.notation.tick
        assert 0 < shelf.probability_next <= shelf.probability_week < 1


def test_a_level_is_no_turn_since_a_shelf_tells_it(climbed):
    kinds = {r.trigger.consequence: r.trigger.kind for r in climbed.rungs}
    for step in (step for step in steps(climbed) if not step.name):
        kind = kinds.get(step.reasons[0].removesuffix(" (an unchanged close is enough)"))
        assert (
            kind is None or not kind.startswith(STANDS) or kind.startswith(("swing_", "record_", "year_", "average_"))
        )


def test_the_chart_has_a_row_for_each_step_and_the_last_close_between(climbed):
    chart, told = ladder_chart(climbed), steps(climbed)
    rows = chart.panels[0].panes[0].rows
    assert len(rows) == len(told) + 1
    (last,) = [row for row in rows if row.is_last]
    above = [row for row in rows if row.value > last.value]
    assert len(above) == sum(step.is_above for step in told)
    assert all(
        row.shares == (step.probability_next, step.probability_week) for row, step in zip(above, told, strict=False)
    )
    assert chart.table()[0] == ("Price", "", "next close", "in a week", "What happens there")
    assert chart.table()[1][0] == chart.panels[0].panes[0].format(told[0].price)


def test_a_ladder_without_a_range_is_a_chart_that_says_why():
    bars = random_bars(1, 5)
    chart = ladder_chart(ladder(Eve(look_at(bars, bars, DETECTORS))))
    assert chart.panels == ()
    assert "no average range" in chart.alt


def test_distances_are_told_as_the_market_tells_its_moves():
    found = of_rungs(STAR)
    in_32nds = replace(TOY.notation, tick=1 / 64, parts=2)
    as_yield, as_bond = replace(TOY, quoted_as="yield"), replace(TOY, notation=in_32nds)
    assert found.away(-2.0) == "-2.00%"
    assert replace(found, bars=replace(found.bars, instrument=as_yield)).away(0.06) == "+6 bp"
    bond = replace(found, bars=replace(found.bars, instrument=as_bond))
    assert bond.away(-9 / 32) == "-9/32"
    assert bond.to_json()["rungs"][0]["distance_32nds"] == -64.0
