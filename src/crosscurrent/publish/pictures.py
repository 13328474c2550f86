"""The charts of a note, drawn once each, and its pictures for mail and for links."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from crosscurrent.charts.spec import Chart
from crosscurrent.note.note import Note
from crosscurrent.publish.drawing import draw_card, draw_png, draw_svg

__all__ = ["Pictures", "draw_all"]


@dataclass(frozen=True, slots=True)
class Drawn:
    """One chart in all its forms: wide and narrow for the page, a picture, and one as wide as a mail."""

    wide: str
    narrow: str
    png: bytes
    mail: bytes | None


@dataclass(frozen=True, slots=True)
class Pictures:
    """What has been drawn: charts by name, and the card that stands for the whole note beside a link."""

    charts: dict[str, Drawn]
    card: bytes

    def svg(self, chart: Chart, width: Literal["wide", "narrow"] = "wide") -> str:
        """Return a chart as SVG, themed by the page's colours."""
        drawn = self.charts[chart.name]
        return drawn.wide if width == "wide" else drawn.narrow

    def files(self) -> dict[str, bytes]:
        """Return the pictures as files by name."""
        found = {"card.png": self.card}
        for name, drawn in self.charts.items():
            found |= {
                f"charts/{name}.svg": drawn.wide.encode(),
                f"charts/{name}.png": drawn.png,
            }
            if drawn.mail is not None:
                found[f"charts/{name}-mail.png"] = drawn.mail
        return found


def draw_all(note: Note, *, has_mail: bool = False) -> Pictures:
    """Draw every chart of the note, one after the other; with `has_mail` also as wide as a mail.

    Not in forked processes: they would share the file from which an open font reads its glyphs, and its place.
    """
    charts = list(note.charts())
    return Pictures(
        {chart.name: _draw(chart, has_mail) for chart in charts}, draw_card(str(note.title), _by(note), _leading(note))
    )


def _leading(note: Note) -> Chart | None:
    """Return the chart of the market that the title names, else the first."""
    charts = list(note.charts())
    named = (
        chart
        for chart in charts
        if str(note.title).startswith(chart.title.removesuffix(" futures").removesuffix(" index"))
    )
    return next(named, charts[0] if charts else None)


def _draw(chart: Chart, has_mail: bool) -> Drawn:
    mail = draw_png(chart, "mail") if has_mail else None
    return Drawn(draw_svg(chart, "wide"), draw_svg(chart, "narrow"), draw_png(chart, "wide"), mail)


def _by(note: Note) -> str:
    return " · ".join(part for part in (note.written_for, f"closes of {note.as_of}") if part)
