"""The commands, one a file; each is imported only when it is called, so that help comes at once."""

from __future__ import annotations

import gc
import importlib
import sys

import click

from crosscurrent.errors import BrokenRule, CrosscurrentError

__all__ = ["COMMANDS", "main"]

COMMANDS: dict[str, str] = {
    "note": "Write a desk's note: HTML, Markdown, JSON and charts.",
    "publish": "Put a desk's note on a site of notes: index, archive, scorecard, feed.",
    "facts": "List every fact of a market that was known by a date.",
    "correlate": "Tell how two markets move together, beside chance.",
    "rates": "Tell what yields did and what policy path is priced in.",
    "rarity": "Tell how rare a market's latest moves are, and since when the largest.",
    "curve": "Tell the yield curve: slopes, their moves by name, real yields.",
    "drivers": "Split a market's move into what rates, what others explain, and what is left.",
    "events": "Tell the week's releases and what markets did around them.",
    "lookahead": "Put an indicator or detector of your own through the no-repaint checks.",
    "ladder": "Print what each price of the next session would mean.",
    "setups": "Print trades one could take, and what would prove them wrong.",
    "replay": "Print the setups of every past close, and what became of them.",
    "filter-worth": "Tell what the rates filter adds to the setups, beside chance.",
    "ledger": "Look at the record: list it, verify it, score it, export it.",
    "study": "Tell what came after each kind of fact, beside chance.",
    "trap": "Tell how likely each break was to fail, and whether saying so is worth anything.",
    "audit": "Check other people's statements against the data: one verdict each.",
    "scan": "Write every fact of a universe of markets as Parquet.",
    "screen": "Ask a scan which markets show something.",
    "watch": "Follow a desk and tell, once, what each close makes true.",
    "serve": "Serve the live desk in a browser, on this machine.",
    "data": "Look at the data: check what is there.",
}
"""The commands with their one-line help; a command `x` lives in `cli/x.py` as the function `x`."""


class Lazy(click.Group):
    """A group that knows its commands by name and imports one when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names, in the order of `COMMANDS`."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Import a command; an unknown one is None, which click reports with exit code 2."""
        if name not in COMMANDS:
            return None
        module = importlib.import_module(f"crosscurrent.cli.{name.replace('-', '_')}")
        command: click.Command = getattr(module, name.replace("-", "_"))
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="crosscurrent")
def cli() -> None:
    """Write the market analyst's intermarket note from data: point in time, every number grounded, beside chance."""


SELDOM = (100_000, 50, 50)
"""What a command makes mostly lives as long as it does: looking for dead circles among it as often as usual costs a tenth of a note."""


def main() -> None:
    """Run the command line; an error becomes one sentence on standard error and its exit code."""
    gc.set_threshold(*SELDOM)
    try:
        cli(standalone_mode=False)
    except CrosscurrentError as fault:
        if isinstance(fault, BrokenRule):
            raise
        click.echo(f"crosscurrent: {fault}", err=True)
        sys.exit(fault.exit_code)
    except click.ClickException as fault:
        fault.show()
        sys.exit(fault.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("crosscurrent: stopped.", err=True)
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(0)
