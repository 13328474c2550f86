"""The archive and a compacted universe under rewrites and kills, by the benchmark that does it at full size."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def benchmark(*options: str) -> tuple[int, dict]:
    command = [sys.executable, str(ROOT / "benchmarks" / "archive_kills.py"), *options]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def test_no_read_is_torn_by_a_rewrite_or_a_kill():
    status, told = benchmark("--reads", "600", "--kills", "12")
    assert status == 0, told
    assert told["reads"]["reads"] >= 600 and told["reads"]["rewrites"] > 0 and told["kills"]["acknowledged"] > 0


def test_a_writer_that_writes_into_the_files_is_caught():
    status, told = benchmark("--reads", "600", "--kills", "12", "--write-in-place")
    assert status == 1
    assert told["reads"]["failed"] + told["reads"]["torn"] + told["kills"]["failed"] > 0
