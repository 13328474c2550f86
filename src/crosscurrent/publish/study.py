"""A study as files: the table as HTML and CSV, and the edges as plots with their intervals."""

from __future__ import annotations

import csv
import html
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from crosscurrent.errors import StorageError
from crosscurrent.evaluate.study import ALL, Row

__all__ = ["COLUMNS", "study_csv", "study_html", "table_lines", "write_study"]

COLUMNS = (
    "kind",
    "group",
    "market",
    "outcome",
    "unit",
    "n",
    "dates",
    "rate",
    "low",
    "high",
    "null",
    "edge",
    "p",
    "p_adjusted",
    "same_bar",
)
MOST_BARS = 40
NORMAL = 1.96


def write_study(rows: Sequence[Row], folder: Path, *, tried: int, markets: Sequence[str]) -> tuple[Path, ...]:
    """Write `study.csv`, `study.html` and one plot an outcome; return the paths. `StorageError` when the disk refuses."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        plots = tuple(_plots(rows, folder))
        table, page = folder / "study.csv", folder / "study.html"
        table.write_text(study_csv(rows), "utf-8")
        page.write_text(study_html(rows, [plot.name for plot in plots], tried=tried, markets=markets), "utf-8")
    except OSError as fault:
        raise StorageError(str(folder), f"the study cannot be written ({fault.strerror})") from fault
    return table, page, *plots


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
    yield "| kind | outcome | n | rate | interval | null | edge | p | corrected p |"
    yield "|---|---|--:|--:|:-:|--:|--:|--:|--:|"
    for row in rows:
        v = row.verdict
        p = "too few" if v.p is None else f"{v.p:.4f}"
        corrected = "" if row.p_adjusted is None else f"{row.p_adjusted:.3f}"
        name = row.kind if row.group is None else f"{row.kind}, {row.group}"
        yield f"| {name} | {row.outcome} | {v.n} | {v.rate:.3f} | {v.low:.3f} to {v.high:.3f} | {v.null:.3f} | {v.edge:+.3f} | {p} | {corrected} |"


def study_html(rows: Sequence[Row], plots: Sequence[str], *, tried: int, markets: Sequence[str]) -> str:
    """Return a page that stands alone but for its plots; findings come first, and when there is none it says so."""
    found = [row for row in rows if row.is_finding]
    verdict = (
        f"{len(found)} of {tried} questions were answered otherwise than by chance, after correction for all of them."
        if found
        else f"No measurable edge: {tried} questions were asked, and chance answers all of them."
    )
    parts = [
        "<!doctype html><html lang='en'><head><meta charset='utf-8'><title>Study</title>", f"<style>{STYLE}</style></head><body>",
        "<h1>What came after, beside chance</h1>", f"<p>{verdict}</p><p>Markets: {html.escape(', '.join(markets))}.</p>",
        "<p>Rates are shares, returns are in ATR after costs. Below thirty separate dates nothing is claimed.</p>",
        *(f"<img src='{name}' alt='Edges with their intervals: {name.removesuffix('.svg')}'>" for name in plots),
        _table(found) if found else "", "<h2>All rows</h2>", _table(rows), "</body></html>",
    ]  # fmt: skip
    return "\n".join(part for part in parts if part) + "\n"


STYLE = (
    "body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem}table{border-collapse:collapse;font-size:13px}"
    "td,th{padding:.2rem .6rem;text-align:right;border-bottom:1px solid #8884}td:nth-child(-n+5),th:nth-child(-n+5){text-align:left}"
    "img{max-width:100%}:root{color-scheme:light dark}"
)


def _table(rows: Iterable[Row]) -> str:
    head = "".join(f"<th>{name}</th>" for name in COLUMNS)
    lines = ("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in _cells(row, "–")) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table>"


def _plots(rows: Sequence[Row], folder: Path) -> Iterator[Path]:
    from matplotlib.figure import Figure

    everywhere = [row for row in rows if row.market == ALL] or list(rows)
    for outcome in dict.fromkeys(row.outcome for row in everywhere):
        mine = [row for row in everywhere if row.outcome == outcome and row.verdict.p is not None]
        mine = sorted(sorted(mine, key=lambda row: row.verdict.p or 0.0)[:MOST_BARS], key=lambda row: row.verdict.edge)
        if not mine:
            continue
        figure = Figure(figsize=(8, 1.2 + 0.22 * len(mine)), layout="constrained")
        axes = figure.subplots()
        edge, reach = [row.verdict.edge for row in mine], [NORMAL * row.verdict.error for row in mine]
        axes.errorbar(edge, range(len(mine)), xerr=reach, fmt="o", ms=4, lw=1, color="#31688e")
        axes.axvline(0, color="gray", lw=1)
        axes.set_yticks(
            range(len(mine)),
            [row.kind if row.group is None else f"{row.kind}, {row.group}" for row in mine],
            fontsize=8,
        )
        axes.set_xlabel(
            "edge over chance" + ("" if mine[0].is_rate else ", in ATR") + ", with 95 % of what chance gives"
        )
        axes.set_title(outcome, fontsize=10)
        path = folder / f"{outcome}.svg"
        figure.savefig(path)
        yield path
