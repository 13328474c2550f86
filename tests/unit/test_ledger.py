"""The record: chain, migration, publication, corrections, score, scorecard, export."""

import csv
import io
import json
import sqlite3
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import ValidationError, validate

from crosscurrent.bars.snapshot import Snapshot
from crosscurrent.cli import cli
from crosscurrent.errors import BrokenLedger, MissingData, RejectedData, RequestError, StorageError
from crosscurrent.evaluate.ledger import Head, Ledger, ledger_file
from crosscurrent.evaluate.ledger.chain import GENESIS, canonical, hash_of
from crosscurrent.evaluate.ledger.exporting import as_csv, as_json_lines, cell
from crosscurrent.evaluate.ledger.recording import correct, followed, publish, record_ends
from crosscurrent.evaluate.ledger.scoring import last_note, score
from crosscurrent.evaluate.ledger.store import GUARDS, TABLE
from crosscurrent.publish.document import schema
from crosscurrent.setups.setup import Entry, Invalidation, Setup, Target
from strategies import bars_of

ROWS = [(99, 99.5, 98.5, 99), (99, 101, 98.5, 101), (101, 106, 100, 105), *[(105, 105.5, 104.5, 105)] * 6]
BARS = bars_of(*np.array(ROWS, float).T)
DAY = [np.datetime64(s, "D") for s in BARS.session]


def at(place: int) -> np.datetime64:
    """Return an hour after the close of a bar: when one publishes."""
    return BARS.closed_at[place] + np.timedelta64(1, "h")


def setup(place: int = 0, entry: float = 100.0) -> Setup:
    return Setup(
        "TOY", "breakout", "long", DAY[place], Entry(entry, "close_above", "a line"), 98.0, (Target(102.0, "a", 1.0), Target(106.0, "b", 3.0)),
        Invalidation(97.0, "close_below", "an average"), DAY[min(place + 3, len(DAY) - 1)],
    )  # fmt: skip


def document(place: int = 0, title: str = "A title", desk: str = "d") -> dict:
    return {"desk": desk, "as_of": str(DAY[place]), "title": {"text": title, "readings": []}}


def snapshot(place: int) -> Snapshot:
    return Snapshot(DAY[place], {"TOY": BARS})


@pytest.fixture
def ledger(tmp_path) -> Ledger:
    return Ledger(tmp_path / "new folder" / "ledger.sqlite", patience=0.2)


@pytest.fixture
def published(ledger) -> Ledger:
    publish(ledger, document(), [setup()], {"TOY": 99.0}, at(0))
    return ledger


def test_the_first_entry_names_the_format_and_the_chain_begins_with_nothing(published):
    first, note, planned = published.entries()
    assert (first.kind, first.payload["version"], first.previous) == ("format", 2, GENESIS)
    assert (note.kind, planned.kind, planned.payload["note"]) == ("note", "setup", note.id)
    assert planned.payload["setup"] == setup().to_json()
    assert "close_above, close_below" in planned.payload["rules"]
    assert published.verify() == (published.head(), None)


def test_the_guards_refuse_change_deletion_replacement_and_gaps(published):
    hand = sqlite3.connect(published.path)
    row = hand.execute("SELECT * FROM entry WHERE id = 2").fetchone()
    for statement in ("UPDATE entry SET kind = 'note'", "DELETE FROM entry WHERE id = 3", "DELETE FROM entry"):
        with pytest.raises(sqlite3.IntegrityError, match="never"):
            hand.execute(statement)
    for statement in (
        "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?)",
        "INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?, ?, ?)",
    ):
        for number in (2, 9):
            with pytest.raises(sqlite3.IntegrityError, match="follows"):
                hand.execute(statement, (number, *row[1:]))
    hand.close()
    assert published.verify()[1] is None


def test_a_guard_that_is_gone_is_told_and_stops_publication(published):
    hand = sqlite3.connect(published.path)
    hand.execute("DROP TRIGGER entry_is_never_deleted")
    hand.close()
    assert "entry_is_never_deleted" in str(published.verify()[1])
    with pytest.raises(BrokenLedger):
        published.append([("note", {})], at(1))


def test_a_truncation_is_found_against_the_head_that_was_kept(published):
    kept = published.head()
    assert published.verify(kept)[1] is None
    hand = sqlite3.connect(published.path, isolation_level=None)
    hand.execute("DROP TRIGGER entry_is_never_deleted")
    hand.execute("DELETE FROM entry WHERE id = 3")
    hand.execute(GUARDS["entry_is_never_deleted"])
    hand.close()
    assert published.verify()[1] is None  # the chain alone cannot know
    assert published.verify(kept)[1].entry == 3
    published.append([("correction", {"refers_to": 2, "reason": "another history"})], at(1))
    assert published.verify(kept)[1].entry == 3


@pytest.mark.parametrize("text", ["", "3", "3:abc", "x:" + "0" * 64, "3:" + "G" * 64])
def test_what_is_no_head_is_refused(text):
    with pytest.raises(RequestError):
        Head.parse(text)


def test_an_older_ledger_is_brought_up_by_an_entry_and_not_rewritten(tmp_path):
    path, moment = tmp_path / "old.sqlite", "2024-01-01T00:00:00Z"
    hand = sqlite3.connect(path, isolation_level=None)
    for statement in (TABLE, *GUARDS.values()):
        hand.execute(statement)
    previous = GENESIS
    named = {"desk": "d", "as_of": str(DAY[0])}
    payloads = [
        ("format", {"format": "crosscurrent/ledger", "version": 1}),
        ("note", named | {"title": "t", "document_sha256": ""}),
        ("setup", named | {"note": 2, "setup": setup().to_json()}),
    ]
    for number, (kind, payload) in enumerate(payloads, 1):
        digest = hash_of(number, moment, kind, canonical(payload), previous)
        hand.execute(
            "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?)", (number, moment, kind, canonical(payload), previous, digest)
        )
        previous = digest
    before = hand.execute("SELECT * FROM entry").fetchall()
    hand.close()
    old = Ledger(path)
    assert old.verify()[1] is None
    publish(old, document(1), [], {}, at(1))
    assert [e.kind for e in old.entries()][3:] == ["format", "note"]
    assert old.entries()[3].payload == {"format": "crosscurrent/ledger", "version": 2, "from": 1}
    hand = sqlite3.connect(path)
    assert hand.execute("SELECT * FROM entry LIMIT 3").fetchall() == before
    hand.close()
    assert followed(old.entries(), snapshot(2))[0].outcome.status == "target"


def test_a_ledger_of_a_later_format_is_refused(tmp_path):
    later = Ledger(tmp_path / "l.sqlite")
    later.append([("format", {"format": "crosscurrent/ledger", "version": 3, "from": 2})], at(0))
    with pytest.raises(RejectedData, match="newer"):
        later.append([("note", {})], at(1))


def test_the_same_note_is_recorded_once_and_another_refers_to_it(published):
    assert publish(published, document(), [setup()], {"TOY": 99.0}, at(0)) == ()
    note, planned = publish(published, document(title="Better"), [setup(entry=100.5)], {"TOY": 99.0}, at(0))
    assert (note.payload["refers_to"], planned.payload["refers_to"]) == (2, 3)
    (case,) = followed(published.entries(), snapshot(5))
    assert case.setup.entry.price == 100.0  # what was published first is what is scored


def test_an_end_is_recorded_once_and_counts_from_its_session_on(published):
    assert record_ends(published, snapshot(1), at(1)) == ()
    (end,) = record_ends(published, snapshot(5), at(5))
    assert (end.payload["status"], end.payload["session"], end.payload["refers_to"]) == ("target", str(DAY[2]), 3)
    assert record_ends(published, snapshot(6), at(6)) == ()
    assert [
        (c.outcome.status, c.is_recorded) for place in (1, 2) for c in followed(published.entries(), snapshot(place))
    ] == [("open", False), ("target", True)]
    assert followed(published.entries(), snapshot(0)) == ()


def test_a_correction_is_a_new_entry(published):
    entry = correct(published, 2, "the title was wrong", at(1))
    assert (entry.id, entry.payload) == (4, {"refers_to": 2, "reason": "the title was wrong"})
    for number in (1, 99):
        with pytest.raises(RequestError):
            correct(published, number, "x", at(1))
    with pytest.raises(RequestError, match="reason"):
        correct(published, 2, "  ", at(1))


def test_a_correction_of_an_end_stands_in_its_place(published):
    (end,) = record_ends(published, snapshot(5), at(5))
    told = {name: end.payload[name] for name in end.payload if name not in ("refers_to", "setup")} | {"r": -1.0}
    published.append([("correction", {"refers_to": end.id, "reason": "a wrong bar", "outcome": told})], at(6))
    assert followed(published.entries(), snapshot(6))[0].outcome.r == -1.0


def test_the_score_claims_nothing_of_few_and_counts_nothing_after_the_fact(published):
    found = score(followed(published.entries(), snapshot(5)))
    assert (found.n, found.reached) == (1, 1)
    assert found.null == pytest.approx(3 / 4)  # filled at 101: 3 to the stop, 1 to the target
    assert "nothing is claimed" in found.verdict
    publish(published, document(1), [setup(1, 100.2)], {"TOY": 101.0}, at(8))
    found = score(followed(published.entries(), snapshot(8)))
    assert (len(found.cases), found.n, found.to_json()["after_the_fact"]) == (2, 1, 1)
    validate(found.to_json(), json.loads(schema("ledger-score")))


def test_thirty_and_more_are_judged_beside_chance(published):
    case = followed(published.entries(), snapshot(5))[0]
    assert score([case] * 29).verdict.endswith("nothing is claimed")
    assert score([case] * 30).verdict == "better than chance"


def test_the_scorecard_knows_only_earlier_notes_and_bars(published):
    publish(published, document(4, "Later"), [setup(4)], {"TOY": 105.0}, at(4))
    publish(published, document(1, "Another desk", "e"), [], {}, at(4))
    entries = published.entries()
    assert last_note(entries, snapshot(0), "d") is None
    assert last_note(entries, snapshot(4), "nobody") is None
    seen = last_note(entries, snapshot(1), "d")
    assert (seen.title, [o.status for _, o in seen.setups]) == ("A title", ["open"])
    assert last_note(entries[:3], snapshot(1), "d") == seen  # what was recorded later changes nothing
    assert last_note(entries, snapshot(6), "d").title == "Later"


def test_a_market_that_did_not_trade_on_the_day_of_the_note_is_on_its_scorecard(ledger):
    note = {"desk": "d", "as_of": str(DAY[1]), "title": {"text": "A day later", "readings": []}}
    publish(ledger, note, [setup(0)], {"TOY": 99.0}, at(0))
    seen = last_note(ledger.entries(), snapshot(5), "d")
    assert [(s.id, o.status) for s, o in seen.setups] == [(setup(0).id, "target")]


def test_an_older_note_without_the_names_of_its_setups_goes_by_the_day(published):
    entries = published.entries()
    bare = replace(entries[1], payload={k: v for k, v in entries[1].payload.items() if k != "setups"})
    assert len(last_note((entries[0], bare, entries[2]), snapshot(5), "d").setups) == 1


def test_no_ledger_is_missing_data_and_what_is_none_is_rejected(ledger, tmp_path):
    for read in (ledger.entries, ledger.head, ledger.verify):
        with pytest.raises(MissingData):
            read()
    (tmp_path / "page.html").write_text("<html>" * 500)
    alien = Ledger(tmp_path / "page.html", patience=0.1)
    assert alien.verify()[1].entry is None
    for act in (alien.entries, lambda: alien.append([("note", {})], at(0))):
        with pytest.raises(RejectedData):
            act()


def test_an_empty_file_is_a_ledger_that_was_only_begun(tmp_path):
    begun = Ledger(tmp_path / "l.sqlite")
    begun.path.touch()
    assert begun.entries() == ()
    assert begun.head() == Head(0, GENESIS)
    assert begun.verify()[1].entry is None
    begun.append([("note", {"desk": "d"})], at(0))
    assert begun.verify()[1] is None


def test_a_failing_draft_leaves_the_record_as_it_was(published):
    head = published.head()
    with pytest.raises(ValueError, match="JSON"):
        published.append([("note", {"x": 1}), ("note", {"x": float("nan")})], at(1))
    assert published.verify(head) == (head, None)


def test_a_ledger_held_by_another_is_a_storage_error(published):
    other = sqlite3.connect(published.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    head = published.head()  # a reader is never in the way
    with pytest.raises(StorageError, match="another writer"):
        published.append([("note", {})], at(1))
    other.execute("ROLLBACK")
    other.close()
    assert published.verify(head) == (head, None)


def test_where_it_lies():
    assert str(ledger_file({"CROSSCURRENT_LEDGER": "/x/l"}, "linux")) == "/x/l"
    assert (
        str(ledger_file({"HOME": "/h", "CROSSCURRENT_ARCHIVE": "/elsewhere"}, "linux"))
        == "/h/.local/share/crosscurrent/ledger.sqlite"
    )


def test_json_lines_can_be_hashed_again_by_anybody(published):
    previous = GENESIS
    for line in as_json_lines(published.entries()):
        e = json.loads(line)
        assert e["previous"] == previous
        assert hash_of(e["id"], e["recorded_at"], e["kind"], canonical(e["payload"]), previous) == e["hash"]
        previous = e["hash"]
    assert previous == published.head().hash


def test_a_title_is_no_formula_and_a_negative_result_stays_a_number(published):
    publish(published, document(1, "=HYPERLINK(1)"), [], {}, at(1))
    published.append(
        [
            (
                "outcome",
                {"refers_to": 3, "setup": "+x", "status": "stopped", "session": str(DAY[2]), "price": 98.0, "r": -1.25},
            )
        ],
        at(3),
    )
    rows = list(csv.DictReader(io.StringIO(as_csv(published.entries()))))
    assert rows[3]["title"] == "'=HYPERLINK(1)"
    assert (rows[4]["r"], rows[4]["setup"]) == ("-1.25", "'+x")
    assert rows[2]["targets"] == "102.0 106.0"


@given(st.one_of(st.text(), st.floats(allow_nan=False), st.integers()))
def test_no_cell_begins_a_formula_and_numbers_come_back(value):
    text = io.StringIO()
    csv.writer(text).writerow([cell(value)])
    (read,) = next(csv.reader(io.StringIO(text.getvalue(), newline="")), [""])
    if isinstance(value, str):
        assert not read.startswith(("=", "+", "-", "@", "\t", "\r"))
    else:
        assert float(read) == float(value)


def run(*command: str):
    return CliRunner().invoke(cli, ["ledger", *command], catch_exceptions=True)


def test_the_commands_say_what_their_schemas_say(published):
    file = ("--ledger", str(published.path))
    done = run("verify", *file, "--json")
    assert done.exit_code == 0
    told = json.loads(done.stdout)
    validate(told, json.loads(schema("ledger-verify")))
    assert run("verify", *file, "--head", told["head"]).exit_code == 0
    listed = json.loads(schema("ledger-list"))
    validate(json.loads(run("list", *file, "--json").stdout), listed)
    validate([json.loads(line) for line in run("export", *file).stdout.splitlines()], listed)
    with pytest.raises(ValidationError):
        validate([e.to_json() | {"payload": {"title": "t"}} for e in published.entries()], listed)
    assert "TOY-2020-01-01-breakout-long" in run("list", *file).stdout
    assert len(run("export", *file).stdout.splitlines()) == 3
    assert run("correct", "2", "--reason", "wrong", *file).stdout == "entry 4\n"
    record_ends(published, snapshot(5), at(5))
    validate(json.loads(run("list", *file, "--json").stdout), listed)
    hand = sqlite3.connect(published.path, isolation_level=None)
    hand.execute("DROP TRIGGER entry_is_never_changed")
    hand.execute("UPDATE entry SET recorded_at = '2020-01-01T00:00:00Z' WHERE id = 2")
    hand.close()
    done = run("verify", *file, "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["broken"]["entry"] == 2
    assert isinstance(run("list", *file).exception, BrokenLedger)


def test_a_published_note_opens_the_next_with_its_scorecard(tmp_path):
    file = ("--ledger", str(tmp_path / "l.sqlite"))
    for day in ("2008-11-14", "2008-11-21"):
        done = CliRunner().invoke(
            cli, ["note", "--as-of", day, "--out", str(tmp_path / day), "--publish", *file], catch_exceptions=False
        )
        assert done.exit_code == 0, done.output
    first, second = (json.loads((tmp_path / day / "note.json").read_text()) for day in ("2008-11-14", "2008-11-21"))
    assert "scorecard" not in [s["name"] for s in first["sections"]]
    assert second["sections"][0]["name"] == "scorecard"
    assert first["title"]["text"] in second["sections"][0]["paragraphs"][0][0]["text"]
    assert Ledger(tmp_path / "l.sqlite").verify()[1] is None
    again = CliRunner().invoke(
        cli,
        ["note", "--as-of", "2008-11-21", "--out", str(tmp_path / "again"), "--publish", *file],
        catch_exceptions=False,
    )
    assert "already recorded" in again.output
    done = run("score", "--as-of", "2008-12-19", "--json", *file)
    validate(json.loads(done.stdout), json.loads(schema("ledger-score")))
