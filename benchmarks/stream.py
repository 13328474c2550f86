"""Fifty readers on the desk's stream, cut off and resumed again and again: what each has seen at the end, and what the desk has grown by.

    python benchmarks/stream.py --seconds 600

A writer puts an alert into the outbox every half second, as a watch would. Each reader drops its connection at random and comes back
with the number of the last alert it has. Ends with 1 when an alert was lost or came twice to anyone, or the desk grew by 20 MB.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx2
import numpy as np

from crosscurrent.watch.alert import Alert
from crosscurrent.watch.outbox import Outbox

MOST_GROWTH_MB = 20
SETTLED = 15
"""Seconds after which all readers have been there once: growth counts from then."""


def memory_mb(pid: int) -> float:
    """Return the resident memory of a process."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * 4096 / 1e6


async def read(base: str, cookies: dict[str, str], seen: list[int], until: float, rng: random.Random) -> None:
    """Read the stream until a moment, dropping it now and then, and keep the numbers of what came."""
    clock = asyncio.get_running_loop().time
    last = "0"
    async with httpx2.AsyncClient(cookies=cookies, timeout=30) as client:
        while clock() < until:
            drop = min(clock() + rng.uniform(2, 30), until)
            try:
                async with (
                    asyncio.timeout_at(drop),
                    client.stream("GET", f"{base}/api/events", headers={"last-event-id": last}) as answer,
                ):
                    kind = ""
                    async for line in answer.aiter_lines():
                        name, _, value = line.partition(": ")
                        last = value if name == "id" else last
                        kind = value if name == "event" else kind
                        if name == "data" and kind == "alert":
                            seen.append(int(last))
            except (TimeoutError, httpx2.HTTPError):
                pass


async def write(outbox: Outbox, until: float) -> int:
    """Put alerts into the outbox, the last some seconds before the end, and return how many there are."""
    clock, count = asyncio.get_running_loop().time, 0
    while clock() < until - 8:
        count += 1
        alert = Alert("sample", "IXIC", "level_break", "2006-08-18", f"Alert {count}.", str(count))
        await asyncio.to_thread(
            outbox.keep, "sample", np.datetime64("2006-08-18"), [alert], np.datetime64("2006-08-18T21:00")
        )
        await asyncio.sleep(0.5)
    return count


async def measure(base: str, token: str, pid: int, outbox: Outbox, seconds: float, readers: int) -> bool:
    """Run readers and writer together and tell what was lost and how memory went."""
    until = asyncio.get_running_loop().time() + seconds
    seen: list[list[int]] = [[] for _ in range(readers)]
    tasks = [
        asyncio.create_task(read(base, {"crosscurrent": token}, each, until, random.Random(k)))
        for k, each in enumerate(seen)
    ]
    writer = asyncio.create_task(write(outbox, until))
    await asyncio.sleep(SETTLED)
    start = peak = memory_mb(pid)
    while not writer.done():
        await asyncio.sleep(2)
        peak = max(peak, memory_mb(pid))
    count = await writer
    await asyncio.gather(*tasks)
    wanted = list(range(1, count + 1))
    lost = sum(len(set(wanted) - set(each)) for each in seen)
    twice = sum(len(each) - len(set(each)) for each in seen)
    print(
        f"{readers} readers, {seconds:.0f} s, {count} alerts: {lost} lost, {twice} twice; memory {start:.1f} MB, peak {peak:.1f} MB, growth {peak - start:.1f} MB"
    )
    return lost == twice == 0 and peak - start < MOST_GROWTH_MB


def main() -> None:
    """Start a desk of its own, measure it, and end it."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--seconds", type=float, default=600)
    asked.add_argument("--readers", type=int, default=50)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "outbox.sqlite"
        command = [
            sys.executable,
            "-c",
            "from crosscurrent.cli import main; main()",
            "serve",
            "--desk",
            "sample",
            "--data",
            "sample",
        ]
        desk = subprocess.Popen([*command, "--port", "0", "--outbox", str(file)], stdout=subprocess.PIPE, text=True)
        try:
            base, token = desk.stdout.readline().strip().split("/?token=")
            is_good = asyncio.run(measure(base, token, desk.pid, Outbox(file), given.seconds, given.readers))
        finally:
            desk.terminate()
            desk.wait(30)
    sys.exit(not is_good)


if __name__ == "__main__":
    main()
