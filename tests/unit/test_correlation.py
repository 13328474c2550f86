"""A correlation is named, dated, and honest about its interval and about chance."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy import stats

from crosscurrent.errors import MissingData, RequestError
from crosscurrent.intermarket.chance import chance_of_changes, chance_of_levels, generator_for, surrogates
from crosscurrent.intermarket.correlation import Side, change_interval, correlate, correlate_sides, correlation_history
from crosscurrent.intermarket.rolling import correlation
from snapshots import shared_snapshot
from strategies import needs_shared

HALF = np.datetime64("2025-01-09")


def side(name, closes, unit="pct"):
    closes = np.asarray(closes, float)
    return Side(name, closes, closes, np.zeros(len(closes)), unit)


def random_sides(seed, n=400, rho=0.0):
    x, y = np.random.default_rng(seed).standard_normal((2, n))
    return [
        side(name, 100.0 * np.exp(np.cumsum(0.01 * z)))
        for name, z in (("A", x), ("B", rho * x + np.sqrt(1 - rho**2) * y))
    ]


def days(n):
    return np.datetime64("2020-01-01") + np.arange(n)


def of(a, b, window=10, unequal=(), **more):
    flags = np.zeros(len(a.levels), bool)
    flags[list(unequal)] = True
    return correlate_sides(a, b, days(len(flags)), flags, window, generator_for("A", "B"), **more)


@needs_shared
@pytest.mark.parametrize(
    ("market", "level", "without", "change"), [("NQ", 0.870, 0.882, 0.68), ("RTY", 0.943, 0.963, 0.90)]
)
def test_the_week_of_the_origin_note(market, level, without, change):
    snapshot = shared_snapshot("2025-01-17", market, "ZN")
    found = correlate(snapshot, market, "ZN")
    assert found.to_json() == correlate(snapshot, market, "ZN").to_json()
    assert round(found.levels.value, 3) == level
    assert round(found.levels.without_unequal, 3) == without
    assert round(found.changes.value, 2) == change
    assert found.unequal_sessions == (HALF,)
    low, high = found.changes.interval
    assert low < found.changes.value < high
    assert 0.9 < found.chance.percentile < 1 and found.chance.within_a_year > 0.4
    assert any("Mourning" in note for note in found.notes)


def test_json_is_what_the_contract_says():
    told = of(*random_sides(0), unequal=[-3]).to_json()
    assert told["markets"] == ["A", "B"] and told["window"] == told["sessions"] == 10
    assert (
        set(told["level_correlation"]) >= {"value", "without_unequal"} and "interval" not in told["level_correlation"]
    )
    assert set(told["change_correlation"]) >= {"value", "interval", "without_unequal"}
    assert set(told["chance"]) >= {"percentile", "within_a_year", "of"} and told["chance"]["of"] == "levels"
    assert set(told["chance_of_changes"]) >= {"percentile", "within_a_year"}
    assert told["unequal_sessions"] == [str(days(400)[-3])]
    assert "NaN" not in json.dumps(told, allow_nan=False)


def test_unequal_sessions_are_left_out_by_reaching_further_back():
    a, b = random_sides(1)
    found = of(a, b, unequal=[-4])
    keep = np.r_[-11:-4, -3:0]
    assert found.levels.without_unequal == pytest.approx(correlation(a.levels[keep], b.levels[keep]))
    assert found.levels.value == pytest.approx(correlation(a.levels[-10:], b.levels[-10:]))


def test_without_unequal_sessions_both_figures_agree():
    found = of(*random_sides(2))
    assert found.levels.without_unequal == found.levels.value
    assert found.changes.without_unequal == found.changes.value


def test_the_same_question_has_the_same_answer_either_way_round():
    a, b = random_sides(3)
    one, other = of(a, b), of(b, a)
    assert one.chance == other.chance and one.chance_of_changes == other.chance_of_changes


def test_the_generator_of_words_is_the_same_in_every_process():
    assert generator_for("NQ", "ZN", np.datetime64("2025-01-17")).integers(0, 2**31) == 677_694_760


def test_spearman_is_pearson_of_ranks():
    a, b = random_sides(4, rho=0.5)
    found = of(a, b, method="spearman")
    assert found.levels.value == pytest.approx(stats.spearmanr(a.levels[-10:], b.levels[-10:]).statistic)
    assert found.changes.interval is None and found.chance is None


def test_constant_series_are_undefined_not_nan():
    flat = side("A", np.full(100, 5.0))
    found = of(flat, random_sides(5, 100)[1])
    assert found.levels.value is None and found.changes.value is None and found.changes.interval is None
    assert found.chance is None and found.chance_of_changes is None
    json.dumps(found.to_json(), allow_nan=False)


def test_yields_change_in_basis_points_and_negative_prices_in_points():
    assert np.allclose(side("Y", [4.0, 4.1, 4.0], "bp").changes(), [10, -10])
    crude = side("CL", [10.0, -37.0, 9.0])
    assert crude.change_unit == "points" and np.allclose(crude.changes(), [-47, 46])


def test_changes_of_adjusted_closes_are_per_cent_of_the_contract_then_current():
    rolled = Side("F", np.array([100.0, 110.0]), np.array([100.0, 101.0]), np.array([0.0, 9.0]))
    assert rolled.changes() == pytest.approx([100.0 / 109.0])


@pytest.mark.parametrize("n", [0, 5, 10])
def test_too_few_common_closes_are_missing_data(n):
    a, b = (side(name, np.arange(1.0, n + 1)) for name in "AB")
    with pytest.raises(MissingData, match="window of 10"):
        of(a, b)


def test_a_window_of_two_is_refused():
    with pytest.raises(RequestError, match="at least 3"):
        of(*random_sides(6), window=2)


def garch_pairs(seed, runs, n, rho):
    """Return changes with t5 shocks of one correlation, each series with its own GARCH(1,1) volatility; shape (runs, n, 2)."""
    rng = np.random.default_rng(seed)
    shock = rng.standard_normal((runs, n + 200, 2))
    shock[..., 1] = rho * shock[..., 0] + np.sqrt(1 - rho**2) * shock[..., 1]
    shock *= np.sqrt(3.0 / rng.chisquare(5, (runs, n + 200, 1)))
    drawn, variance = np.empty_like(shock), np.ones((runs, 2))
    for t in range(n + 200):
        drawn[:, t] = np.sqrt(variance) * shock[:, t]
        variance = 0.05 + 0.05 * drawn[:, t] ** 2 + 0.9 * variance
    return drawn[:, 200:]


def coverage(pairs, rho, interval):
    found = [interval(x[:, 0], x[:, 1]) for x in pairs]
    return np.mean([low <= rho <= high for low, high in found])


@pytest.mark.parametrize("window", [10, 20, 60, 250])
@pytest.mark.parametrize("rho", [0.0, 0.6, 0.9])
def test_the_interval_covers(window, rho):
    pairs = garch_pairs(window + int(10 * rho), 1000, window, rho)
    assert 0.90 <= coverage(pairs, rho, change_interval) <= 0.98


def test_the_textbook_interval_does_not_cover_and_the_check_sees_it():
    def fisher(a, b):
        z, reach = np.arctanh(np.corrcoef(a, b)[0, 1]), 1.96 / np.sqrt(len(a) - 3)
        return np.tanh(z - reach), np.tanh(z + reach)

    assert coverage(garch_pairs(7, 600, 120, 0.6), 0.6, fisher) < 0.90


@pytest.mark.parametrize("n", [1, 4])
def test_no_interval_from_fewer_than_five(n):
    assert change_interval(np.arange(n, dtype=float), np.arange(n, dtype=float) ** 2) is None


def test_no_interval_for_a_perfect_correlation():
    assert change_interval(np.arange(20.0), 2 * np.arange(20.0)) is None


@pytest.mark.parametrize("of_", ["levels", "changes"])
@pytest.mark.parametrize(("window", "shared_turbulence"), [(10, True), (60, False)])
def test_on_unrelated_pairs_the_percentile_is_uniform(of_, window, shared_turbulence):
    """Unrelated means without a common direction: the tails may still come together (pairs of one draw) or apart (of two)."""
    runs, one, other = 200, garch_pairs(window, 200, 300, 0.0), garch_pairs(window + 1, 200, 300, 0.0)
    found = []
    for seed in range(runs):
        a, b = one[seed, :, 0], (one if shared_turbulence else other)[seed, :, 1]
        shown = [np.cumsum(v)[-window:] if of_ == "levels" else v[-window:] for v in (a, b)]
        chance = chance_of_levels if of_ == "levels" else chance_of_changes
        found.append(chance(correlation(*shown), a, b, window, np.random.default_rng(seed)).percentile)
    assert stats.kstest(found, "uniform").pvalue > 0.01


@needs_shared
def test_the_history_ends_with_the_figure_and_starts_undefined():
    snapshot = shared_snapshot("2025-01-17", "NQ", "ZN")
    told, found = correlate(snapshot, "NQ", "ZN"), correlation_history(snapshot, "NQ", "ZN")
    assert found.levels[-1] == pytest.approx(told.levels.value) and found.changes[-1] == pytest.approx(
        told.changes.value
    )
    assert (
        np.isnan(found.levels[:9]).all()
        and np.isnan(found.changes[:10]).all()
        and len(found.sessions) == len(found.changes)
    )


def test_related_pairs_are_not_uniform_and_the_check_sees_it():
    found = [
        chance_of_changes(
            correlation(x[-20:, 0], x[-20:, 1]), x[:, 0], x[:, 1], 20, np.random.default_rng(i)
        ).percentile
        for i, x in enumerate(garch_pairs(1, 60, 300, 0.6))
    ]
    assert stats.kstest(found, "uniform").pvalue < 1e-6


def test_chance_knows_the_published_figures():
    """Over ten closes the 95th percentile of unrelated walks is about 0.86, of changes about 0.63 (normal theory)."""
    a, b = np.random.default_rng(0).standard_normal((2, 1000))
    level = chance_of_levels(0.86, a, b, 10, np.random.default_rng(1))
    change = chance_of_changes(0.632, a, b, 10, np.random.default_rng(1))
    assert level.percentile == pytest.approx(0.95, abs=0.02) and change.percentile == pytest.approx(0.95, abs=0.02)
    assert level.within_a_year > 0.5


def test_no_year_holds_a_window_longer_than_itself():
    a, b = np.random.default_rng(0).standard_normal((2, 1000))
    found = chance_of_changes(0.3, a, b, 300, np.random.default_rng(1))
    assert found.within_a_year is None and 0 < found.percentile <= 1


def test_too_short_a_history_gives_no_chance():
    a, b = np.random.default_rng(0).standard_normal((2, 15))
    assert chance_of_levels(0.5, a, b, 10, np.random.default_rng(1)) is None


def test_surrogates_keep_volatility_and_drop_drift_and_correlation():
    changes = np.random.default_rng(0).standard_normal(500) + 1.0
    a, b = surrogates(changes, changes, 400, 252, np.random.default_rng(1))
    assert a.shape == b.shape == (400, 252) and abs(a.mean()) < 0.02 and abs((a * b).mean()) < 0.02
    assert np.sqrt((a**2).mean()) == pytest.approx(np.sqrt((changes**2).mean()), rel=0.03)
