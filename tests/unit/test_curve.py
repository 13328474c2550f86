"""The curve's moves have the market's names."""

from __future__ import annotations

import json

import numpy as np
import pytest

from crosscurrent.bars.snapshot import Snapshot
from crosscurrent.errors import MissingData
from crosscurrent.intermarket.curve import curve, name_move, slope_beta
from snapshots import shared_snapshot
from strategies import needs_shared


@pytest.mark.parametrize(
    ("short", "long", "name"),
    [
        (-20, -10, "bull steepener"), (-10, -20, "bull flattener"), (10, 20, "bear steepener"), (20, 10, "bear flattener"),
        (-10, -10, "bull parallel shift"), (10, 10.5, "bear parallel shift"), (-5, 5, "steepening twist"), (5, -5, "flattening twist"),
        (0, 0, "unchanged"), (0.5, -1, "unchanged"), (0, -8, "bull flattener"), (-8, 0, "bull steepener"), (0, 8, "bear steepener"),
    ],
)  # fmt: skip
def test_names(short, long, name):
    assert name_move(short, long) == name


def test_names_mirror():
    opposite = {"bull": "bear", "steepener": "flattener", "steepening": "flattening"}
    opposite |= {other: word for word, other in opposite.items()}
    for short, long in np.random.default_rng(0).integers(-30, 31, (200, 2)):
        if short + long:  # a mean of exactly nothing counts as bear either way
            assert name_move(-short, -long).split() == [
                opposite.get(word, word) for word in name_move(short, long).split()
            ]


@needs_shared
def test_the_week_of_the_origin_note():
    names = ("DGS3MO", "DGS2", "DGS5", "DGS10", "DGS30", "T10YIE", "ZN")
    report = curve(shared_snapshot("2025-01-17", *names))
    slopes = {(row.short, row.long): row for row in report.slopes}
    assert slopes["DGS2", "DGS10"].name == "bull flattener" and slopes["DGS2", "DGS10"].change_bp == -3
    assert slopes["DGS5", "DGS30"].name == "bull steepener" and slopes["DGS5", "DGS30"].value_bp == 42
    [ten] = [row for row in report.tenors if row.market == "DGS10"]
    assert ten.value == 4.61 and ten.change_bp["1w"] == -16
    [real] = report.real
    assert real.real == pytest.approx(4.61 - real.breakeven) and real.real_bp + real.breakeven_bp == pytest.approx(-16)
    [answer] = report.price_to_yield
    assert answer.interval[0] < answer.beta < answer.interval[1] < 0 and answer.change_correlation < -0.9
    assert any("T5YIE" in gap for gap in report.gaps)
    json.dumps(report.to_json(), allow_nan=False)


def test_no_yield_is_missing_data():
    with pytest.raises(MissingData, match="yield"):
        curve(Snapshot(np.datetime64("2025-01-17"), {}))


def test_the_robust_error_is_that_of_statistics_books():
    """Where the noise does not depend on x, the robust standard error and the plain one agree."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal(5000)
    y = 2 * x + rng.standard_normal(5000)
    beta, error = slope_beta(y, x)
    assert beta == pytest.approx(2, abs=0.05) and error == pytest.approx(1 / np.sqrt(5000), rel=0.05)
