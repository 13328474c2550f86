"""The same scan on a Dask cluster: the same bytes as in one process, also when a worker is killed in the middle."""

from __future__ import annotations

import json
import subprocess
import sys

from click.testing import CliRunner

from crosscurrent.cli import cli
from crosscurrent.evaluate.scan.manifest import finish
from crosscurrent.evaluate.scan.plan import ScanPlan
from crosscurrent.evaluate.scan.scanning import scan

PLAN = ScanPlan(("IXIC", "SPX", "UST10P", "UST1Y1Y"), "2003-06-13", block=1)
KILLED = """
import os, signal, sys
from pathlib import Path
import psutil
from crosscurrent.evaluate.scan.plan import ScanPlan
from crosscurrent.evaluate.scan.scanning import scan
from crosscurrent.evaluate.scan.manifest import finish

def kill(block, done=[]):
    if not done:
        done.append(block)
        workers = [p for p in psutil.Process().children(recursive=True) if "spawn_main" in " ".join(p.cmdline())]
        os.kill(workers[-1].pid, signal.SIGKILL)
        print("killed", file=sys.stderr)

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    scan("sample", ScanPlan(("IXIC", "SPX", "UST10P", "UST1Y1Y"), "2003-06-13", block=1), folder, workers=2, engine="dask", told=kill)
    print(finish(folder).sha256)
"""


def test_a_cluster_whose_worker_is_killed_gives_the_bytes_of_one_process(tmp_path):
    scan("sample", PLAN, tmp_path / "here")
    script = tmp_path / "killed.py"
    script.write_text(KILLED)
    command = [sys.executable, str(script), str(tmp_path / "there")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert "killed" in done.stderr
    assert done.stdout.strip() == finish(tmp_path / "here").sha256, done.stderr


def test_a_scheduler_that_is_away_is_named(tmp_path):
    command = ["scan", "UST1Y1Y", "--as-of", "2003-06-13", "--out", str(tmp_path), "--engine", "dask", "--json",
               "--scheduler", "tcp://127.0.0.1:9"]  # fmt: skip
    program = [sys.executable, "-c", "from crosscurrent.cli import main; main()"]
    done = subprocess.run([*program, *command], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 2, done.stderr
    assert "No Dask scheduler answers at tcp://127.0.0.1:9" in done.stderr
    local = CliRunner().invoke(cli, [*command[:6], "--workers", "1", "--json"])
    assert json.loads(local.stdout)["faults"] == []
