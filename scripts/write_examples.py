"""Write the examples of `docs/commands.md` anew from what the commands print on the packaged sample."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

from click.testing import CliRunner

from crosscurrent.cli import cli

PAGE = Path(__file__).resolve().parents[1] / "docs" / "commands.md"


def example(command: str) -> str:
    """Return what a command prints, as the page shows it."""
    words = shlex.split(command)[1:]
    done = CliRunner().invoke(cli, words, catch_exceptions=False)
    document = json.loads(done.stdout)
    return json.dumps(document["changes"][0] if words[0] == "rates" else document, indent=1, ensure_ascii=False)


def renewed(match: re.Match[str]) -> str:
    """Return a block of command and example with the example written anew."""
    return f"```sh\n{match['command']}```\n\n```json\n{example(match['command'])}\n```"


if __name__ == "__main__":
    blocks = re.compile(r"```sh\n(?P<command>[^`]*)```\n\n```json\n(?P<old>[^`]*)```")
    PAGE.write_text(blocks.sub(renewed, PAGE.read_text("utf-8")), "utf-8")
