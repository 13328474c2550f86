"""Traps: skill where failure depends on something, none where it does not, and nothing forecast from what was not known yet."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from arch.bootstrap import StationaryBootstrap
from click.testing import CliRunner
from jsonschema import validate
from scipy.special import expit

from crosscurrent.cli import cli
from crosscurrent.errors import MissingData
from crosscurrent.evaluate.experience import odds_of
from crosscurrent.evaluate.trap import Breaks, breaks_of, pooled, reliability, scored, skill_of, walk_forward
from crosscurrent.evaluate.trap.breaks import WITHIN, _Broken, _failed, tells_breaks
from crosscurrent.evaluate.trap.features import FEATURES
from crosscurrent.evaluate.trap.walk_forward import ridge_logistic
from crosscurrent.publish.document import schema
from crosscurrent.structure import DETECTORS
from crosscurrent.structure.look import look_at
from crosscurrent.structure.tape import Tape
from planted import planted
from strategies import bars_of, path_bars, random_bars

TELLING = tuple(d for d in DETECTORS if tells_breaks(d))


def seen(bars, features=FEATURES):
    return breaks_of(look_at(bars, bars, TELLING), features=features)


def judged(breaks: Breaks):
    forecast = walk_forward(breaks)
    return scored(breaks, breaks.is_case, forecast.probability, forecast.base)


def test_where_failure_depends_on_a_feature_the_model_finds_skill():
    for seed in range(5):
        skill = judged(planted(seed, 1.0))
        assert skill is not None and skill.is_better
        assert skill.value > 0.1


def test_where_it_does_not_the_model_claims_none():
    """At one in forty by luck each, more than two of twenty happen in one run of seventy."""
    assert sum(judged(planted(seed, 0.0)).is_better for seed in range(20)) <= 2


def test_forecasts_are_reliable():
    breaks = planted(3, 1.0, 5000)
    forecast = walk_forward(breaks)
    made = np.isfinite(forecast.probability)
    bins = reliability(forecast.probability[made], breaks.failed[made])
    assert sum(b.n for b in bins) == made.sum()
    assert sum(b.low <= b.forecast <= b.high for b in bins) >= 7


def test_forecasts_that_overstate_are_seen_to_be_unreliable():
    breaks = planted(3, 1.0, 5000)
    forecast = walk_forward(breaks)
    made = np.isfinite(forecast.probability)
    bolder = expit(3 * np.log(forecast.probability[made] / (1 - forecast.probability[made])))
    bins = reliability(bolder, breaks.failed[made])
    assert sum(b.low <= b.forecast <= b.high for b in bins) <= 4


def test_on_random_walks_the_distance_is_all_there_is():
    """A break is likelier to fail the nearer the line still is, so the base rate is beaten; the distance alone is not."""
    breaks = pooled([replace_market(seen(random_bars(seed, 1500)), f"walk {seed}") for seed in range(8)])
    forecast = walk_forward(breaks)
    over_base, over_chance = (
        scored(breaks, breaks.is_case, forecast.probability, reference) for reference in (forecast.base, breaks.chance)
    )
    assert over_base.is_better
    assert not over_chance.is_better
    known = breaks.is_case & np.isfinite(breaks.chance) & np.isfinite(breaks.failed)
    assert breaks.chance[known].mean() == pytest.approx(breaks.failed[known].mean(), abs=0.03)


def replace_market(breaks: Breaks, name: str) -> Breaks:
    return replace(breaks, market=np.full(len(breaks), name))


def test_a_break_fails_when_the_detector_says_so():
    bars = random_bars(5, 1500)
    look = look_at(bars, bars, TELLING)
    breaks = breaks_of(look)
    lines = breaks.where((breaks.kind == "trendline_break") & np.isfinite(breaks.failed))
    failures = {
        f.subject
        for f in look.facts("failed_break")
        if "slope_atr" in f.readings and f.readings["since_break"] <= WITHIN
    }
    assert len(lines) > 100
    assert [bool(f) for f in lines.failed] == [int(s) in failures for s in lines.subject]


def test_a_close_back_inside_in_the_last_session_is_a_failure_and_one_later_is_none():
    """A level at 10 is broken upwards; price comes back under it so many sessions on."""
    close = np.full(40, 10.5)
    for back, failed in ((WITHIN, 1.0), (WITHIN + 1, 0.0)):
        path = close.copy()
        path[20 + back] = 9.5
        one = np.ones(1)
        text, whole = np.full(1, "x"), np.zeros(1, np.int64)
        broken = _Broken(
            text, text, whole, whole, np.array([20]), one, 0.5 * one, 0 * one, one, one, one, np.ones(1, bool)
        )
        assert _failed(Tape(path_bars(path)), broken).tolist() == [failed]


def test_a_break_across_a_gap_that_nobody_knows_decides_nothing():
    """A contract begins every sixty bars; no gap is bridged, so what happens across it says nothing of the break."""
    bars = random_bars(5, 1500)
    rolled = np.arange(1500) % 60 == 59
    breaks = seen(replace(bars, rolled=rolled))
    at = np.searchsorted(bars.session, breaks.session)
    crosses = np.array([rolled[t + 1 : t + 1 + WITHIN].any() for t in at])
    assert crosses.sum() > 10
    assert np.array_equal(np.isnan(breaks.failed), crosses | np.isnat(breaks.settled))


def test_breaks_of_the_last_sessions_are_undecided():
    breaks = seen(random_bars(5, 700))
    last = np.isnat(breaks.settled)
    assert np.array_equal(np.isnan(breaks.failed), last)
    assert np.all(breaks.session[last] > random_bars(5, 700).session[-WITHIN - 1])


def test_features_without_volume_or_filter_are_unknown_and_no_more():
    bars = random_bars(6, 700)
    bare = bars_of(bars.open, bars.high, bars.low, bars.close)
    names = [feature.__name__ for feature in FEATURES]
    unknown = {name for name, column in zip(names, seen(bare).features.T, strict=True) if np.isnan(column).all()}
    assert unknown == {"volume", "rates", "link"}
    forecast = walk_forward(pooled([replace_market(seen(random_bars(s, 1500)), f"{s}") for s in range(3)]))
    assert np.isfinite(forecast.probability[-1])


def test_the_model_is_scikit_learns():
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    breaks = planted(1, 1.0)
    edition = walk_forward(breaks).editions[-1]
    known = breaks.settled < edition.since
    peer = make_pipeline(StandardScaler(), LogisticRegression(C=0.1)).fit(breaks.features[known], breaks.failed[known])
    mine = edition.model.probability(breaks.features)
    assert mine == pytest.approx(peer.predict_proba(breaks.features)[:, 1], abs=1e-3)


def test_the_interval_is_the_stationary_bootstraps():
    """In its closed form it spans what resampling days gives, with the same mean length of blocks."""
    breaks = planted(2, 1.0, 900)
    rng = np.random.default_rng(1)
    probability, base = expit(breaks.features[:, 0]), np.full(900, 0.45)
    skill = skill_of(probability, base, breaks.failed, breaks.day, WITHIN)
    error, other = (probability - breaks.failed) ** 2, (base - breaks.failed) ** 2
    resampled = StationaryBootstrap(2 * WITHIN, error, other, seed=rng).apply(
        lambda e, o: 1 - e.mean() / o.mean(), 2000
    )
    assert (skill.high - skill.low) / (2 * 1.96) == pytest.approx(resampled.std(), rel=0.15)


def test_too_few_dates_score_nothing():
    breaks = planted(2, 1.0, 29 * WITHIN)
    half = np.full(len(breaks), 0.5)
    assert skill_of(half, half, breaks.failed, breaks.day, WITHIN) is None


def test_odds_tell_the_base_rate_while_nothing_is_better():
    breaks = planted(4, 0.0)
    (odds,) = odds_of(breaks, walk_forward(breaks), np.array([len(breaks) - 1]))
    assert not odds.is_better
    assert odds.told == odds.base_rate
    breaks = planted(4, 1.0)
    (odds,) = odds_of(breaks, walk_forward(breaks), np.array([len(breaks) - 1]))
    assert odds.is_better
    assert odds.told == odds.probability != odds.base_rate


def test_the_first_breaks_have_no_odds_at_all():
    breaks = planted(4, 1.0)
    (odds,) = odds_of(breaks, walk_forward(breaks), np.array([0]))
    assert odds.told is None and odds.probability is None and odds.n == 0


def test_the_command_tells_its_verdict_and_writes_the_plot(tmp_path):
    words = ["trap", "IXIC", "--as-of", "2008-11-21", "--since", "2008-11-01", "--out", str(tmp_path)]
    done = CliRunner().invoke(cli, [*words, "--json"], catch_exceptions=False)
    told = json.loads(done.stdout)
    assert told["markets"] == ["IXIC", "UST10P"] or told["markets"] == ["IXIC"]
    assert all(row["session"] >= "2008-11-01" for row in told["breaks"])
    assert (tmp_path / "reliability.svg").read_text("utf-8").count("forecast probability") == 1
    assert told["verdict"] in (tmp_path / "reliability.md").read_text("utf-8")


def test_a_market_of_closes_alone_has_no_break_to_judge(tmp_path):
    done = CliRunner().invoke(cli, ["trap", "DGS10", "--as-of", "2008-11-21", "--out", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert "DGS10: no break that could be judged." in done.output


def test_a_market_without_data_by_then_is_missing():
    done = CliRunner().invoke(cli, ["trap", "IXIC", "--as-of", "1950-01-03"])
    assert isinstance(done.exception, MissingData)


def test_too_little_history_judges_nothing(tmp_path):
    """A folder of a few bars: no model, no base rate, and a verdict that says so."""
    bars = random_bars(2, 120)
    rows = [f"{s},{o:.4f},{h:.4f},{low:.4f},{c:.4f},1000" for s, o, h, low, c in zip(
        bars.session, bars.open, bars.high, bars.low, bars.close, strict=True)]  # fmt: skip
    (tmp_path / "TOY.csv").write_text("\n".join(["date,open,high,low,close,volume", *rows]) + "\n", "utf-8")
    out = tmp_path / "out"
    done = CliRunner().invoke(
        cli, ["trap", "TOY", "--data", str(tmp_path), "--out", str(out), "--json"], catch_exceptions=False
    )
    told = json.loads(done.stdout)
    validate(told, json.loads(schema("trap")))
    assert told["skill"] is None and told["reliability"] == []
    assert all(row["told"] is None for row in told["breaks"])
    assert told["verdict"].startswith("Too few breaks")


@pytest.mark.parametrize("strength", [0.01, 0.1, 1.0, 30.0])
def test_the_fit_is_that_of_scikit_learn(strength):
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(int(100 * strength))
    features = rng.standard_normal((400, 7)) * np.array([1, 3, 0.1, 1, 1, 1, 1])
    failed = (rng.random(400) < 1 / (1 + np.exp(-features[:, 0] + 0.5))).astype(float)
    theirs = LogisticRegression(C=strength, solver="newton-cholesky", tol=1e-10).fit(features, failed)
    ours = ridge_logistic(features, failed, strength)
    assert ours == pytest.approx(np.append(theirs.coef_[0], theirs.intercept_), abs=1e-6)
    assert ridge_logistic(features, failed, 2 * strength) != pytest.approx(ours, abs=1e-6)
