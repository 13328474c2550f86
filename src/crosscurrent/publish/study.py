"""A study as files: a page with what was found, its edges as plots with their intervals, and the whole table as HTML and CSV."""

from __future__ import annotations

import csv
import html
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path

from crosscurrent.errors import StorageError
from crosscurrent.evaluate.best_of_kinds import Best
from crosscurrent.evaluate.study import ALL, Row
from crosscurrent.publish.study_plot import edges_svg

__all__ = ["COLUMNS", "study_csv", "study_html", "table_lines", "verdict", "write_study"]

COLUMNS = (
    "kind", "group", "market", "outcome", "unit", "n", "dates", "rate", "low", "high", "null", "edge", "p", "p_adjusted", "same_bar",
)  # fmt: skip
TEXTS = 5
"""How many of the columns are words, set to the left."""
HEADS = {
    "group": "divided by", "n": "cases", "low": "from", "high": "to", "p_adjusted": "corrected p", "same_bar": "stop and target in one bar",
}  # fmt: skip


def write_study(
    rows: Sequence[Row], folder: Path, *, tried: int, markets: Sequence[str], gaps: Sequence[Mapping[str, str]] = (),
    best: Best | None = None,
) -> tuple[Path, ...]:  # fmt: skip
    """Write `study.csv` and `study.html`; return the paths. `StorageError` when the disk refuses."""
    table, page = folder / "study.csv", folder / "study.html"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        table.write_text(study_csv(rows), "utf-8")
        page.write_text(study_html(rows, tried=tried, markets=markets, gaps=gaps, best=best), "utf-8")
    except OSError as fault:
        raise StorageError(str(folder), f"the study cannot be written ({fault.strerror})") from fault
    return table, page


def study_csv(rows: Iterable[Row]) -> str:
    """Return the table as CSV; what is not claimed is empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_cells(row, "") for row in rows)
    return text.getvalue()


def _cells(row: Row, nothing: str) -> list[str]:
    told = row.to_json()
    told |= {"low": told["interval"][0], "high": told["interval"][1]}
    return [
        nothing if told[c] is None else f"{told[c]:.4f}" if isinstance(told[c], float) else str(told[c])
        for c in COLUMNS
    ]


def table_lines(rows: Iterable[Row]) -> Iterator[str]:
    """Yield the table in Markdown, rates of all kinds beside their nulls."""
    yield "| kind | outcome | n | dates | rate | interval | null | edge | p | corrected p |"
    yield "|---|---|--:|--:|--:|:-:|--:|--:|--:|--:|"
    for row in rows:
        v = row.verdict
        p = "too few" if v.p is None else f"{v.p:.4f}"
        corrected = "" if row.p_adjusted is None else f"{row.p_adjusted:.3f}"
        name = row.kind if row.group is None else f"{row.kind}, {row.group}"
        yield (
            f"| {name} | {row.outcome} | {v.n} | {v.dates} | {v.rate:.3f} | {v.low:.3f} to {v.high:.3f} | {v.null:.3f} | {v.edge:+.3f} | {p} "
            f"| {corrected} |"
        )


def verdict(rows: Iterable[Row], tried: int) -> str:
    """Return what a study says in one sentence, and that there is nothing to say when there is nothing."""
    found = sum(row.is_finding for row in rows)
    if not tried:
        return "Nothing was asked: no market of the study has a case in its period."
    if not found:
        return f"No measurable edge: {tried} questions were asked, and chance answers all of them."
    return f"{found} of {tried} questions {'was' if found == 1 else 'were'} answered otherwise than by chance, after correction for all of them."


def study_html(
    rows: Sequence[Row], *, tried: int, markets: Sequence[str], gaps: Sequence[Mapping[str, str]] = (), best: Best | None = None
) -> str:  # fmt: skip
    """Return a page that stands alone: the verdict, what was found, the plots, how to read it, and the rows of all markets folded away."""
    shown = [row for row in rows if row.market == ALL] or list(rows)
    found = sorted((row for row in rows if row.is_finding), key=lambda row: (row.market != ALL, row.p_adjusted or 0.0))
    parts = [
        "<!doctype html><html lang='en'><head><meta charset='utf-8'><meta name='viewport' content='width=device-width'><title>Study</title>",
        f"<style>{_style()}</style></head><body><main><h1>What came after, beside chance</h1>", f"<p class='summary'>{verdict(rows, tried)}</p>",
        *_best(best), "<h2>Found</h2>" if found else "", _table(found) if found else "", *_plots(rows), READING, *_missing(gaps),
        f"<p>Markets: {html.escape(', '.join(markets))}.</p>" if markets else "",
        f"<details><summary>{len(shown)} of {len(rows)} rows; all are in study.csv</summary>{_table(shown)}</details>" if rows else "",
        "</main></body></html>",
    ]  # fmt: skip
    return "\n".join(part for part in parts if part) + "\n"


BAND = "A dot is an edge, filled where it is a finding; the band is where chance alone leaves nineteen of twenty."
READING = (
    "<h2>How to read it</h2><p>Rates are shares; returns are in ATR, from the next open, after costs. <i>Null</i> is what chance gives under the "
    "same circumstances and <i>edge</i> the difference. Cases whose outcomes share a bar count once among the <i>dates</i>; below thirty dates "
    "nothing is claimed. A row is a finding when its <i>corrected p</i>, for having asked all of this, is below 0.05.</p>"
)


def _best(best: Best | None) -> Iterator[str]:
    if best is not None:
        better = ", ".join(best.superior) or "none"
        yield (
            f"<p>The best of {best.tried} kinds, taken as they say, is {html.escape(best.kind)}: a Sharpe ratio of {best.sharpe:.2f} a year beyond "
            f"chance and before correction. That the best of so many is better than chance has p {best.p:.3f} (Hansen's test); its deflated Sharpe "
            f"ratio, the probability that it is above what luck alone shows, is {best.deflated:.2f}. Better one by one (Romano and Wolf): "
            f"{html.escape(better)}.</p>"
        )


def _missing(gaps: Sequence[Mapping[str, str]]) -> Iterator[str]:
    if gaps:
        items = "".join(f"<li>{html.escape(gap['what'])}: {html.escape(gap['why'])}</li>" for gap in gaps)
        yield f"<h2>What is not in it</h2><ul>{items}</ul>"


def _table(rows: Iterable[Row]) -> str:
    head = "".join(f"<th scope='col'>{HEADS.get(name, name)}</th>" for name in COLUMNS)
    lines = ("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in _cells(row, "–")) + "</tr>" for row in rows)
    return f"<div class='scroll'><table><thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table></div>"


def _plots(rows: Sequence[Row]) -> Iterator[str]:
    """Yield one plot an outcome: all markets together where there are several."""
    everywhere = [row for row in rows if row.market == ALL] or list(rows)
    everywhere.sort(key=lambda row: not row.is_first)
    for outcome in dict.fromkeys(row.outcome for row in everywhere):
        drawn = edges_svg([row for row in everywhere if row.outcome == outcome])
        if drawn:
            yield f"<h2>{html.escape(outcome.replace('_', ' '))}</h2><figure>{drawn}<figcaption>{BAND}</figcaption></figure>"


def _style() -> str:
    words = f"td:nth-child(-n+{TEXTS}),th:nth-child(-n+{TEXTS})"
    sheet = files("crosscurrent").joinpath("publish", "templates", "note.css").read_text("utf-8")
    return f"{sheet}td,th{{text-align:right;white-space:nowrap}}{words}{{text-align:left}}main{{max-width:68rem}}figure{{margin-inline:0}}"
