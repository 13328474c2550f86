"""The stream: alerts as server-sent events, resumed where a reader left off."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator

from crosscurrent.watch.outbox import Outbox

__all__ = ["events"]

NUMBER = re.compile(r"[0-9]{1,18}")
PAUSE = 1.0
"""Seconds between looks into the outbox; the watch writes it from another process."""


async def events(outbox: Outbox, last: str | None, pause: float = PAUSE) -> AsyncIterator[dict[str, str]]:
    """Yield each alert once, those after number `last` first, then new ones as they come.

    An event's id is the alert's number in the outbox, so a reader that was away names the last it has and misses none. Without one
    only what comes from now on is sent. The first event bears the place too: a reader that loses the line before any alert came still resumes there.
    """
    number = int(last) if last is not None and NUMBER.fullmatch(last) else await asyncio.to_thread(outbox.newest)
    yield {"id": str(number), "event": "ready", "data": str(number)}
    while True:
        for place, alert in await asyncio.to_thread(outbox.after, number):
            number = place
            yield {"id": str(place), "event": "alert", "data": json.dumps(alert.to_json(), ensure_ascii=False)}
        await asyncio.sleep(pause)
