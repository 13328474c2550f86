"""The ledger under kills, crowds and forgery: what was acknowledged is there, what was changed is found.

    python benchmarks/ledger_kills.py [--kills 200] [--edits 1000] [--cuts 200] [--commits 500] [--seed 0] [--acknowledge-early]

Kills: a child appends without pause and acknowledges each append on a pipe; after a few of them it is killed (SIGKILL) at a random moment. Then
every acknowledged entry must be there and the whole record sound. Every fifth kill meets a ledger that is only being made. Edits: an
alien connection drops the guards, changes one stored field and puts the guards back; `verify` must name the entry. Cuts: it deletes
the last entries, or those and writes others in their place; `verify` with the head that was kept must tell. Crowd: four writers and
four readers at once. `--acknowledge-early` is the counter-example: a child that acknowledges first and writes then.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from crosscurrent.evaluate.ledger.store import GUARDS, Ledger

NOW = np.datetime64("2025-01-17T22:05:00", "s")
MOST_APPENDS = 20
"""A child is killed in the midst of one of its first so many appends: however loaded the machine is, it has written."""
FIELDS = ("id", "recorded_at", "kind", "payload", "previous", "hash")


def draft(number: int) -> list[tuple[str, dict[str, object]]]:
    """Return a note and a setup of realistic size."""
    return [
        ("note", {"desk": "d", "as_of": "2025-01-17", "document": {"text": "x" * 5000, "n": number}}),
        ("setup", {"n": number, "r": -1.25}),
    ]


def in_child(work: Callable[[], None]) -> int:
    """Run work in a child process and return its number."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            work()
            status = 0
        except Exception as fault:
            print(f"{type(fault).__name__}: {fault}", file=sys.stderr, flush=True)
        finally:
            os._exit(status)
    return child


def write_without_pause(path: Path, pipe: int, early: bool) -> None:
    """Append for ever; after each append (or, dishonestly, before) tell its last entry."""
    number = 0
    while True:
        number += 1
        if early:
            os.write(pipe, f"{number} early\n".encode())
        last = Ledger(path).append(draft(number), NOW)[-1]
        if not early:
            os.write(pipe, f"{last.id} {last.hash}\n".encode())


def killed(path: Path, rng: random.Random, early: bool) -> tuple[int, int, int]:
    """Kill one writer and return how many entries were acknowledged, how many of them are lost, and whether the record is unsound."""
    read, write = os.pipe()
    child = in_child(lambda: write_without_pause(path, write, early))
    os.close(write)
    with os.fdopen(read) as pipe:
        told = [pipe.readline() for _ in range(rng.randrange(MOST_APPENDS))]
        time.sleep(rng.uniform(0.0, 0.01))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        acknowledged = [line.split() for line in (*told, *pipe.read().splitlines()) if line]
    if early:
        here = sum(e.kind == "setup" for e in Ledger(path).entries()) if path.exists() else 0
        return len(acknowledged), max(0, len(acknowledged) - here), 0
    head, broken = Ledger(path).verify() if path.exists() else (None, None)
    is_unsound = broken is not None and (head is None or head.entries > 0 or bool(acknowledged))
    hashes = {str(e.id): e.hash for e in Ledger(path).entries()} if acknowledged else {}
    return len(acknowledged), sum(hashes.get(n) != h for n, h in acknowledged), int(is_unsound)


def kills(folder: Path, n: int, rng: random.Random, early: bool) -> dict[str, int]:
    """Return what `n` kills did."""
    path, told = folder / "0" / "ledger.sqlite", {"kills": n, "acknowledged": 0, "lost": 0, "corrupt": 0}
    for i in range(n):
        if i % 5 == 0 or early:
            path = folder / str(i) / "ledger.sqlite"
        for name, value in zip(("acknowledged", "lost", "corrupt"), killed(path, rng, early), strict=True):
            told[name] += value
    return told


def forged(text: str, rng: random.Random) -> str:
    """Return a text with one character changed, added or taken away."""
    at, new = rng.randrange(len(text)), rng.choice("0123456789abcdef {}\"'Zé\x00")
    other = (text[:at] + new + text[at + 1 :], text[:at] + new + text[at:], text[:at] + text[at + 1 :])
    return next((o for o in rng.sample(other, 3) if o != text), text + new)


def edits(folder: Path, n: int, rng: random.Random) -> dict[str, int]:
    """Return how many of `n` edits `verify` found, and of how many it named the very entry."""
    whole, path = folder / "whole.sqlite", folder / "edited.sqlite"
    for i in range(6):
        Ledger(whole).append(
            draft(i)[1:] if i % 2 else [("note", {"desk": "d", "title": f"é{i}", "x": [1.5, None, True]})], NOW
        )
    entries = Ledger(whole).entries()
    told = {"edits": n, "found": 0, "named": 0, "false_alarms": int(Ledger(whole).verify()[1] is not None)}
    for _ in range(n):
        shutil.copy(whole, path)
        entry, field = rng.choice(entries), rng.choice(FIELDS)
        _edit(path, entry.id, field, len(entries), rng)
        broken = Ledger(path).verify()[1]
        told["found"] += broken is not None
        told["named"] += broken is not None and (broken.entry == entry.id or field == "id")
    return told


def _edit(path: Path, number: int, field: str, n: int, rng: random.Random) -> None:
    alien = sqlite3.connect(path, isolation_level=None)
    for name in GUARDS:
        alien.execute(f"DROP TRIGGER {name}")
    (old,) = alien.execute(f"SELECT {field} FROM entry WHERE id = ?", (number,)).fetchone()
    new = rng.choice([-1, 0, n + 1, n + 100]) if field == "id" else forged(old, rng)
    alien.execute(f"UPDATE entry SET {field} = ? WHERE id = ?", (new, number))
    for guard in GUARDS.values():
        alien.execute(guard)
    alien.close()


def cuts(folder: Path, n: int, rng: random.Random) -> dict[str, int]:
    """Return how many of `n` truncations `verify` found with the head that was kept, and how many it could see without one."""
    whole, path = folder / "long.sqlite", folder / "cut.sqlite"
    for i in range(10):
        Ledger(whole).append(draft(i)[1:], NOW)
    kept = Ledger(whole).head()
    told = {
        "cuts": n,
        "found": 0,
        "found_without_head": 0,
        "false_alarms": int(Ledger(whole).verify(kept)[1] is not None),
    }
    for _ in range(n):
        shutil.copy(whole, path)
        _cut(path, rng.randrange(1, kept.entries))
        if rng.random() < 0.5:
            Ledger(path).append(draft(99)[1:] * rng.randrange(1, 12), NOW)
        told["found"] += Ledger(path).verify(kept)[1] is not None
        told["found_without_head"] += Ledger(path).verify()[1] is not None
    return told


def _cut(path: Path, last: int) -> None:
    alien = sqlite3.connect(path, isolation_level=None)
    alien.execute("DROP TRIGGER entry_is_never_deleted")
    alien.execute("DELETE FROM entry WHERE id > ?", (last,))
    alien.execute(GUARDS["entry_is_never_deleted"])
    alien.close()


def crowd(folder: Path, commits: int) -> dict[str, int]:
    """Return the errors of four writers and four readers at once, and whether all that was written is there."""
    path = folder / "crowd.sqlite"

    def write() -> None:
        for i in range(commits // 4):
            Ledger(path).append(draft(i)[1:], NOW)

    def read() -> None:
        for _ in range(commits // 4):
            if path.exists() and path.stat().st_size:
                Ledger(path).head()
                Ledger(path).verify()
            time.sleep(0.002)

    children = [in_child(work) for work in (write, read) for _ in range(4)]
    errors = sum(os.waitpid(child, 0)[1] != 0 for child in children)
    return {"commits": 4 * (commits // 4), "written": len(Ledger(path).entries()) - 1, "errors": errors}


def main() -> int:
    """Run what was asked for and print one JSON document; 1 when a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("kills", 200), ("edits", 1000), ("cuts", 200), ("commits", 500), ("seed", 0)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--acknowledge-early", action="store_true")
    asked = parser.parse_args()
    rng = random.Random(asked.seed)
    with tempfile.TemporaryDirectory() as name:
        folder, started = Path(name), time.perf_counter()
        told: dict[str, dict[str, int]] = {"kills": kills(folder, asked.kills, rng, asked.acknowledge_early)}
        if asked.edits:
            told["edits"] = edits(folder, asked.edits, rng)
        if asked.cuts:
            told["cuts"] = cuts(folder, asked.cuts, rng)
        if asked.commits:
            told["crowd"] = crowd(folder, asked.commits)
        print(json.dumps(told | {"seconds": round(time.perf_counter() - started, 1)}))
    bad = told["kills"]["lost"] + told["kills"]["corrupt"] + told.get("crowd", {}).get("errors", 0)
    missed = sum(told[name][name] - told[name]["found"] for name in ("edits", "cuts") if name in told)
    return int(bad + missed > 0)


if __name__ == "__main__":
    sys.exit(main())
