"""Claims drafted from prose: the field's stock phrases are read, each with its sentence, and nothing is invented."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner

import crosscurrent as cc
from crosscurrent.audit.drafting import draft, sentences_of
from crosscurrent.audit.kinds import CLAIM_KINDS
from crosscurrent.cli import cli
from crosscurrent.sources import open_source
from strategies import SHARED, needs_shared

SEED = SHARED.parent / "seed-note.txt"
CLAIMED = {
    "O01": ("superlative", "DGS10"), "O02": ("superlative", "DGS30"), "O03": ("superlative", "FED_DEC25_IMPLIED"), "O04": ("superlative", "SPX"),
    "O05": ("breakout", "ZN"), "O06": ("candle", "ZN"), "O07": ("candle", "ZN"), "O08": ("level", "ZN"), "O09": ("correlation", "NQ"),
    "O10": ("correlation", "RTY"), "O11": ("pattern", "NQ"), "O12": ("breakout", "NQ"), "O13": ("level", "NQ"), "O14": ("rsi", "NQ"),
    "O15": ("macd", "NQ"), "O16": ("average", "RTY"), "O17": ("volume", "RTY"), "O18": ("candle", "RTY"), "O19": ("trendline", "RTY"),
    "O20": ("rejection", "RTY"), "O21": ("level", "RTY"), "O22": ("average", "RTY"), "O23": ("setup", "NQ"), "O24": ("setup", "RTY"),
}  # fmt: skip
ALSO_SAID = {("superlative", "SPX")}
"""The note says of US stocks too that their gains were the biggest in months."""


def said(sentence: str) -> list[tuple[str, tuple[str, ...], dict]]:
    return [(c.kind, c.markets, c.says) for c in draft(sentence).claims]


@pytest.mark.parametrize(
    ("sentence", "kind", "market", "says"),
    [
        ("Gold slipped 1.2% on Tuesday.", "percent_change", "GC", {"change": "1.2 %", "direction": "down"}),
        ("US 2-year yields rose 8 basis points last week.", "yield_change", "DGS2", {"change": "8 bp", "over": "1w"}),
        ("The S&P 500 closed at a record high on Tuesday.", "superlative", "SPX", {"since": "record"}),
        (
            "WTI crude posted its biggest weekly decline since early October.",
            "superlative",
            "CL",
            {"since": "early October"},
        ),
        ("The VIX spiked to its highest close since August.", "superlative", "VIX", {"extreme": "highest close"}),
        ("The S&P 500 logged its third straight daily gain.", "streak", "SPX", {"length": "third", "direction": "up"}),
        ("EUR/USD broke below support at 1.0450.", "breakout", "EURUSD", {"level": "1.0450", "direction": "down"}),
        ("Silver sees resistance at 31.50.", "level", "SI", {"price": "31.50", "role": "resistance"}),
        (
            "Gold closed below its 50-day moving average for the first time since October.",
            "average",
            "GC",
            {"first_close": "below"},
        ),
        ("Bitcoin formed a golden cross.", "cross", "BTCUSD", {"name": "golden cross"}),
        ("USD/JPY printed a bearish engulfing candle on Friday.", "candle", "USDJPY", {"name": "bearish engulfing"}),
        ("Copper formed a double top.", "pattern", "HG", {"name": "double top"}),
        ("RSI (14) at 71 signals an overbought Nasdaq 100.", "rsi", "NQ", {"value": "71"}),
        ("In gold, MACD has crossed above its signal line.", "macd", "GC", {"state": "crossed above its signal line"}),
        ("Silver is trading 12% below its record high.", "distance", "SI", {"percent": "12%"}),
        ("The 2s10s curve steepened 12 bp on the week.", "spread", "2s10s", {"change": "12 bp"}),
        (
            "EUR/USD tests the 61.8% retracement of the rally from 0.9536 to 1.1276.",
            "fibonacci",
            "EURUSD",
            {"ratio": "61.8%"},
        ),
        ("Consider silver shorts below 29.75 with a stop at 30.60.", "setup", "SI", {"side": "short", "stop": "30.60"}),
        ("The S&P 500 shows a bearish divergence with RSI.", "divergence", "SPX", {"direction": "bearish"}),
        ("Gold and silver show a correlation of 0.91 over the past month.", "correlation", "GC", {"value": "0.91"}),
        ("Sellers in gold remain above 2,300, as the upper wicks show.", "rejection", "GC", {"above": "2300"}),
    ],
)
def test_a_stock_phrase_is_read(sentence, kind, market, says):
    found = [(m, s) for k, m, s in said(sentence) if k == kind]
    assert found, said(sentence)
    markets, fields = found[0]
    assert markets[0] == market
    assert says.items() <= fields.items()


def test_what_is_priced_in_needs_no_market():
    ((kind, markets, says),) = said("Traders are pricing in two rate cuts by December.")
    assert (kind, markets, says) == ("policy_path", (), {"cuts": "two", "by": "December"})


@pytest.mark.parametrize(
    "sentence",
    [
        "The bulls are tired, and I had coffee at 8.",
        "Gold could break above 2,100 if yields fall.",
        "A decisive break above the downtrend may be required in the Russell 2000.",
        "76% of retail investor accounts lose money when trading CFDs with this provider.",
        "Should a golden cross form, bitcoin would rally.",
    ],
)
def test_what_is_hedged_or_no_claim_is_not_drafted(sentence):
    assert said(sentence) == []


def test_what_was_not_understood_is_marked():
    found = draft("Gold has a peculiar resistance behaviour of 17 kinds.")
    assert (found.claims, len(found.not_understood)) == ((), 1)


NOTE = """Gold rose 1.5% last week to 2,650. Its RSI (14) at 66 is not overbought yet.

Crude oil broke below 70.50 on heavy volume. Support is seen at 68.20.
"""


def test_every_figure_of_a_draft_stands_in_its_sentence():
    for claim in draft(NOTE).claims:
        text = claim.sentence.replace(",", "")
        for number in re.findall(
            r"\d+(?:\.\d+)?", " ".join(str(v) for k, v in claim.says.items() if k not in ("over", "within"))
        ):
            assert number in text, claim


def test_a_number_keeps_its_dot_and_a_sentence_ends_at_its_own():
    assert list(sentences_of("Gold rose 1.5% to 2,650. It held 2,600.50 well.")) == [
        "Gold rose 1.5% to 2,650.",
        "It held 2,600.50 well.",
    ]


def test_a_draft_is_a_document_that_the_audit_reads(tmp_path):
    path = tmp_path / "note.txt"
    path.write_text("The Nasdaq fell 8.7% last week.")
    done = CliRunner().invoke(cli, ["audit", "--text", str(path), "--as-of", "2008-11-21"])
    assert done.exit_code == 0
    (verdict,) = cc.audit(done.stdout.replace("NQ", "IXIC"), open_source("sample")).verdicts
    assert verdict.verdict == "holds"


@pytest.mark.parametrize(
    "text", ["", "\x00\x1b[2J", "<script>alert(1)</script> rose 5%", "(" * 20_000, "a " * 100_000, "9" * 100_000]
)
def test_hostile_text_is_drafted_without_harm(text):
    found = draft(f"Gold {text} rose 5% last week.\n{text}")
    for claim in found.claims:
        assert claim.sentence.isprintable()


@needs_shared
def test_the_origin_note_is_drafted_and_nothing_invented():
    found = draft(SEED.read_text("utf-8"), "2025-01-17")
    drafted = {(c.kind, c.markets[0]) for c in found.claims}
    matched = {name for name, about in CLAIMED.items() if about in drafted}
    assert len(matched) >= 15, matched
    assert drafted <= set(CLAIMED.values()) | ALSO_SAID
    assert len(matched) == len(CLAIMED) - 1  # the second setup names no price
    kinds = {kind.name for kind in CLAIM_KINDS}
    assert all(claim.kind in kinds for claim in found.claims)


@needs_shared
def test_the_drafted_origin_note_is_judged_as_the_one_written_by_hand():
    verdicts = cc.audit(draft(SEED.read_text("utf-8"), "2025-01-17").to_json(), str(SHARED)).verdicts
    told = {(v.kind, v.markets[0], v.code): v.verdict for v in verdicts}
    assert told["level", "ZN", "impossible_value"] == "fails"
    assert told["correlation", "NQ", "near_value"] == "near_miss"
    assert told["correlation", "RTY", "ok"] == "holds"
    assert told["breakout", "NQ", "ok"] == "holds"
