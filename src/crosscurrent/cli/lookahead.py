"""`crosscurrent lookahead PATH:FUNCTION`: does an indicator or detector of yours change its mind about the past?"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import click

from crosscurrent.cli.options import as_of_option, data_option, json_option, print_json
from crosscurrent.errors import MissingData, RequestError, UnknownName

__all__ = ["lookahead"]


@click.command()
@click.argument("target", metavar="PATH:FUNCTION")
@click.option(
    "--market", "markets", multiple=True, help="A market to try it on; default: every market of the data with ranges."
)
@click.option(
    "--cuts", default=50, show_default=True, type=click.IntRange(1, 10_000), help="At how many places to cut."
)
@data_option
@as_of_option
@json_option
def lookahead(target: str, markets: tuple[str, ...], cuts: int, data: str, as_of: str | None, as_json: bool) -> None:
    """Check that FUNCTION in the Python file PATH never looks ahead: a Detector, or a function from a frame of bars to a value a bar.

    Ends with 1 when it does.
    """
    import numpy as np

    from crosscurrent.cli.opening import open_markets
    from crosscurrent.evaluate.lookahead import cuts_of, leaks
    from crosscurrent.sources import open_source

    subject = _loaded(target)
    opened = open_markets(data, markets or open_source(data).markets(), as_of)
    found = []
    for name in opened.markets:
        if not opened.snapshot.has(name) or opened.snapshot.traded(name).is_close_only:
            continue
        bars, rng = opened.snapshot.traded(name), np.random.default_rng(0)
        leaked = leaks(subject, bars, cuts_of(len(bars), cuts, rng), rng)
        found += [{"market": name, "check": leak.check, "sentence": leak.sentence} for leak in leaked]
    if as_json:
        print_json({"target": target, "markets": list(opened.markets), "cuts": cuts, "leaks": found})
    else:
        for leak in found:
            click.echo(f"{leak['market']}: {leak['sentence']}")
        click.echo(
            f"{target} looks ahead."
            if found
            else f"{target} never looked ahead, on {len(opened.markets)} markets at {cuts} cuts each."
        )
    if found:
        sys.exit(1)


def _loaded(target: str) -> object:
    """Return the object that the target names, by running its file, as `python PATH` would."""
    path, _, name = target.rpartition(":")
    if not path or not name:
        raise RequestError(
            f"{target!r} is not of the form PATH:FUNCTION, for example my_indicators.py:trend.", target=target
        )
    if not Path(path).is_file():
        raise MissingData(f"The file {path}", str(Path(path).parent))
    spec = importlib.util.spec_from_file_location("crosscurrent_subject", path)
    if spec is None or spec.loader is None:
        raise RequestError(f"{path} is no Python file.", path=path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    if not hasattr(module, name):
        raise UnknownName(f"object in {path}", name, [n for n in vars(module) if not n.startswith("_")])
    return getattr(module, name)
