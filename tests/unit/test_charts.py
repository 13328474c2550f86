"""A chart as data: what stands on it, on which scale, and in which words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosscurrent.charts.correlation import correlation_chart
from crosscurrent.charts.market import market_chart
from crosscurrent.charts.rates import rates_chart, weekly_changes
from crosscurrent.charts.rolls import as_charted
from crosscurrent.charts.scale import limits, session_ticks, value_ticks
from crosscurrent.charts.spec import Candles, Columns, Line, Pane, Panel, day_name, figure, mark_name
from crosscurrent.facts.marks import Band, Point, Segment
from crosscurrent.indicators.averages import sma
from crosscurrent.intermarket.correlation import CorrelationHistory
from crosscurrent.units import Notation
from strategies import TOY, bars_of, needs_shared, path_bars, random_bars, shared_bars

YIELD = replace(TOY, quoted_as="yield")
NOTE = Notation(tick=1 / 64, digits=6, parts=2)


def day(text: str) -> np.datetime64:
    return np.datetime64(text, "D")


def pane_of(values, **more) -> Pane:
    return Pane("price", 1.0, (Line(np.asarray(values, float), "price", "Close"),), **more)


@pytest.mark.parametrize(
    ("value", "unit", "told"),
    [
        (21614.25, "price", "21,614.25"), (-37.63, "price", "−37.63"), (4.614, "yield", "4.61%"), (-16.0, "bp", "−16"),
        (0.2, "bp", "0"), (-0.2, "bp", "0"), (9.0, "bp", "+9"), (2.91, "pct", "+2.9%"), (1_680_000, "volume", "1.68M"),
        (999_960, "volume", "1,000k"), (377, "volume", "377"), (2.7e9, "volume", "2.7B"), (0.0, "volume", "0"),
        (55.2, "index", "55"), (0.8701, "ratio", "0.87"), (-11.84, "move", "−11.8"), (0.0765, "move", "0.0765"),
        (-3711.2, "move", "−3,711"), (0.0, "move", "0"), (float("nan"), "price", ""), (float("inf"), "move", ""),
    ],
)  # fmt: skip
def test_a_figure_is_short_and_bears_a_true_minus(value, unit, told):
    assert figure(value, unit) == told


def test_a_note_is_told_in_32nds():
    assert figure(108.546875, "price", NOTE).startswith("108'17")


def test_days_are_told_in_no_machines_language():
    assert day_name(day("2025-01-07")) == "7 Jan 2025"


def test_a_mark_is_named_by_its_label_without_underscores():
    assert mark_name(Point(day("2025-01-17"), 1.0, "macd_signal_cross")) == "MACD signal cross"
    assert mark_name(Band(day("2025-01-17"), 1.0, 2.0, "level", "resistance")) == "resistance"


@given(st.lists(st.one_of(st.floats(-1e9, 1e9), st.just(float("nan"))), max_size=40))
def test_a_scale_covers_what_is_drawn_and_is_never_empty(values):
    low, high = limits(pane_of(values), np.arange(len(values)).astype("datetime64[D]"))
    known = [v for v in values if np.isfinite(v)]
    assert np.isfinite([low, high]).all()
    assert low < high
    assert all(low <= v <= high for v in known)


def test_a_far_average_and_a_far_mark_leave_the_price_its_room():
    price, sessions = Line(np.array([100.0, 110.0]), "price"), np.array(["2025-01-02", "2025-01-03"], "datetime64[D]")
    near, far = Line(np.array([98.0, 99.0]), "slow"), Line(np.array([50.0, 51.0]), "slow")
    plain = limits(Pane("price", 1.0, (price,)), sessions)
    assert limits(Pane("price", 1.0, (price, far)), sessions) == plain
    assert limits(Pane("price", 1.0, (price, near)), sessions)[0] < 98.0
    level = Band(sessions[0], 112.0, 112.5)
    assert limits(Pane("price", 1.0, (price,), (level,)), sessions)[1] > 112.5
    assert limits(Pane("price", 1.0, (price,), (replace(level, high=200.0, low=200.0),)), sessions) == plain


def test_a_marks_beginning_before_the_view_does_not_stretch_the_scale():
    sessions = np.array(["2025-01-02", "2025-01-03"], "datetime64[D]")
    pane = pane_of([100.0, 110.0])
    line = Segment(day("2024-11-01"), 112.0, sessions[-1], 105.0)
    assert limits(replace(pane, marks=(line,)), sessions) == limits(pane, sessions)


@given(
    st.floats(-1e6, 1e6),
    st.floats(1e-6, 1e6),
    st.integers(2, 9),
    st.sampled_from([Notation(), NOTE, Notation(0.25, 2)]),
)
def test_value_ticks_are_few_round_distinct_and_inside(low, reach, at_most, notation):
    high = low + reach
    if high - low < 1e-9 * max(abs(low), 1.0):
        return
    ticks = value_ticks(low, high, at_most, pane_of([low, high], notation=notation))
    slack = 1e-6 * reach
    assert len(ticks) <= at_most
    assert all(low - slack <= tick.at <= high + slack for tick in ticks)
    assert len({tick.label for tick in ticks}) == len(ticks)
    gaps = np.diff([tick.at for tick in ticks])
    assert np.allclose(gaps, gaps[0] if len(gaps) else 0.0)


def test_an_axis_of_thousands_needs_no_cents():
    assert [t.label for t in value_ticks(17_400, 22_300, 6, pane_of([0.0]))] == [
        "18,000",
        "19,000",
        "20,000",
        "21,000",
        "22,000",
    ]


def test_below_a_point_a_note_is_ruled_in_halves_quarters_and_eighths():
    steps = np.diff([t.at for t in value_ticks(108.0, 108.9, 4, pane_of([0.0], notation=NOTE))])
    assert set(steps) == {0.25}


@pytest.mark.parametrize("n", [1, 2, 5, 20, 65, 130, 260, 1000, 6500])
def test_session_ticks_are_few_and_ascend(n):
    sessions = path_bars(np.linspace(100, 110, n)).session
    ticks = session_ticks(sessions, 8)
    assert 1 <= len(ticks) <= 8
    assert all(0 <= t.at < n for t in ticks)
    assert all(np.diff([t.at for t in ticks]) > 0)


def test_the_first_session_of_a_year_bears_the_year_and_the_first_tick_tells_its_own():
    sessions = np.arange(day("2024-10-15"), day("2025-03-15"))
    labels = [(t.label, t.is_major) for t in session_ticks(sessions, 8)]
    assert labels == [("Nov 2024", False), ("Dec", False), ("2025", True), ("Feb", False), ("Mar", False)]


def test_a_day_has_a_place_inside_before_and_beyond_the_panel():
    panel = Panel(np.array(["2025-01-02", "2025-01-03", "2025-01-06"], "datetime64[D]"), ())
    assert panel.place_of(day("2025-01-03")) == 1
    assert panel.place_of(day("2025-01-05")) == 2
    assert panel.place_of(day("2025-01-08")) == 4
    assert panel.place_of(day("2024-12-31")) == -2
    assert Panel(np.empty(0, "datetime64[D]"), ()).place_of(day("2025-01-03")) == 0


def test_the_last_sessions_of_a_panel_keep_their_values_and_rolls():
    bars = path_bars(np.arange(1.0, 31.0))
    rolled = np.arange(30) == 25
    panel = market_chart(replace(bars, rolled=rolled), sessions=30).panels[0]
    cut = panel.last(10)
    assert panel.rolls == (25,)
    assert cut.rolls == (5,)
    assert cut.panes[0].candles.close.tolist() == bars.close[-10:].tolist()
    assert {len(s.values) for pane in cut.panes for s in pane.series} == {10}


def test_a_market_chart_has_its_panes_in_order_and_its_averages_warm():
    bars = random_bars(1, 400)
    panel = market_chart(bars).panels[0]
    assert [pane.key for pane in panel.panes] == ["price", "volume", "rsi", "macd"]
    candles, fast, slow = panel.panes[0].series
    assert isinstance(candles, Candles)
    assert np.array_equal(fast.values, sma(bars.close, 50)[-130:])
    assert np.array_equal(slow.values, sma(bars.close, 200)[-130:])
    assert len(panel.sessions) == 130


def test_what_is_not_known_is_left_out():
    bars = random_bars(2, 30)
    blind = replace(bars, volume=np.full(30, np.nan))
    assert [p.key for p in market_chart(blind).panels[0].panes] == ["price", "rsi"]
    assert [p.key for p in market_chart(bars.first(1)).panels[0].panes] == ["price", "volume"]
    assert [len(s.values) for p in market_chart(bars.first(1)).panels[0].panes for s in p.series] == [1, 1]


def test_a_close_only_series_is_a_line():
    bars = bars_of([1.0] * 40, [1.0] * 40, [1.0] * 40, np.linspace(4, 5, 40), instrument=YIELD, is_close_only=True)
    pane = market_chart(bars).panels[0].panes[0]
    assert isinstance(pane.series[0], Line)
    assert pane.format(4.61) == "4.61%"


def test_adjusted_bars_are_drawn_in_the_current_contracts_prices():
    bars = replace(random_bars(3, 260), basis="adjusted", shift=np.full(260, -12.5))
    price = market_chart(bars).panels[0].panes[0]
    assert np.allclose(price.candles.high, bars.high[-130:] - 12.5)
    assert np.allclose(price.series[1].values, sma(bars.close, 50)[-130:] - 12.5)


def test_marks_go_to_their_pane_and_stay_out_when_they_ended_before_the_view():
    bars = random_bars(4, 300)
    early, late = bars.session[10], bars.session[-5]
    line = Segment(early, 100.0, late, 101.0, pane="rsi")
    old, standing = Segment(early, 1.0, bars.session[20], 1.0), Segment(early, 2.0, bars.session[20], 2.0, extends=True)
    level, past, now = Band(early, 99.0, 100.0), Point(early, 1.0), Point(late, 2.0)
    panes = {p.key: p.marks for p in market_chart(bars, [line, old, standing, level, past, now, now]).panels[0].panes}
    assert panes == {"price": (standing, level, now), "volume": (), "rsi": (line,), "macd": ()}


def test_the_words_come_from_the_bars():
    bars = random_bars(5, 260)
    chart = market_chart(bars, [Point(bars.session[-1], bars.high[-1], "shooting_star", "shooting star")])
    last = figure(bars.close[-1], "price", TOY.notation)
    assert last in chart.subtitle
    assert last in chart.alt
    assert day_name(bars.session[-1]) in chart.alt
    assert "Marked: shooting star." in chart.alt
    head, *rows = chart.table(3)
    assert head[:6] == ("Session", "Open", "High", "Low", "Close", "50-day average")
    assert rows[2][0] == day_name(bars.session[-1])
    assert rows[2][4] == last
    assert {len(row) for row in [head, *rows[:3]]} == {len(head)}
    assert rows[3] == ("shooting star", day_name(bars.session[-1]), figure(bars.high[-1], "price", TOY.notation))


def test_a_weekly_change_is_from_week_to_week_and_stands_at_its_last_session():
    days = np.array(
        ["2025-01-02", "2025-01-03", "2025-01-06", "2025-01-09", "2025-01-13", "2025-01-17"], "datetime64[D]"
    )
    bars = replace(path_bars([4.5, 4.6, 4.7, 4.76, 4.7, 4.6], instrument=YIELD), session=days)
    assert np.allclose(weekly_changes(bars), [np.nan, np.nan, np.nan, 16.0, np.nan, -16.0], equal_nan=True)


@needs_shared
def test_the_weekly_changes_of_the_origin_week():
    rates = [replace(shared_bars(m, "2025-01-17"), instrument=YIELD) for m in ("FED_DEC25_IMPLIED", "DGS10", "DGS30")]
    chart = rates_chart(rates, panel_titles=("implied", "10-year", "30-year"))
    changes = [panel.panes[1].series[0] for panel in chart.panels]
    assert all(isinstance(c, Columns) and c.is_last_bold for c in changes)
    assert [panel.panes[1].format(c.values[-1]) for panel, c in zip(chart.panels, changes, strict=True)] == [
        "−12",
        "−16",
        "−12",
    ]
    assert "10-year, 17 Jan 2024 to 17 Jan 2025: last 4.61%, −16 basis points over the week." in chart.alt


def test_rates_without_bars_are_left_out():
    bars = path_bars([4.5, 4.6], instrument=YIELD)
    assert len(rates_chart([bars, bars.first(0)]).panels) == 1


def test_levels_and_changes_are_never_mixed_in_one_pane():
    n = 60
    values = np.sin(np.arange(n))
    history = CorrelationHistory(("A", "B"), 10, path_bars(np.arange(1.0, n + 1)).session, values, values / 2)
    chart = correlation_chart(history, chance_of_levels=0.86)
    level, change = chart.panels[0].panes
    assert [p.series[0].label for p in (level, change)] == ["Level correlation", "Change correlation"]
    assert (level.shades[0].low, level.shades[0].high) == (-0.86, 0.86)
    assert change.shades == ()
    assert "level correlation" in chart.alt


def test_an_undefined_correlation_leaves_its_pane_out():
    nothing = np.full(5, np.nan)
    history = CorrelationHistory(("A", "B"), 10, path_bars(np.arange(1.0, 6.0)).session, nothing, nothing)
    assert correlation_chart(history).panels == ()
    assert correlation_chart(history).alt == "No correlation of A and B is defined."


def rolled_bars():
    """Ten sessions with one roll of 30 points before the sixth: traded prices rise by 1 a session, and by 31 at the roll."""
    rolled, shift = np.arange(10) == 5, np.where(np.arange(10) >= 5, 30.0, 0.0)
    return replace(path_bars(np.arange(100.0, 110.0)), basis="adjusted", rolled=rolled, shift=shift)


def test_a_line_of_adjusted_prices_steps_at_the_roll_and_lies_on_what_was_traded():
    adjusted = rolled_bars()
    days, traded = adjusted.session, adjusted.close + adjusted.shift
    told = Segment(days[1], 131.0, days[8], 138.0, "upper", "falling wedge", extends=True)
    before, after = as_charted([told], adjusted)
    assert (before.start, before.end, after.start, after.end) == (days[1], days[4], days[5], days[8])
    assert [before.start_price, before.end_price] == [traded[1], traded[4]]
    assert [after.start_price, after.end_price] == [traded[5], traded[8]]
    assert (before.extends, after.extends) == (False, True)


def test_what_was_known_in_an_older_contract_is_moved_to_the_prices_of_each_session():
    adjusted = rolled_bars()
    days, traded = adjusted.session, adjusted.close + adjusted.shift
    point = Point(days[2], float(adjusted.close[2]))
    assert as_charted([point], adjusted, days[3])[0].price == traded[2]
    assert as_charted([Band(days[1], 101.0, 102.0)], adjusted, days[3])[0] == Band(days[1], 131.0, 132.0)
    on_rsi = Segment(days[1], 70.0, days[8], 40.0, pane="rsi")
    assert as_charted([on_rsi], adjusted) == (on_rsi,)
    assert as_charted([point], replace(adjusted, basis="traded")) == (point,)


def test_a_traded_chart_learns_its_rolls_from_the_adjusted_bars():
    adjusted = rolled_bars()
    traded = replace(adjusted, basis="traded", rolled=np.zeros(10, bool), shift=np.zeros(10))
    assert market_chart(traded).panels[0].rolls == ()
    assert market_chart(traded, adjusted=adjusted).panels[0].rolls == (5,)
