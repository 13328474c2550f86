"""`crosscurrent audit CLAIMS`: other people's statements, checked."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crosscurrent.cli.options import as_of_option, data_option, json_option, print_json, the_day
from crosscurrent.errors import RequestError

if TYPE_CHECKING:
    from crosscurrent.audit import Audit
    from crosscurrent.audit.verdicts import Verdict

__all__ = ["audit"]


@click.command()
@click.argument("claims", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@data_option
@as_of_option
@click.option(
    "--text",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Draft claims from prose instead; nothing is judged.",
)
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write an HTML page too, with the chart of each claim.",
)
@json_option
def audit(
    claims: Path | None,
    data: str,
    as_of: str | None,
    text: Path | None,
    report: Path | None,
    as_json: bool,
) -> None:
    """Check the statements in CLAIMS (YAML or JSON) against the data: one verdict each.

    Ends with 1 when a claim fails or could not be read. --as-of is the date of claims that name none.
    """
    if (claims is None) == (text is None):
        raise RequestError("Name a file of claims, or with --text one of prose to draft claims from: one of the two.")
    if text is not None:
        _draft(text, as_of, as_json)
        return
    from crosscurrent.audit import audit as checked
    from crosscurrent.sources import open_source

    day = the_day(as_of)
    found = checked(claims, open_source(data), default_day=day)
    if report is not None:
        from crosscurrent.publish.audit_page import write_audit

        write_audit(found, report)
    if as_json:
        print_json(found.to_json())
    else:
        for verdict in found.verdicts:
            _print(verdict)
        _print_sum(found)
    if found.has_findings:
        sys.exit(1)


def _print(verdict: Verdict) -> None:
    from crosscurrent.audit.document import shown

    code = f"({verdict.code})" if verdict.code != "ok" else ""
    head = " ".join(t for t in (verdict.kind, *verdict.markets, verdict.session) if t)
    word = verdict.verdict.replace("_", " ").upper()
    click.echo(f"{shown(verdict.id, 60):<8} {word:<12} {code:<19} {shown(head, 80)}")
    for name, told in (
        ("", verdict.reason),
        ("remark", verdict.remark),
        ("by", verdict.definition),
        ("tolerance", verdict.tolerance),
    ):
        if told:
            click.echo(f"    {name + ': ' if name else ''}{shown(told, 900)}")


def _print_sum(found: Audit) -> None:
    n = len(found.verdicts)
    told = ", ".join(f"{count} {word.replace('_', ' ')}" for word, count in found.counts().items())
    click.echo(f"{n} claim{'' if n == 1 else 's'}: {told}")


def _draft(text: Path, as_of: str | None, as_json: bool) -> None:
    from crosscurrent.audit.drafting import draft

    the_day(as_of)
    drafted = draft(text.read_text("utf-8", errors="replace"), as_of)
    if as_json:
        print_json(drafted.to_json())
    else:
        click.echo(drafted.to_yaml(), nl=False)
