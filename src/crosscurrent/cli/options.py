"""The options that commands share, and the one way in which they print a document."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import click
import numpy as np

from crosscurrent.errors import BrokenRule, RequestError

__all__ = ["as_of_option", "basis_option", "data_option", "interval_option", "json_option", "print_json", "the_day"]

Decorator = Callable[[Any], Any]

data_option: Decorator = click.option(
    "--data",
    "data",
    default="sample",
    show_default=True,
    metavar="DIR|SOURCE",
    help="A folder of files, or a source by name.",
)
as_of_option: Decorator = click.option(
    "--as-of", "as_of", default=None, metavar="DATE", help="All closes labelled DATE or earlier. Default: the last one."
)
interval_option: Decorator = click.option("--interval", default="1d", show_default=True, help="1d, 1w, 1h ...")
json_option: Decorator = click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
basis_option: Decorator = click.option(
    "--basis", type=click.Choice(["traded", "adjusted"]), default=None, help="Prices as charted, or free of roll gaps."
)


def the_day(as_of: str | None) -> np.datetime64 | None:
    """Return the date that was asked for; `RequestError` for what is no date."""
    if as_of is None:
        return None
    try:
        return np.datetime64(date.fromisoformat(as_of), "D")
    except ValueError:
        raise RequestError(
            f"{as_of!r} is not a date. Write it as YYYY-MM-DD, for example 2025-01-17.", as_of=as_of
        ) from None


def print_json(document: object) -> None:
    """Print one JSON document, rounded to nothing and without a NaN (`BrokenRule`); a list has a line for each of its items."""
    if isinstance(document, list):
        click.echo("[" + ",\n ".join(_encoded(item) for item in document) + "]")
    else:
        click.echo(_encoded(document, indent=1))


def _encoded(value: object, indent: int | None = None) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent, default=_plain)
    except ValueError as fault:
        raise BrokenRule("what is undefined is null in JSON, never NaN", fault=str(fault)) from fault


def _plain(value: object) -> object:
    if isinstance(value, np.generic):
        return value.item()
    raise BrokenRule("a document holds plain values alone", value=value)
