"""The ledger: only ever added to, and any change of what was written is told with its place."""

import sqlite3

import numpy as np
import pytest

from crosscurrent.errors import BrokenLedger, CrosscurrentError, StorageError
from crosscurrent.evaluate.ledger import Ledger

NOW = np.datetime64("2025-01-18T12:00:00", "s")


@pytest.fixture
def ledger(tmp_path):
    kept = Ledger(tmp_path / "ledger.sqlite", patience=1.0)
    for n in range(8):
        kept.append([("note", {"n": n, "text": f"note {n}"})], NOW)
    return kept


def test_what_was_appended_is_there_in_order(ledger):
    notes = [e for e in ledger.entries() if e.kind == "note"]
    assert [e.payload["n"] for e in notes] == list(range(8))
    head, broken = ledger.verify()
    assert broken is None
    assert head == ledger.head()


@pytest.mark.parametrize(
    "statement", ["UPDATE entry SET payload = '{}' WHERE id = 3", "DELETE FROM entry WHERE id = 3"]
)
def test_update_and_delete_are_refused(ledger, statement):
    with sqlite3.connect(ledger.path) as database, pytest.raises(sqlite3.DatabaseError):
        database.execute(statement)
    assert ledger.verify()[1] is None


def unguarded(ledger):
    """Return a connection on which the triggers have been dropped, as somebody who tampers would."""
    database = sqlite3.connect(ledger.path, isolation_level=None)
    for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        database.execute(f'DROP TRIGGER "{name}"')
    return database


def test_each_of_many_random_edits_is_found(ledger, tmp_path):
    rng = np.random.default_rng(7)
    original = ledger.path.read_bytes()
    head = ledger.head()
    for _ in range(100):
        database = unguarded(ledger)
        place = int(rng.integers(1, 10))
        column = rng.choice(["recorded_at", "kind", "payload", "previous", "hash"])
        (old,) = database.execute(f"SELECT {column} FROM entry WHERE id = ?", (place,)).fetchone()
        at = int(rng.integers(0, len(old)))
        new = old[:at] + chr((ord(old[at]) + 1 - 32) % 90 + 32) + old[at + 1 :]
        database.execute(f"UPDATE entry SET {column} = ? WHERE id = ?", (new, place))
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()
        assert ledger.verify(head)[1] is not None, (column, place, old, new)
        ledger.path.write_bytes(original)


def test_a_truncation_is_found_against_a_head_kept_elsewhere(ledger):
    head = ledger.head()
    database = unguarded(ledger)
    database.execute("DELETE FROM entry WHERE id = (SELECT max(id) FROM entry)")
    database.close()
    assert ledger.verify(head)[1] is not None


def test_nothing_is_built_on_a_broken_chain(ledger):
    database = unguarded(ledger)
    database.execute("UPDATE entry SET payload = '{}' WHERE id = (SELECT max(id) FROM entry)")
    database.close()
    with pytest.raises(BrokenLedger):
        ledger.append([("note", {"n": 9})], NOW)


def test_a_path_that_cannot_be_written_is_a_storage_error(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError):
        Ledger(tmp_path / "file" / "ledger.sqlite").append([("note", {})], NOW)


def test_a_file_that_is_no_ledger_is_refused(tmp_path):
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(b"not a database at all" * 100)
    with pytest.raises(CrosscurrentError):
        Ledger(path).append([("note", {})], NOW)
    assert path.read_bytes() == b"not a database at all" * 100
