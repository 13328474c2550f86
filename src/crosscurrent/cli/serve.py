"""`crosscurrent serve`: the live desk in a browser, on this machine."""

from __future__ import annotations

import socket
from pathlib import Path

import click

from crosscurrent.cli.ledger import ledger_option, now, open_ledger
from crosscurrent.cli.options import data_option
from crosscurrent.errors import MissingData, RequestError

__all__ = ["serve"]

LOOPBACK = "127.0.0.1"
BACKLOG = 128
"""Requests that wait while the desk starts: its address can be opened from the moment it is printed."""


@click.command()
@click.option(
    "--desk",
    default="rates-and-equities",
    show_default=True,
    metavar="NAME|FILE",
    help="A desk by name, or a TOML file.",
)
@data_option
@click.option("--port", default=8765, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option(
    "--outbox", type=click.Path(dir_okay=False, path_type=Path), help="The alerts of a watch. Default: the user's data."
)
@ledger_option
def serve(desk: str, data: str, port: int, outbox: Path | None, file: Path | None) -> None:
    """Serve the live desk on this machine alone and print its address, which holds a secret; Ctrl-C ends it."""
    try:
        import uvicorn

        from crosscurrent.web.app import Setting, app_of, new_token
    except ImportError:
        raise MissingData(
            "The web framework", "this installation", "Install the extra: pip install 'crosscurrent[web]'."
        ) from None
    from crosscurrent.cli.watch import outbox_file
    from crosscurrent.sources import open_source
    from crosscurrent.sources.desks import read_desk
    from crosscurrent.watch.outbox import Outbox

    chosen = read_desk(desk)
    open_source(data, now())  # what cannot be opened is told before anything listens
    with _listening(port) as listener:
        taken = listener.getsockname()[1]
        token = new_token()
        setting = Setting(
            chosen, lambda: open_source(data, now()), (f"{LOOPBACK}:{taken}", f"localhost:{taken}"), token,
            open_ledger(file), Outbox(outbox or outbox_file()),
        )  # fmt: skip
        click.echo(f"http://{LOOPBACK}:{taken}/?token={token}")
        server = uvicorn.Server(
            uvicorn.Config(
                app_of(setting),
                log_level="warning",
                server_header=False,
                date_header=False,
                timeout_graceful_shutdown=1,
            )
        )
        server.run(sockets=[listener])


def _listening(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise RequestError(
            f"Port {port} is taken, perhaps by another desk. Name another with --port, or 0 for a free one."
        ) from None
    return listener
