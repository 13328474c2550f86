"""Run the study of every kind of fact on a folder of data and write its tables, without a price, into `docs/study.md`.

    python scripts/write_study.py DATA [--out DIR]

Every market with open, high, low and close takes part, from 2000 on; copies of a market under another name, and series of closes
alone, do not. Three studies: of every kind; the same chosen until a day and judged after it; and of share indices and funds, divided by
whether the Treasury note's week agreed. With `--out` the first is also written as a page.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from crosscurrent.evaluate.inference import FEWEST
from crosscurrent.evaluate.study import ALL, THOROUGH, Design, Row, Study
from crosscurrent.evaluate.universe import markets_in
from crosscurrent.evaluate.walk_forward import WalkForward
from crosscurrent.publish.study import table_lines, verdict, write_study
from crosscurrent.sources.source import Gap

PAGE = Path(__file__).resolve().parents[1] / "docs" / "study.md"
BEGIN, END = "<!-- Written by scripts/write_study.py -->\n", "<!-- End -->\n"
SINCE = np.datetime64("2000-01-01")
CUTS = (np.datetime64("2010-12-31"), np.datetime64("2018-12-31"))
COPIES = {"NQ_backadj"}
FILTER = "ZN"


def studied(data: str) -> tuple[Study, WalkForward, Study, list[Gap], np.datetime64]:
    """Return the studies, what is missing, and the last session of any market."""
    design, gaps, last = Design(series=THOROUGH, since=SINCE), list[Gap](), SINCE
    every, walk, divided = (
        Study(design),
        WalkForward(design, CUTS),
        Study(Design(series=THOROUGH, since=SINCE, by="filter")),
    )
    for entered in markets_in(data, (), None, None, None, gaps):
        if entered.market.name not in COPIES and not entered.market.bars.is_close_only:
            every.add(entered.market)
            walk.add(entered.market)
            last = max(last, entered.market.bars.session[-1])
    for entered in markets_in(data, (), None, None, FILTER, []):
        divided.add(entered.market, entered.filtered)
    kept = [gap for gap in gaps if gap.what in every.markets]
    return every, walk, divided, kept, last


def page(data: str, out: Path | None) -> Iterator[str]:
    """Yield the generated part of the page, line by line."""
    begun = time.process_time()
    every, walk, divided, gaps, last = studied(data)
    rows, best = every.rows(), every.best()
    spent = time.process_time() - begun
    if out is not None:
        told = [{"what": gap.what, "why": gap.why} for gap in gaps]
        write_study(rows, out, tried=every.tried, markets=every.markets, gaps=told, best=best)
    yield (
        f"Run on {np.datetime64('today')} over {len(every.markets)} markets ({', '.join(every.markets)}), {SINCE} to {last}; "
        f"{spent:.0f} s of processor time."
    )
    yield f"\n{verdict(rows, every.tried)}"
    if best:
        better = ", ".join(best.superior) or "none"
        yield (
            f"The best of {best.tried} kinds taken as they say is `{best.kind}`: Hansen's p {best.p:.2f}, deflated Sharpe ratio {best.deflated:.2f}; "
            f"better one by one (Romano and Wolf): {better}."
        )
    yield from ("", *(f"- {gap}" for gap in gaps), "")
    yield from _section("First question: ten bars on, all markets together, in ATR", _first(rows))
    yield from _section("Other findings over all markets", _found(rows, together=True))
    yield from _section("Findings in single markets", _found(rows, together=False), is_single=True)
    yield from _walked(walk)
    yield from _section(
        "Divided by the Treasury note's week: findings over share indices and funds",
        _found(divided.rows(), together=True),
    )


def _first(rows: Iterable[Row]) -> list[Row]:
    asked = [row for row in rows if row.is_first and row.verdict.dates >= FEWEST]
    return sorted(asked, key=lambda row: -row.verdict.edge)


def _found(rows: Iterable[Row], *, together: bool) -> list[Row]:
    found = [
        row
        for row in rows
        if row.is_finding and (row.market == ALL) == together and not (row.is_first and row.group is None)
    ]
    return sorted(found, key=lambda row: (row.market, row.kind, row.outcome))


def _section(title: str, rows: list[Row], *, is_single: bool = False) -> Iterator[str]:
    yield f"### {title}\n"
    if not rows:
        yield "None.\n"
        return
    lines = list(table_lines(rows))
    if is_single:
        lines = [
            "| market " + lines[0],
            "|---" + lines[1],
            *(f"| {row.market} {line}" for row, line in zip(rows, lines[2:], strict=True)),
        ]
    yield from (*lines, "")


def _walked(walk: WalkForward) -> Iterator[str]:
    yield "### Chosen until a day, judged after it\n"
    yield "| chosen until | findings | of all markets | kept their sign | more than chance afterwards | edge kept |"
    yield "|---|--:|--:|--:|--:|--:|"
    chosen = walk.chosen()
    for cut in walk.cuts:
        mine = [each for each in chosen if each.cut == cut]
        kept = [each.after.verdict.edge / each.before.verdict.edge for each in mine if each.after]
        share = f"{np.median(kept):.0%}" if kept else ""
        yield (
            f"| {cut} | {len(mine)} | {sum(each.before.market == ALL for each in mine)} | {sum(each.keeps_its_sign for each in mine)} "
            f"| {sum(each.holds for each in mine)} | {share} |"
        )
    yield "\n*Edge kept* is the median over the findings of the edge afterwards as a share of the edge before.\n"


def main() -> int:
    """Write the generated part of the page between its marks."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    text = PAGE.read_text("utf-8")
    head, tail = text.split(BEGIN)[0], text.split(END)[1]
    body = "\n".join(page(options.data, options.out)).rstrip() + "\n"
    PAGE.write_text(head + BEGIN + body + END + tail, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
