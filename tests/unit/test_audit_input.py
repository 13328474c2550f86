"""What people hand in: other spellings are read, nonsense is reported claim by claim, and nothing stops the rest."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import validate

import crosscurrent as cc
from crosscurrent.audit.document import document_of
from crosscurrent.audit.kinds import CLAIM_KINDS
from crosscurrent.audit.tolerance import figure_of
from crosscurrent.audit.when import stretch_of, window_of
from crosscurrent.cli import cli
from crosscurrent.errors import MissingData, RequestError
from crosscurrent.publish.document import schema
from crosscurrent.sources import open_source
from strategies import random_bars

DAY = pd.Timestamp("2008-11-21").to_datetime64().astype("datetime64[D]")
TRUE = {"id": "good", "kind": "price", "market": "IXIC", "as_of": "2008-11-21", "says": {"close": 1384.35}}
SAMPLE = open_source("sample")


def verdicts(*claims, **document):
    return {v.id: v for v in cc.audit({"claims": list(claims), **document}, SAMPLE).verdicts}


@pytest.mark.parametrize(
    ("bad", "code", "offered"),
    [
        ({"kind": "corelation", "markets": ["IXIC", "SPX"], "says": {"value": 1}}, "unknown_kind", "correlation"),
        ({"kind": "rsi", "market": "IXIC", "says": {"valeu": 50}}, "unknown_field", "value"),
        ({"kind": "rsi", "market": "IXIC", "says": {"value": 50, "colour": "red"}}, "unknown_field", "colour"),
        ({"kind": "rsi", "market": "IXIC", "says": {"length": 0, "value": 50}}, "bad_field", "length"),
        ({"kind": "rsi", "market": "IXIC", "says": {"value": {"a": 1}}}, "bad_field", "value"),
        ({"kind": "candle", "market": "IXIC", "says": {"name": "dojji"}}, "unknown_name", "doji"),
        ({"kind": "rsi", "market": "IXJC", "says": {"value": 50}}, "no_data", "IXIC"),
        ({"kind": "rsi", "says": {"value": 50}}, "bad_field", "names a market"),
        ({"kind": "correlation", "market": "IXIC", "says": {"value": 0.5}}, "bad_field", "2 markets"),
        ({"kind": "rsi", "market": "IXIC", "as_of": "1950-01-02", "says": {"value": 50}}, "no_data", "1999-01-04"),
        ({"kind": "rsi", "market": "IXIC", "as_of": "2030-01-02", "says": {"value": 50}}, "no_data", "2018-12-31"),
        ({"kind": "rsi", "market": "IXIC", "as_of": "someday", "says": {"value": 50}}, "bad_field", "YYYY-MM-DD"),
        ({"kind": "rsi", "market": "IXIC", "says": {}}, "says_nothing", "RSI is"),
        ({"kind": "candle", "market": "SPX", "says": {"name": "doji"}}, "bad_data", "closes alone"),
        ("just a sentence", "unreadable", "mapping"),
        (None, "unreadable", "mapping"),
        ({"kind": {"rsi": 1}, "market": "IXIC"}, "unknown_kind", "rsi"),
        ({"kind": "rsi", "market": "IXIC", "says": [1, 2]}, "says_nothing", "RSI"),
    ],
)
def test_a_bad_claim_is_reported_and_the_rest_are_judged(bad, code, offered):
    row = {"as_of": "2008-11-21", **bad, "id": "bad"} if isinstance(bad, dict) else bad
    found = verdicts(row, TRUE)
    verdict = found.get("bad") or found["C01"]
    assert (verdict.verdict, verdict.code) == ("undecidable", code), verdict.reason
    assert offered in verdict.reason
    assert found["good"].verdict == "holds"


@pytest.mark.parametrize("bad", ["colour", "windw"])
def test_an_unknown_field_says_what_the_rest_alone_is_worth(bad):
    found = verdicts({**TRUE, "id": "x", "says": {"close": 1384.35, bad: 1}})
    assert found["x"].verdict == "undecidable"
    assert "The rest alone holds" in found["x"].reason


def test_a_holiday_means_the_session_before():
    on, before = (
        verdicts({**TRUE, "as_of": day, "says": {"close": 1532.35}})["good"] for day in ("2008-11-27", "2008-11-26")
    )
    assert (on.verdict, on.session) == (before.verdict, "2008-11-26")
    assert "2008-11-27 is no session of IXIC" in on.remark


def test_contradicting_claims_are_told_so_and_judged_each():
    claims = [{**TRUE, "id": name, "says": {"close": close}} for name, close in (("a", 1384.35), ("b", 1500.0))]
    found = verdicts(*claims)
    assert (found["a"].verdict, found["b"].verdict) == ("holds", "fails")
    assert "otherwise than a" in found["b"].remark
    assert "otherwise" not in found["a"].remark


def test_repeated_ids_are_kept_apart():
    assert [v.id for v in cc.audit([TRUE, TRUE], SAMPLE).verdicts] == ["good", "good-2"]


@pytest.mark.parametrize(
    "text",
    [
        "", "   ", "42", "just words\nin two lines", "a: 1\nb: 2", "claims: 7", "{", "[1, 2", "\t- x: [", "- &a {b: *a}",
        "- !!python/object/apply:os.system [echo]", "<html>\n</html>", "\x00\x01\n", "a" * 10 + "\n" + "[" * 3000,
    ],
)  # fmt: skip
def test_a_text_that_is_no_list_of_claims_is_one_verdict_that_says_so(text):
    found = cc.audit(text + "\n", SAMPLE)
    assert [(v.verdict, v.code) for v in found.verdicts] == [("undecidable", "unreadable")]
    assert found.has_findings


def test_a_document_may_name_its_claims_by_id_or_be_one_claim_or_json():
    by_id = {"claims": {"first": {k: v for k, v in TRUE.items() if k != "id"}}}
    for document in (by_id, TRUE, json.dumps([TRUE]), [TRUE]):
        (verdict,) = cc.audit(document, SAMPLE).verdicts
        assert verdict.verdict == "holds"


def test_a_path_that_is_not_there_is_missing_data(tmp_path):
    with pytest.raises(MissingData):
        cc.audit(tmp_path / "none.yaml", SAMPLE)


def test_a_document_too_large_is_refused(tmp_path):
    path = tmp_path / "large.yaml"
    path.write_text("- {}\n" * 500_000)
    assert "larger" in document_of(path).fault


HOSTILE = (
    "<script>alert(1)</script>",
    "\x1b[31mred\x1b[0m",
    "a\x00b",
    "‮evil",
    "x" * 100_000,
    "{{ 7 * 7 }}",
    "'; DROP TABLE",
    "=1+1",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_quoted_in_one_printable_line(text):
    row = {"id": text, "kind": "candle", "market": text, "as_of": "2008-11-21", "says": {"name": text}}
    (verdict,) = cc.audit([row], SAMPLE).verdicts
    assert verdict.verdict == "undecidable"
    for told in (verdict.id, verdict.reason, verdict.quote, verdict.kind, *verdict.markets):
        assert told.isprintable()
        assert len(told) < 3000


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**6), 10**6), st.floats(), st.text(max_size=12), st.lists(st.integers(), max_size=3),
    st.sampled_from(["about 3", "-16 bp", "5%", "record", "above", "mid-December", "1w", "108'07", "between 1 and 2", "forming"]),
)  # fmt: skip


@settings(max_examples=60)
@given(data=st.data())
def test_no_claim_stops_the_audit(data):
    """Whatever stands in a claim's fields, there is a verdict with a reason."""
    kind = data.draw(st.sampled_from(CLAIM_KINDS))
    fields = data.draw(
        st.dictionaries(st.sampled_from([*kind.says.model_fields, *kind.synonyms, "other"]), VALUES, max_size=3)
    )
    market = data.draw(st.sampled_from(["IXIC", "SPX", "DGS10", ["IXIC", "DGS10"], "", None]))
    day = data.draw(st.sampled_from(["2008-11-21", "1999-01-05", "2016-02-11", "2003-10-13", None]))
    (verdict,) = cc.audit([{"kind": kind.name, "market": market, "as_of": day, "says": fields}], SAMPLE).verdicts
    assert verdict.reason
    json.dumps(verdict.to_json(), allow_nan=False)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("0.89", 0.885, 0.895), ("0.9", 0.85, 0.95), ("-16 bp", -16.5, -15.5), ("about 4,440", 4435, 4445), ("about 44,000", 43_500, 44_500),
        ("~100", 97.5, 102.5),
        ("three", 2.5, 3.5), ("2.9%", 2.85, 2.95), ("between 2 and 3", 1.5, 3.5), ("1.5m", 1.45e6, 1.55e6),
    ],
)  # fmt: skip
def test_a_figure_allows_what_its_writing_says(text, low, high):
    figure = figure_of(text)
    assert (figure.low, figure.high) == pytest.approx((low, high))


def test_bounds_are_bounds():
    assert figure_of("more than 3%").fits(3.01)
    assert not figure_of("more than 3%").fits(2.99)
    assert figure_of("at most 10").fits(10)
    assert not figure_of("under 10").fits(10.5)


@pytest.mark.parametrize("text", ["", "high", "1.2.3", "x" * 100, "12 parsecs"])
def test_what_is_no_figure_is_refused(text):
    with pytest.raises(RequestError):
        figure_of(text)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2008-10", "2008-10-01", "2008-10-31"), ("mid-October", "2008-10-10", "2008-10-21"), ("the election", "2008-11-04", "2008-11-04"),
        ("November 4", "2008-11-04", "2008-11-04"), ("4 December", "2007-12-04", "2007-12-04"), ("late 2007", "2007-09-01", "2007-12-31"),
        ("yesterday", "2008-11-20", "2008-11-20"), ("last week", "2008-11-10", "2008-11-16"), ("Q3 2008", "2008-07-01", "2008-09-30"),
    ],
)  # fmt: skip
def test_days_are_read_as_people_write_them(text, start, end):
    span = stretch_of(text, DAY)
    assert (str(span.start), str(span.end)) == (start, end)


@pytest.mark.parametrize(
    ("text", "sessions"), [("10", 10), ("fortnight", 10), ("past month", 21), ("the last 20 sessions", 20), ("3mo", 63)]
)
def test_windows_are_read_as_people_write_them(text, sessions):
    assert window_of(text, DAY).sessions == sessions


@pytest.fixture
def folder(tmp_path):
    bars = random_bars(3, 300)
    columns = {c: getattr(bars, c).round(4) for c in ("open", "high", "low", "close")}
    pd.DataFrame({"date": bars.session.astype(str), **columns, "volume": 1000}).to_csv(tmp_path / "NQ.csv", index=False)
    close = float(columns["close"][-1])
    claims = {"up": {"close": round(close, 4)}, "down": {"close": round(close * 2, 4)}}
    for name, says in claims.items():
        row = {"id": name, "kind": "price", "market": "NQ", "says": says}
        (tmp_path / f"{name}.json").write_text(json.dumps([row]))
    return tmp_path


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (("up.json",), 0), (("down.json",), 1), (("none.json",), 2), ((), 2), (("up.json", "--text", "up.json"), 2),
        (("up.json", "--as-of", "soon"), 2), (("up.json", "--data", "no/such/folder"), 3), (("up.json", "--report", "up.json/x.html"), 5),
    ],
)  # fmt: skip
def test_exit_codes(folder, command, code):
    run = [sys.executable, "-c", "from crosscurrent.cli import main; main()", "audit", "--data", ".", *command]
    done = subprocess.run(run, capture_output=True, text=True, cwd=folder, env=os.environ | {"NO_COLOR": "1"})
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr


def test_json_is_one_document_of_the_schema(folder):
    done = CliRunner().invoke(cli, ["audit", str(folder / "down.json"), "--data", str(folder), "--json"])
    document = json.loads(done.stdout)
    validate(document, json.loads(schema("audit")))
    assert document["claims"][0]["code"] in ("impossible_value", "other_value")
    assert document["counts"]["fails"] == 1


def test_the_terminal_shows_each_verdict_and_the_sum(folder):
    done = CliRunner().invoke(cli, ["audit", str(folder / "up.json"), "--data", str(folder)])
    assert done.exit_code == 0
    assert "HOLDS" in done.stdout
    assert "1 claim: 1 holds, 0 near miss" in done.stdout
