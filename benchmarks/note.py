"""What a note costs: the whole process, from the shell's prompt to the files, and `--help`; compiled caches in place.

Run `python benchmarks/note.py [--data DIR]`. With a folder of files it measures the desk `rates-and-equities` there too.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 5
CODE = "from crosscurrent.cli import main; main()"


def seconds(*words: str) -> float:
    """Return the wall time of one command in a process of its own."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", CODE, *words], check=True, capture_output=True, env=environment)
    return time.perf_counter() - start


def row(name: str, *words: str) -> str:
    """Return a line of the table: the median and the spread over a few runs, after one that warms the caches."""
    seconds(*words)
    taken = [seconds(*words) for _ in range(RUNS)]
    return f"| {name} | {statistics.median(taken):.2f} s | {min(taken):.2f} to {max(taken):.2f} s |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="a folder of files with the markets of rates-and-equities")
    parser.add_argument("--as-of", default="2025-01-17")
    chosen = parser.parse_args()
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}\n")
    print("| command | median | range |\n|---|--:|--:|")
    with tempfile.TemporaryDirectory() as folder:
        print(row("`crosscurrent --help`", "--help"))
        print(row("note, sample desk", "note", "--out", folder))
        if chosen.data:
            words = ("note", "--desk", "rates-and-equities", "--data", str(chosen.data), "--as-of", chosen.as_of)
            print(row("note, rates-and-equities", *words, "--out", folder))
    print(f"\npeak memory of a run: {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
