"""An audit as a page that stands alone: the verdicts at a glance, then each claim with its numbers and its chart."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from crosscurrent.audit import Audit
from crosscurrent.audit.verdicts import Verdict, Word
from crosscurrent.charts.spec import Chart
from crosscurrent.publish.audit_charts import claim_chart
from crosscurrent.publish.drawing import draw_svg
from crosscurrent.sources.disk import replace_whole
from crosscurrent.version import VERSION

__all__ = ["audit_html", "write_audit"]

TOLD: dict[Word, str] = {
    "holds": "Holds",
    "near_miss": "Near miss",
    "fails": "Fails",
    "undecidable": "Cannot be decided",
}


@dataclass(frozen=True, slots=True, eq=False)
class _Row:
    """One claim on the page."""

    anchor: str
    verdict: Verdict
    chart: Chart | None

    @property
    def word(self) -> str:
        """The verdict in words."""
        return TOLD[self.verdict.verdict]

    @property
    def code(self) -> str:
        """What refines the verdict, in words."""
        return "" if self.verdict.code == "ok" else self.verdict.code.replace("_", " ")

    @property
    def about(self) -> str:
        """What the claim is of: its kind, its markets, the session it was judged on."""
        v = self.verdict
        return ", ".join(text for text in (v.kind.replace("_", " "), " and ".join(v.markets), v.session) if text)

    @property
    def numbers(self) -> Iterator[tuple[str, str]]:
        """The numbers by name, as the page writes them; what is undefined is left out."""
        for name, value in self.verdict.measured.items():
            text = _figure(value)
            if text:
                yield name.replace("_", " "), text


def audit_html(audit: Audit) -> str:
    """Return the audit as one HTML page without script and without a request to anybody; whatever a claim says is escaped."""
    rows = [
        _Row(f"claim-{k}", verdict, claim_chart(verdict, audit.bench, k)) for k, verdict in enumerate(audit.verdicts, 1)
    ]
    page = Environment(autoescape=True, undefined=StrictUndefined).from_string(_asset("audit.html"))
    counts = [(word, TOLD[word], n) for word, n in audit.counts().items()]
    return page.render(
        audit=audit, rows=rows, counts=counts, version=VERSION, source=audit.bench.source.name,
        css=Markup(_asset("note.css") + _asset("audit.css")), figure=_drawn,
    )  # fmt: skip


def write_audit(audit: Audit, path: Path) -> Path:
    """Write the page to a file, whole or not at all; `StorageError` leaves an old file intact."""
    return replace_whole(path, audit_html(audit).encode())


def _asset(name: str) -> str:
    return files("crosscurrent").joinpath("publish", "templates", name).read_text("utf-8")


def _drawn(chart: Chart) -> Markup:
    """Return a chart in both widths; its drawing is our own, and escapes the names in it."""
    wide, narrow = (Markup(draw_svg(chart, width)) for width in ("wide", "narrow"))
    return Markup('<figure id="{}"><div class="wide">{}</div><div class="narrow">{}</div></figure>').format(
        f"figure-{chart.name}", wide, narrow
    )


def _figure(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float | int):
        return f"{float(value):,.6g}".replace("-", "−") if math.isfinite(value) else ""
    return "" if value is None else str(value)
