"""The site's own pages: the index with the latest note first, the archive of all, and the record scored."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup

from crosscurrent.evaluate.ledger.recording import Case
from crosscurrent.evaluate.ledger.scoring import Score
from crosscurrent.publish.scripts import asset, policy
from crosscurrent.publish.site.shelf import Published
from crosscurrent.version import VERSION

__all__ = ["PAGES", "site_pages"]

PAGES = ("index.html", "archive.html", "scorecard.html")
LATEST = 10
"""How many notes the index names; the archive has them all."""


def site_pages(title: str, notes: Sequence[Published], score: Score | None) -> dict[str, bytes]:
    """Return the site's pages by file name; what comes from a desk or a note is escaped, and no page asks anybody for anything."""
    css = asset("note.css") + asset("site.css")
    templates = DictLoader({name: asset(f"site-{name}") for name in PAGES} | {"site.html": asset("site.html")})
    pages = Environment(autoescape=True, undefined=StrictUndefined, loader=templates)
    years = [(year, list(those)) for year, those in groupby(notes, key=lambda note: note.as_of[:4])]
    told: dict[str, Any] = {
        "site": title, "version": VERSION, "css": Markup(css), "policy": policy([], [css]), "notes": notes[:LATEST], "years": years,
        "corrected": {note.corrects: note for note in notes if note.corrects}, "score": score,
        "rows": [_row(case) for case in reversed(score.cases)] if score else [],
    }  # fmt: skip
    return {name: pages.get_template(name).render(page=name, **told).encode() for name in PAGES}


def _row(case: Case) -> dict[str, str]:
    setup, outcome = case.setup, case.outcome
    doubts = [
        words
        for words, holds in (
            ("stop and target in one bar", outcome.same_bar),
            ("not counted: recorded after the fact", outcome.after_the_fact),
        )
        if holds
    ]
    return {
        "market": setup.market, "what": f"{setup.plan.replace('_', ' ')} {setup.side}", "published": str(setup.session),
        "status": outcome.status.replace("_", " "), "ended": str(outcome.session or ""), "doubts": "; ".join(doubts),
        "targets": f"{outcome.targets_reached} of {len(setup.targets)}", "r": "" if outcome.r is None else f"{outcome.r:+.2f}".replace("-", "−"),
    }  # fmt: skip
