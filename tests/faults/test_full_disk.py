"""A disk that is full, read-only or in the way: exit code 5, one sentence, and the old note is intact."""

from __future__ import annotations

import hashlib
import resource
import subprocess
import sys
from pathlib import Path

import pytest

CODE = "from crosscurrent.cli import main; main()"


def write(folder: Path, most_bytes: int | None = None) -> subprocess.CompletedProcess[str]:
    """Write the sample's note, with a limit on the size of a file as a full disk sets one."""
    limit = None if most_bytes is None else lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))
    words = [sys.executable, "-c", CODE, "note", "--out", str(folder)]
    return subprocess.run(words, capture_output=True, text=True, preexec_fn=limit)


def checksums(folder: Path) -> dict[str, str]:
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_a_full_disk_leaves_the_old_note(tmp_path):
    assert write(tmp_path).returncode == 0
    before = checksums(tmp_path)
    done = write(tmp_path, most_bytes=50_000)
    assert done.returncode == 5, done.stderr
    assert "Traceback" not in done.stderr
    assert checksums(tmp_path) == before


def test_a_file_where_the_folder_should_be(tmp_path):
    (tmp_path / "out").write_text("in the way")
    done = write(tmp_path / "out")
    assert done.returncode == 5
    assert (tmp_path / "out").read_text() == "in the way"


@pytest.mark.skipif(
    not Path("/proc/version").exists(), reason="needs a file system that refuses writing, as /proc does"
)
def test_a_file_system_that_refuses(tmp_path):
    done = write(Path("/proc/crosscurrent-note"))
    assert done.returncode == 5
    assert "Traceback" not in done.stderr
