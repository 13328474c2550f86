"""The study: nothing found where nothing is, the paper's figures reproduced, and no outcome that was not known yet."""

import json

import numpy as np
import pytest
from click.testing import CliRunner
from jsonschema import validate

from crosscurrent.cli import cli
from crosscurrent.evaluate.cases import market_of
from crosscurrent.evaluate.inference import adjusted_p, best_of_many, deflated_sharpe, wilson
from crosscurrent.evaluate.study import Design, Study
from crosscurrent.publish.document import schema
from crosscurrent.structure import DETECTORS
from crosscurrent.structure.look import look_at
from strategies import random_bars


def studied(bars, design=None):
    study = Study(design)
    study.add(market_of(look_at(bars, bars, DETECTORS)))
    return study


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


def test_what_came_later_changes_nothing_that_was_asked_until_a_day():
    """The rows of a study until a session are the same whatever the market did afterwards."""
    bars = random_bars(3, 700)
    day = bars.session[500]
    design = Design(until=day)
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


def test_the_command_keeps_its_schema():
    done = CliRunner().invoke(
        cli, ["study", "--kind", "golden_cross", "--market", "IXIC", "--json"], catch_exceptions=False
    )
    document = json.loads(done.stdout)
    validate(document, json.loads(schema("study")))
    assert {row["kind"] for row in document["rows"]} == {"golden_cross"}
