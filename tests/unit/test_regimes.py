"""Regimes, leads and rankings: told since when, and only where they can be told."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import crosscurrent.intermarket as family
from crosscurrent.errors import MissingData
from crosscurrent.intermarket.lead_lag import lead_lag, lead_lag_of
from crosscurrent.intermarket.pairs import correlation_matrix, follows
from crosscurrent.intermarket.rolling import rolling_correlation
from crosscurrent.intermarket.stock_bond import regimes, regimes_of, sign_regimes
from snapshots import shared_snapshot
from strategies import needs_shared


def days(n):
    return np.datetime64("2020-01-01") + np.arange(n)


def test_a_sign_holds_until_the_other_is_established():
    rolling = np.array([np.nan, 0.1, 0.3, 0.1, -0.1, 0.0, -0.3, -0.1, 0.1])
    assert list(sign_regimes(rolling, 0.25)) == [0, 0, 1, 1, 1, 1, -1, -1, -1]


def test_regimes_have_dates():
    rolling = np.concatenate([np.full(5, np.nan), np.full(10, 0.5), np.full(10, -0.5)])
    found = regimes_of(("A", "B"), days(25), rolling, 64)
    assert [(r.sign, r.since, r.until) for r in found.regimes] == [
        (1, days(25)[5], days(25)[15]),
        (-1, days(25)[15], None),
    ]
    assert found.flips == (days(25)[15],) and found.present.sign == -1 and found.present.mean == -0.5
    json.dumps(found.to_json(), allow_nan=False)


def test_regimes_never_repaint():
    rolling = rolling_correlation(*np.random.default_rng(0).standard_normal((2, 600)), 63)
    full = regimes_of(("A", "B"), days(600), rolling, 63)
    for cut in range(0, 600, 37):
        early = regimes_of(("A", "B"), days(cut), rolling[:cut], 63)
        assert [r.since for r in early.regimes] == [r.since for r in full.regimes if r.since in days(cut)]


def test_nothing_established_is_no_regime():
    found = regimes_of(("A", "B"), days(10), np.full(10, np.nan), 63)
    assert found.present is None and found.value is None and found.flips == ()


@needs_shared
def test_stocks_and_bonds_changed_sign_in_the_years_of_inflation():
    snapshot = shared_snapshot("2025-01-17", "SPX", "ZN")
    signs = {str(r.since)[:4]: r.sign for r in regimes(snapshot, "SPX", "ZN").regimes}
    before = regimes(shared_snapshot("2020-06-30", "SPX", "ZN"), "SPX", "ZN")
    assert before.present.sign == -1 and signs.get("2022") == 1


def test_a_leader_is_found_and_named():
    x = np.random.default_rng(0).standard_normal(400)
    y = 0.7 * np.roll(x, 2) + 0.5 * np.random.default_rng(1).standard_normal(400)
    found = lead_lag_of(("A", "B"), x, y)
    assert (found.leader, found.by) == ("A", 2)
    swapped = lead_lag_of(("B", "A"), y, x)
    assert (swapped.leader, swapped.by) == ("A", 2)
    json.dumps(found.to_json(), allow_nan=False)


def test_together_is_no_lead():
    rng = np.random.default_rng(2)
    found = []
    for _ in range(60):
        x, noise = rng.standard_normal((2, 252))
        found.append(lead_lag_of(("A", "B"), x, 0.8 * x + 0.6 * noise).leader)
    assert np.mean([leader is not None for leader in found]) <= 0.12


@needs_shared
def test_lead_and_ranking_of_real_markets():
    snapshot = shared_snapshot("2025-01-17", "NQ", "ZN", "SPX", "CL", "NDX")
    assert lead_lag(snapshot, "NQ", "ZN").window == 252
    ranked = follows(snapshot, "NQ", ["CL", "ZN", "SPX", "NQ", "XX"])
    assert ranked[0].markets[1] == "SPX" and len(ranked) == 3
    matrix = correlation_matrix(snapshot, ["NQ", "SPX", "CL"])
    assert np.array_equal(matrix, matrix.T) and np.all(np.diag(matrix) == 1) and matrix[0, 1] > 0.9
    with pytest.raises(MissingData, match="99999"):
        lead_lag(snapshot, "NQ", "ZN", window=99_999)


def test_every_file_is_in_the_family():
    """A new question is a file and a line: add it to RELATIONS, or to SHARED if it only serves others."""
    files = {path.stem for path in Path(family.__file__).parent.glob("*.py")} - {"__init__"}
    assert files == {*family.RELATIONS, *family.SHARED}
