"""The record under kills, forgery, crowds, a full disk and a read-only one."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest

from crosscurrent.evaluate.ledger import Ledger

ROOT = Path(__file__).resolve().parents[2]
NOW = np.datetime64("2025-01-17T22:05:00", "s")


def benchmark(*options: str) -> tuple[int, dict]:
    done = subprocess.run(
        [sys.executable, str(ROOT / "benchmarks" / "ledger_kills.py"), *options], capture_output=True, text=True
    )
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def test_kills_lose_nothing_acknowledged_edits_and_cuts_are_found_and_a_crowd_meets_no_error():
    status, told = benchmark("--kills", "25", "--edits", "1000", "--cuts", "40", "--commits", "80")
    assert status == 0, told
    assert told["kills"]["acknowledged"] > 0
    assert told["edits"] == {"edits": 1000, "found": 1000, "named": 1000, "false_alarms": 0}
    assert told["cuts"] == {"cuts": 40, "found": 40, "found_without_head": 0, "false_alarms": 0}
    assert told["crowd"] == {"commits": 80, "written": 80, "errors": 0}


def test_a_writer_that_acknowledges_too_early_is_caught():
    status, told = benchmark("--kills", "10", "--edits", "0", "--cuts", "0", "--commits", "0", "--acknowledge-early")
    assert status == 1
    assert told["kills"]["lost"] > 0


LIMITED = """
import resource, sys
import crosscurrent.cli.ledger, crosscurrent.evaluate.ledger.recording
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
sys.argv[1:] = sys.argv[2:]
crosscurrent.cli.main()
"""
AS_NOBODY = """
import os, sys
import crosscurrent.cli.ledger, crosscurrent.evaluate.ledger.recording, crosscurrent.evaluate.ledger.exporting
if os.getuid() == 0:
    os.setgid(65534); os.setuid(65534)
crosscurrent.cli.main()
"""


def ended(code: str, *command: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-c", code, *command], capture_output=True, text=True, cwd="/")


@pytest.fixture
def kept():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        ledger = Ledger(folder / "ledger.sqlite")
        ledger.append([("note", {"desk": "d", "as_of": "2025-01-17", "title": "t", "document": "x" * 60_000})], NOW)
        yield ledger
        folder.chmod(0o755)


@pytest.mark.parametrize("room", [0, 100, 4096, 20_000, 32_768, 40_000, 70_000])
def test_a_full_disk_ends_with_5_and_leaves_the_record_intact(kept, room):
    head = kept.head()
    done = ended(LIMITED, str(room), "ledger", "correct", "2", "--reason", "y" * 80_000, "--ledger", str(kept.path))
    assert done.returncode == 5, (done.stdout, done.stderr)
    assert "intact" in done.stderr
    assert kept.verify(head) == (head, None)
    assert kept.append([("correction", {"refers_to": 2, "reason": "room again"})], NOW)[0].id == 3


def test_room_enough_is_no_fault(kept):
    done = ended(LIMITED, "10000000", "ledger", "correct", "2", "--reason", "y" * 80_000, "--ledger", str(kept.path))
    assert (done.returncode, done.stdout) == (0, "entry 3\n"), done.stderr


def test_a_read_only_disk_is_read_and_a_write_ends_with_5(kept):
    head = kept.head()
    for beside in kept.path.parent.glob("ledger.sqlite-*"):
        beside.unlink()
    kept.path.chmod(0o444)
    kept.path.parent.chmod(0o555)
    file = ("--ledger", str(kept.path))
    done = ended(AS_NOBODY, "ledger", "correct", "2", "--reason", "y", *file)
    assert done.returncode == 5, (done.stdout, done.stderr)
    done = ended(AS_NOBODY, "ledger", "verify", *file)
    assert (done.returncode, str(head) in done.stdout) == (0, True), done.stderr
    assert kept.verify(head) == (head, None)


def test_a_folder_that_may_not_be_made_ends_with_5(kept):
    kept.path.parent.chmod(0o555)
    done = ended(AS_NOBODY, "ledger", "correct", "2", "--reason", "y", "--ledger", str(kept.path))
    assert done.returncode == 5, (done.stdout, done.stderr)
    with pytest.raises(Exception, match="folder cannot be made"):
        Ledger(Path(os.devnull) / "x" / "ledger.sqlite").append([("note", {})], NOW)


def test_two_who_publish_at_once_come_one_after_the_other(kept):
    code = (
        "import sys, numpy as np; from pathlib import Path; from crosscurrent.evaluate.ledger import Ledger\n"
        "from crosscurrent.evaluate.ledger.recording import publish\n"
        "document = {'desk': 'd', 'as_of': '2025-01-24', 'title': {'text': sys.argv[2]}}\n"
        "print(len(publish(Ledger(Path(sys.argv[1])), document, (), {}, np.datetime64('2025-01-24T22:05:00'))))"
    )
    titles = ("one", "one", "two")
    running = [
        subprocess.Popen([sys.executable, "-c", code, str(kept.path), t], stdout=subprocess.PIPE, text=True)
        for t in titles
    ]
    added = [int(p.communicate()[0]) for p in running]
    assert sum(added) == 2  # the same document twice is one entry
    assert kept.verify()[1] is None
    assert sorted(e.payload["title"] for e in kept.entries() if e.payload.get("as_of") == "2025-01-24") == [
        "one",
        "two",
    ]
