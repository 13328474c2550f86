"""The same command writes the same bytes: in any process, time zone, locale and hash seed."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

SETTINGS = (
    {"PYTHONHASHSEED": "0", "TZ": "UTC", "LANG": "C", "LC_ALL": "C"},
    {"PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo", "LANG": "de_DE.UTF-8", "LC_ALL": "de_DE.UTF-8"},
    {"PYTHONHASHSEED": "2", "TZ": "America/Chicago", "LANG": "tr_TR.UTF-8", "LC_ALL": "C.UTF-8"},
)


def written(folder: Path, settings: dict[str, str]) -> dict[str, str]:
    """Run the command in its own process and return the checksum of each file it wrote."""
    command = [
        sys.executable,
        "-c",
        "from crosscurrent.cli import main; main()",
        "note",
        "--desk",
        "sample",
        "--out",
        str(folder),
    ]
    subprocess.run(command, env=os.environ | settings, check=True, capture_output=True)
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def test_the_sample_note_is_the_same_everywhere(tmp_path):
    first, *others = (written(tmp_path / str(n), settings) for n, settings in enumerate(SETTINGS))
    assert {"note.html", "note.md", "note.json"} <= set(first)
    assert any(name.endswith(".svg") for name in first)
    assert any(name.endswith(".png") for name in first)
    for other in others:
        assert other == first
