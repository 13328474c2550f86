"""A provider of our own on 127.0.0.1, which misbehaves as it is told."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

__all__ = ["Reply", "Server", "serving"]


@dataclass(frozen=True)
class Reply:
    """One answer: status, body, headers; or a way of not giving one."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    way: str = "whole"
    """`whole`, `hang` (no answer in time), `reset` (closed before a word), `torn` (half of what Content-Length promises)."""


@dataclass
class Server:
    """What was asked, in order, and what is answered: the replies in turn, the last one again and again."""

    address: str
    replies: list[Reply]
    asked: list[str] = field(default_factory=list)
    aside: dict[str, Reply] = field(default_factory=dict)
    """What is answered to paths that end so, whatever the script says: the lists that some clients ask for first."""

    def next(self) -> Reply:
        """Return the reply to the request just noted."""
        return self.replies[min(len(self.asked), len(self.replies)) - 1]


class _Handler(BaseHTTPRequestHandler):
    script: Server

    def do_GET(self) -> None:
        """Answer as the script says."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        reply = next((reply for end, reply in self.script.aside.items() if self.path.endswith(end)), None)
        if reply is None:
            self.script.asked.append(self.path)
            reply = self.script.next()
        if reply.way == "hang":
            time.sleep(1.0)
        if reply.way in ("hang", "reset"):
            self.close_connection = True
            self.connection.close()
            return
        self.send_response(reply.status)
        for name, value in ({"Content-Length": str(len(reply.body))} | reply.headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.body[: len(reply.body) // 2] if reply.way == "torn" else reply.body)

    do_POST = do_GET  # noqa: N815 - the library calls it so

    def finish(self) -> None:
        """Close quietly: the connection may be gone already, which was the point."""
        try:
            super().finish()
        except (OSError, ValueError):
            self.rfile.close()

    def log_message(self, *words: object) -> None:
        """Say nothing."""


class _Http(ThreadingHTTPServer):
    block_on_close = False
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a client that hung up is what some faults are."""


@contextmanager
def serving(*replies: Reply, aside: dict[str, Reply] | None = None) -> Iterator[Server]:
    """Serve these replies in turn on a free port."""
    with _Http(("127.0.0.1", 0), type("Handler", (_Handler,), {})) as http:
        server = Server(f"http://127.0.0.1:{http.server_port}", list(replies), aside=aside or {})
        http.RequestHandlerClass.script = server
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            http.shutdown()
            thread.join()
