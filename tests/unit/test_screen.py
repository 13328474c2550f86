"""A question asked of a scan: what answers it, the filter's word on each, and the edge beside."""

from __future__ import annotations

import json

import numpy as np
import pytest
from click.testing import CliRunner
from jsonschema import validate

from crosscurrent.cli import cli
from crosscurrent.errors import RejectedData, RequestError, UnknownName
from crosscurrent.evaluate.scan.manifest import finish, opened
from crosscurrent.evaluate.scan.plan import ScanPlan
from crosscurrent.evaluate.scan.scanning import scan
from crosscurrent.evaluate.scan.screen import Question, edges_in, filtered, screen
from crosscurrent.pipeline import look
from crosscurrent.publish.document import schema
from crosscurrent.sources.sample import Sample
from crosscurrent.sources.taking import take

DAY = "2008-11-21"
MARKETS = ("IXIC", "SPX", "UST10P")


@pytest.fixture(scope="module")
def scanned(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scan")
    scan("sample", ScanPlan(MARKETS, DAY), folder)
    finish(folder)
    return opened(folder)


def said(*command: str):
    return CliRunner().invoke(cli, ["screen", *command], catch_exceptions=True)


def test_it_finds_what_the_looks_hold(scanned):
    question = Question(("trendline_break", "swing_high"), np.datetime64("2008-06-01"), "confirmed", "bearish")
    hits = screen(scanned, question)
    snapshot = take(Sample(), MARKETS, DAY).snapshot
    facts = [
        (f.market, f.kind, str(f.session), f.basis)
        for seen in look(snapshot, MARKETS).values()
        for f in seen.facts(*question.kinds, since=question.since, stage="confirmed")
        if f.direction == "bearish"
    ]
    assert len(hits) > 5
    assert sorted((h.market, h.kind, h.session, h.basis) for h in hits) == sorted(facts)
    assert not screen(scanned, Question(("trendline_break",), scanned.last_session + np.timedelta64(1, "D")))


def test_the_filter_says_what_it_says_of_a_setup(scanned):
    hits = screen(scanned, Question(("trendline_break",), np.datetime64("2008-10-01")))
    words = {hit.filter for hit in filtered(hits, Sample(), "UST10P", DAY) if hit.market != "UST10P"}
    assert words
    assert words <= {"aligned", "against", "neutral"}
    with pytest.raises(RequestError, match="filter"):
        filtered(hits, Sample(), "NOBODY", DAY)


def test_edges_come_from_a_study_and_what_it_does_not_claim_stays_unknown(scanned, tmp_path):
    hits = screen(scanned, Question(("trendline_break", "swing_high"), np.datetime64("2008-10-01")))
    table = tmp_path / "study.csv"
    table.write_text("kind,market,edge,p\ntrendline_break,all,0.02,0.5\nswing_high,all,0.3,\n")
    edges = {hit.kind: hit.edge for hit in edges_in(hits, table)}
    assert edges == {"trendline_break": 0.02, "swing_high": None}
    table.write_text("nothing\n1\n")
    with pytest.raises(RejectedData):
        edges_in(hits, table)


def test_a_kind_nobody_writes_is_refused_with_the_nearest(scanned):
    with pytest.raises(UnknownName, match="falling_wedge"):
        screen(scanned, Question(("falling_wedges",), np.datetime64("2008-10-01")))


def test_the_command_prints_what_its_schema_says(scanned):
    folder = str(scanned.folder)
    done = said(folder, "--kind", "trendline_break", "--days", "60", "--data", "sample", "--filter", "UST10P", "--json")
    document = json.loads(done.stdout)
    validate(document, json.loads(schema("screen")))
    assert document["hits"]
    assert document["last_session"] == DAY
    few = said(folder, "--kind", "trendline_break", "--days", "60", "--data", "sample", "--filter", "UST10P",
               "--filtered", "aligned", "--json")  # fmt: skip
    assert {h["filter"] for h in json.loads(few.stdout)["hits"]} <= {"aligned"}
    assert isinstance(said(folder, "--kind", "doji", "--filtered", "aligned").exception, RequestError)
    assert "No market shows that." in said(folder, "--kind", "falling_wedge", "--since", "2030-01-01").stdout


def test_an_unfinished_scan_is_named(scanned, tmp_path):
    scan("sample", ScanPlan(MARKETS, DAY, block=2), tmp_path, shard=(1, 2))
    with pytest.raises(RejectedData, match="not finished"):
        opened(tmp_path)
