"""The origin note's claims on the shared data: the verdicts that DATA.md and the figures by hand demand."""

from __future__ import annotations

import json
from pathlib import Path

import by_hand as hand
import pandas as pd
import pytest
from click.testing import CliRunner
from jsonschema import validate

from crosscurrent.cli import cli
from crosscurrent.publish.document import schema
from strategies import SHARED, needs_shared

CLAIMS = SHARED.parent / "claims" / "origin-note.yaml"
pytestmark = [needs_shared, pytest.mark.xdist_group("audit")]

VERDICTS = {
    **dict.fromkeys(("O01", "O02", "O03", "O04", "O05", "O10", "O11", "O12", "O13", "O14", "O15", "O16"), "holds"),
    **dict.fromkeys(("O18", "O19", "O21", "O22", "O23"), "holds"),
    **dict.fromkeys(("O06", "O09", "O20"), "near_miss"),
    **dict.fromkeys(("O07", "O08", "O17"), "fails"),
    "O24": "undecidable",
}


@pytest.fixture(scope="module")
def audited():
    done = CliRunner().invoke(cli, ["audit", str(CLAIMS), "--data", str(SHARED), "--json"], catch_exceptions=False)
    assert done.exit_code == 1
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def rows(audited):
    return {row["id"]: row for row in audited["claims"]}


def test_the_document_keeps_its_schema(audited):
    validate(audited, json.loads(schema("audit")))


def test_there_is_one_verdict_a_claim(rows):
    assert {name: row["verdict"] for name, row in rows.items()} == VERDICTS


def test_the_week_of_yields_and_stocks(rows):
    for name, market in (("O01", "DGS10"), ("O02", "DGS30"), ("O03", "FED_DEC25_IMPLIED")):
        moved = 100 * hand.weekly(market, "2025-01-17").diff().iloc[-1]
        assert rows[name]["measured"]["change_bp"] == pytest.approx(moved, abs=1e-6)
        assert rows[name]["measured"]["largest_since"] == "2024-11-29"
    assert rows["O04"]["measured"]["largest_since"] == "2024-11-08"


def test_the_correlation_says_where_it_would_fit(rows):
    both = pd.concat([hand.closes(m, "2025-01-17") for m in ("NQ", "ZN")], axis=1, join="inner")
    at = {n: both.iloc[-n:].corr().iloc[0, 1] for n in (8, 9, 10)}
    assert rows["O09"]["measured"]["level_correlation"] == pytest.approx(at[10])
    assert f"{at[8]:.3f} over 8 and {at[9]:.3f} over 9" in rows["O09"]["reason"]
    assert rows["O09"]["tolerance"].startswith("0.885 to 0.895")
    assert "unremarkable" in rows["O10"]["remark"]


@pytest.mark.parametrize("name", ["O07", "O08"])
def test_the_impossible_price_is_named_and_the_likeliest_offered(rows, name):
    year = hand.frame("ZN", "2025-01-17").iloc[-252:]
    assert year["low"].min() > 105
    assert rows[name]["code"] == "impossible_value"
    assert rows[name]["measured"]["intended"] == 108.21875
    assert "108'07" in rows[name]["reason"]


def test_loose_candles_are_called_loose(rows):
    bar = hand.frame("ZN", "2025-01-17").iloc[-1]
    shadow = (min(bar["open"], bar["close"]) - bar["low"]) / (bar["high"] - bar["low"])
    assert rows["O06"]["code"] == rows["O18"]["code"] == "loose"
    assert rows["O06"]["measured"]["lower_shadow"] == pytest.approx(shadow)
    assert "lower shadow" in rows["O06"]["measured"]["rule"]
    assert "Loose" in rows["O18"]["remark"]


def test_the_volume_was_not_strong(rows):
    volume = hand.frame("RTY", "2025-01-13")["volume"]
    ratio = volume.iloc[-1] / volume.iloc[-21:-1].mean()
    assert rows["O17"]["measured"]["ratio"] == pytest.approx(ratio)
    assert ratio < 1.25


def test_the_break_and_the_retest_lie_on_the_lines_of_the_data(rows):
    assert (rows["O12"]["measured"]["break_on"], rows["O05"]["measured"]["break_on"]) == ("2025-01-17", "2025-01-15")
    assert rows["O19"]["measured"]["line"] == pytest.approx(2310.3, abs=0.05)
    assert rows["O19"]["measured"]["distance_atr"] == pytest.approx(0.06, abs=0.005)


def test_the_setup_was_followed_to_its_first_target(rows):
    ahead = hand.frame("NQ", "2025-01-31").loc["2025-01-21":]
    assert ahead.index[ahead["high"] >= 21_875][0] == pd.Timestamp(rows["O23"]["measured"]["left"])
    assert rows["O23"]["measured"]["targets_reached"] == 1


def test_the_page_has_a_chart_for_each_claim(tmp_path):
    page = tmp_path / "audit.html"
    command = ["audit", str(CLAIMS), "--data", str(SHARED), "--report", str(page)]
    assert CliRunner().invoke(cli, command, catch_exceptions=False).exit_code == 1
    assert Path(page).read_text("utf-8").count("<figure") == len(VERDICTS)
