"""The study: nothing found where nothing is, the paper's figures reproduced, and no outcome that was not known yet."""

import json
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from click.testing import CliRunner
from jsonschema import ValidationError, validate

from crosscurrent.cli import cli
from crosscurrent.errors import StorageError
from crosscurrent.evaluate.best_of_kinds import best_of_kinds
from crosscurrent.evaluate.cases import Cases, market_of
from crosscurrent.evaluate.inference import (
    across,
    adjusted_p,
    best_of_many,
    deflated_sharpe,
    stepwise_p,
    weights_by_reach,
    wilson,
)  # fmt: skip
from crosscurrent.evaluate.samples import samples
from crosscurrent.evaluate.study import ALL, Design, Study
from crosscurrent.evaluate.walk_forward import WalkForward
from crosscurrent.publish.document import schema
from crosscurrent.publish.study import study_html, write_study
from crosscurrent.publish.study_plot import edges_svg
from crosscurrent.structure import DETECTORS
from crosscurrent.structure.look import look_at
from strategies import random_bars


def studied(bars, design=None):
    study = Study(design)
    study.add(market_of(look_at(bars, bars, DETECTORS)))
    return study


@lru_cache
def walks():
    """Return a study of three walks of some length, as the command would make it."""
    study = Study(Design(series=2))
    for seed in (31, 32, 33):
        bars = random_bars(seed, 1200, market=f"W{seed}")
        study.add(market_of(look_at(bars, bars, DETECTORS)))
    return study


def planted(seed, edge, cases=300, n=4000):
    """Return a study of a walk whose next ten bars drift by `edge` ATR after drawn facts of the kind `planted`."""
    rng = np.random.default_rng(seed)
    at = np.sort(rng.choice(np.arange(100, n - 20), cases, replace=False))
    side = np.where(rng.random(cases) < 0.5, -1, 1)
    drift = np.zeros(n)
    for k in range(1, 11):
        np.add.at(drift, at + k, side * edge / 10)
    bars = random_bars(seed, n)
    size = np.cumsum(drift * 0.0137)
    begun = np.exp(np.append(0.0, size[:-1]))
    scale = np.exp(size)
    high, low = np.maximum(bars.high * scale, bars.open * begun), np.minimum(bars.low * begun, bars.close * scale)
    high, low = np.maximum(high, bars.high * begun), np.minimum(low, bars.low * scale)
    bars = replace(bars, open=bars.open * begun, close=bars.close * scale, high=high, low=low)
    market = market_of(look_at(bars, bars, DETECTORS))
    study = Study()
    study.add(replace(market, cases={**market.cases, "planted": Cases("planted", at, side)}))
    return study


def test_a_planted_edge_is_found_and_its_size_told():
    """Six universes with one ATR, which nothing can miss; the same without it find nothing."""
    found = [[r for r in planted(seed, 1.0).findings() if r.kind == "planted" and r.is_first] for seed in range(6)]
    assert sum(map(bool, found)) >= 5
    assert np.mean([r.verdict.edge for (r,) in filter(None, found)]) == pytest.approx(1.0, abs=0.3)
    assert sum(any(r.kind == "planted" for r in planted(seed, 0.0).findings()) for seed in range(6)) <= 1


def test_every_kind_that_takes_a_side_is_asked_one_question_first():
    study = walks()
    first = [row for row in study.rows() if row.is_first]
    assert {row.outcome for row in first} == {"return_10"}
    assert {row.market for row in first} == {ALL}
    kinds = [row.kind for row in first]
    assert len(kinds) == len(set(kinds)) > 40
    assert "level_break" in kinds
    assert "bollinger_squeeze" not in kinds, "it takes no side"


def test_a_market_with_roll_gaps_stands_alone():
    bars = random_bars(34, 1200)
    study = Study()
    for k, is_patched in enumerate((False, True)):
        market = replace(market_of(look_at(bars, bars, DETECTORS)), name=f"M{k}", is_patched=is_patched)
        study.add(market)
    rows = [row for row in study.rows() if row.kind == "doji" and row.outcome == "return_5"]
    assert {row.market: row.verdict.n for row in rows}[ALL] == {row.market: row.verdict.n for row in rows}["M0"]


def test_no_outcome_reaches_over_a_torn_bar():
    bars = random_bars(35, 600)
    market = market_of(look_at(bars, bars, DETECTORS))
    torn = np.zeros(600, bool)
    torn[300] = True
    whole, cut = (
        {s.kind: s for s in samples(m, Design(horizons=(10,))) if s.outcome == "return_10"}
        for m in (market, replace(market, torn=torn))
    )
    at = market.cases["swing_low"].at
    near = np.sum((at >= 290) & (at < 300))
    assert near > 0
    assert len(whole["swing_low"].came) - len(cut["swing_low"].came) == near


def test_weights_spend_nothing_on_what_cannot_be_seen():
    """Most is given to questions that see the edge at two to four standard errors, little to hopeless and to answered ones."""
    weight = weights_by_reach(np.array([0.5, 1.0, 3.0, 4.0, 8.0]))
    assert weight.mean() == pytest.approx(1.0)
    assert weight[2:4].min() > 10 * weight[[0, 4]].max()
    assert len(weights_by_reach(np.empty(0))) == 0


def test_stepwise_p_knows_that_questions_overlap():
    """Sixty times the same question is one question; sixty strangers are sixty. What is surest is answered first."""
    rng = np.random.default_rng(3)
    same, strange = np.tile(rng.standard_normal(4000), (60, 1)), rng.standard_normal((60, 4000))
    z, even = np.append(2.5, np.zeros(59)), np.ones(60)
    assert stepwise_p(z, same, even)[0] == pytest.approx(0.0124, abs=0.005)
    assert stepwise_p(z, strange, even)[0] == pytest.approx(1 - (1 - 0.0124) ** 60, abs=0.05)
    ordered = stepwise_p(np.array([1.0, 6.0, 3.5]), rng.standard_normal((3, 4000)), np.ones(3))
    assert ordered[1] < ordered[2] < ordered[0]


def test_stepwise_p_errs_in_one_list_of_twenty():
    rng = np.random.default_rng(4)
    mixed = rng.standard_normal((20, 20)) * 0.3 + np.eye(20)
    spread = np.sqrt((mixed**2).sum(axis=1))
    chance = mixed @ rng.standard_normal((20, 4000)) / spread[:, None]
    lists = mixed @ rng.standard_normal((20, 400)) / spread[:, None]
    false = [np.any(stepwise_p(z, chance, np.ones(20)) < 0.05) for z in lists.T]
    assert np.mean(false) == pytest.approx(0.05, abs=0.035)


def test_markets_that_move_together_are_not_counted_twice():
    rng = np.random.default_rng(5)
    one, other, day = rng.standard_normal(400), rng.standard_normal(400), np.arange(400) * 5
    assert across([one, one], [day, day], 1) == pytest.approx(2.0)
    assert across([one, other], [day, day], 1) == pytest.approx(1.0, abs=0.15)


def test_the_best_of_walks_is_no_better_than_luck():
    best = walks().best()
    assert best.p > 0.05
    assert best.superior == ()
    assert best.deflated < 0.95
    assert best.tried >= 20
    assert best_of_kinds([]) is None


def test_what_the_past_chose_is_judged_by_what_came_after():
    """An edge until the cut that ends there is chosen and does not hold; one that stays does."""
    bars = random_bars(36, 6000)
    market = market_of(look_at(bars, bars, DETECTORS))
    cut, rng = 3000, np.random.default_rng(6)
    at = np.sort(rng.choice(np.arange(100, 5900), 600, replace=False))
    seen = np.sign(bars.close[at + 10] - bars.open[at + 1]).astype(np.int64)
    ended = np.where(at < cut - 10, seen, np.where(rng.random(600) < 0.5, -1, 1))
    cases = {"lasting": Cases("lasting", at, seen), "ended": Cases("ended", at, ended)}
    walk = WalkForward(Design(), [bars.session[cut]])
    walk.add(replace(market, cases=cases))
    chosen = {each.before.kind: each for each in walk.chosen() if each.before.is_first}
    assert set(chosen) == {"lasting", "ended"}
    assert chosen["lasting"].holds
    assert not chosen["ended"].holds
    before, after = (chosen["ended"].before.verdict.n, chosen["ended"].after.verdict.n)
    assert after == np.sum(at > cut)
    assert before + after < len(at), "those between belong to neither"
    json.dumps(chosen["ended"].to_json())


def test_a_walk_forward_of_walks_chooses_little():
    bars = random_bars(37, 1500)
    walk = WalkForward(Design(), [bars.session[700], bars.session[1100]])
    walk.add(market_of(look_at(bars, bars, DETECTORS)))
    assert len(walk.chosen()) <= 2


def test_random_walks_hold_no_finding():
    """Twelve universes: at one in twenty each, more than three false ones happen in one run of a thousand."""
    false = sum(bool(studied(random_bars(seed, 700)).findings()) for seed in range(12))
    assert false <= 3


def test_the_count_of_questions_is_kept():
    study = studied(random_bars(1, 700))
    assert study.tried == len(study.rows())
    assert study.tried > 100


def test_few_cases_claim_nothing():
    rows = studied(random_bars(2, 700)).rows()
    assert all(row.verdict.p is None for row in rows if row.verdict.n < 30)
    assert any(row.verdict.p is not None for row in rows)


@pytest.mark.parametrize("series", [0, 2])
def test_what_came_later_changes_nothing_that_was_asked_until_a_day(series):
    """The rows of a study until a session are the same whatever the market did afterwards."""
    bars = random_bars(3, 700)
    day = bars.session[500]
    design = Design(until=day, series=series)
    whole, cut = (studied(b, design) for b in (bars, bars.first(501)))
    assert [r.to_json() for r in whole.rows()] == [r.to_json() for r in cut.rows()]


def test_the_deflated_sharpe_ratio_of_the_paper():
    """Bailey & Lopez de Prado (2014): annual Sharpe 2.5 over 1,250 days, skew -3, kurtosis 10, 100 trials with variance one half."""
    assert deflated_sharpe(2.5, 1250, -3.0, 10.0, 100, 0.5, periods=250) == pytest.approx(0.9004, abs=1e-4)
    assert deflated_sharpe(2.5, 1250, -3.0, 10.0, 1, 0.5, periods=250) > 0.99


def test_wilson_s_interval():
    """Agresti & Coull (1998): no success in ten gives 0 to 0.278."""
    low, high = wilson(0.0, 10)
    assert low == pytest.approx(0.0, abs=1e-12)
    assert high == pytest.approx(0.2775, abs=5e-4)


def test_benjamini_and_hochberg_s_own_example():
    """Benjamini & Hochberg (1995), table of fifteen: the first four survive at five per cent, the fifth does not."""
    p = np.array(
        [
            0.0001,
            0.0004,
            0.0019,
            0.0095,
            0.0201,
            0.0278,
            0.0298,
            0.0344,
            0.0459,
            0.3240,
            0.4262,
            0.5719,
            0.6528,
            0.7590,
            1.0,
        ]
    )
    assert np.sum(adjusted_p(p) <= 0.05) == 4


def test_the_best_of_many_worthless_rules_is_not_superior():
    rng = np.random.default_rng(1)
    worthless = rng.standard_normal((500, 20))
    p, superior = best_of_many(worthless, np.zeros(500), rng, resamples=200)
    assert p > 0.05
    assert superior == ()
    p, superior = best_of_many(worthless + np.r_[0.4, np.zeros(19)], np.zeros(500), rng, resamples=200)
    assert p < 0.05
    assert superior == (0,)


def said(*command):
    done = CliRunner().invoke(cli, ["study", *command], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def document(*command):
    told = json.loads(said(*command, "--json"))
    validate(told, json.loads(schema("study")))
    return told


IXIC = ("--market", "IXIC", "--kind", "golden_cross", "--kind", "hammer")


def test_the_command_keeps_its_schema():
    told = document(*IXIC)
    assert {row["kind"] for row in told["rows"]} == {"golden_cross", "hammer"}
    assert told["tried"] == len(told["rows"])
    with pytest.raises(ValidationError):
        validate({**told, "rows": [{**told["rows"][0], "interval": [0.1]}]}, json.loads(schema("study")))


def test_the_command_divides():
    assert {row["group"] for row in document(*IXIC, "--by", "direction")["rows"]} == {"bullish"}
    assert {row["group"] for row in document(*IXIC, "--by", "regime")["rows"]} == {"calm", "usual", "turbulent"}
    divided = document(*IXIC, "--by", "filter", "--filter-market", "UST10P")["rows"]
    assert {row["group"] for row in divided} <= {"aligned", "against", "neutral"}
    whole = {row["outcome"]: row["n"] for row in document(*IXIC)["rows"] if row["kind"] == "hammer"}
    assert sum(r["n"] for r in divided if r["kind"] == "hammer" and r["outcome"] == "return_5") == whole["return_5"]


def test_costs_lower_what_came_and_not_the_edge():
    plain, dear = (
        {r["kind"]: r for r in document(*IXIC, *more)["rows"] if r["outcome"] == "return_10"}
        for more in ((), ("--costs", "IXIC=2,0.5"))
    )
    assert dear["hammer"]["rate"] == pytest.approx(plain["hammer"]["rate"] - 0.48, abs=1e-6)
    assert dear["hammer"]["edge"] == pytest.approx(plain["hammer"]["edge"], abs=1e-6)


def test_costs_that_are_none_are_refused():
    for text in ("IXIC", "IXIC=dear", "IXIC=-1", "=2", "IXIC=1,2,3", "IXIC=nan"):
        done = CliRunner().invoke(cli, ["study", *IXIC, "--costs", text])
        assert done.exit_code != 0


def test_the_command_walks_forward():
    assert document("--market", "IXIC", "--kind", "hammer", "--choose-until", "2008-12-31") == {
        "chosen": [],
        "gaps": [],
    }
    assert "0 chosen by the past" in said("--market", "IXIC", "--kind", "hammer", "--choose-until", "2008-12-31")


def test_a_period_without_events_says_so():
    assert "Nothing was asked" in said("--market", "IXIC", "--kind", "hammer", "--from", "2018-12-01")
    assert document("--market", "IXIC", "--kind", "hammer", "--from", "2018-12-01")["rows"] == []


def test_the_study_s_files(tmp_path):
    said(*IXIC, "--out", str(tmp_path))
    table, page = (tmp_path / "study.csv").read_text("utf-8"), (tmp_path / "study.html").read_text("utf-8")
    assert table.splitlines()[0].startswith("kind,group,market,outcome,unit,n")
    assert page.count("<svg") >= 4
    assert "No measurable edge" in page
    assert "<script" not in page
    assert "http://" not in page.replace("http://www.w3.org/2000/svg", "")


def test_a_page_says_what_it_found_and_escapes_names():
    rows = planted(1, 1.5).rows()
    page = study_html(rows, tried=len(rows), markets=["<b>"], gaps=[{"what": "<i>", "why": "x & y"}])
    assert "answered otherwise than by chance" in page
    assert "<h2>Found</h2>" in page
    assert "&lt;b&gt;" in page
    assert "&lt;i&gt;: x &amp; y" in page


def test_a_study_of_nothing_is_a_page_too():
    page = study_html((), tried=0, markets=[])
    assert "Nothing was asked" in page
    assert "<svg" not in page
    assert edges_svg([]) == ""


def test_a_disk_that_refuses(tmp_path):
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(StorageError):
        write_study((), tmp_path / "taken", tried=0, markets=[])
