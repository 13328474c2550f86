"""Disclosure packs: texts with required fields; a note whose pack lacks a field, or whose figure is out of date, does not build."""

from __future__ import annotations

from datetime import date, datetime
from string import Formatter
from typing import Literal

from pydantic import Field

from crosscurrent.errors import BadSetting
from crosscurrent.note.desk import Setting
from crosscurrent.note.note import Disclosure

__all__ = ["Pack", "disclose"]


class Required(Setting):
    """A field that the publisher must fill; a percentage or date may be no older than `max_age_days` on the note's day.

    `places` are jurisdictions parted by commas, of which none may be both allowed and excluded; a `moment` is ISO 8601, UTC.
    """

    name: str
    kind: Literal["text", "percent", "date", "moment", "places"] = "text"
    why: str = ""
    dated_by: str | None = None
    max_age_days: int | None = None


class Pack(Setting):
    """The texts of one regime: a warning above the note and below it, the small print, and the fields they need."""

    name: str
    risk_warning: str
    small_print: tuple[str, ...] = Field(min_length=1)
    required: tuple[Required, ...] = ()

    def needs(self, field: str) -> bool:
        """Whether the publisher must fill this field."""
        return any(wanted.name == field for wanted in self.required)


def disclose(pack: Pack, fields: dict[str, str], on: date) -> Disclosure:
    """Return the pack's texts filled with the desk's fields, because a warning with a hole in it warns of nothing.

    Raises `BadSetting` for a field that is missing, malformed or out of date on the day of the note.
    """
    for wanted in pack.required:
        _check(wanted, fields, pack.name, on)
    _be_apart([w.name for w in pack.required if w.kind == "places"], fields, pack.name)
    texts = tuple(_filled(text, fields, pack.name) for text in (pack.risk_warning, *pack.small_print))
    return Disclosure(pack.name, texts[0], texts[1:])


def _check(wanted: Required, fields: dict[str, str], pack: str, on: date) -> None:
    value = fields.get(wanted.name, "").strip()
    if not value:
        raise BadSetting(
            f"disclosure pack {pack}", wanted.name, f"the desk must give this field: {wanted.why or 'required'}"
        )
    if wanted.kind == "percent":
        _percent(value, pack, wanted.name)
    if wanted.kind == "date":
        _day(value, pack, wanted.name)
    if wanted.kind == "moment":
        _moment(value, pack, wanted.name)
    if wanted.dated_by and wanted.max_age_days is not None:
        age = (on - _day(fields.get(wanted.dated_by, ""), pack, wanted.dated_by)).days
        if age < 0:
            raise BadSetting(f"disclosure pack {pack}", wanted.name, "the figure is dated after the day of the note")
        if age > wanted.max_age_days:
            rule = f"the figure is {age} days old on the day of the note; at most {wanted.max_age_days} are allowed"
            raise BadSetting(f"disclosure pack {pack}", wanted.name, rule)


def _percent(value: str, pack: str, key: str) -> float:
    try:
        number = float(value.rstrip("% "))
    except ValueError:
        raise BadSetting(f"disclosure pack {pack}", key, f"{value!r} is not a percentage") from None
    if not 0 < number < 100:
        raise BadSetting(f"disclosure pack {pack}", key, f"{value!r} is not between 0 and 100 per cent")
    return number


def _day(value: str, pack: str, key: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise BadSetting(f"disclosure pack {pack}", key, f"{value!r} is not a date (YYYY-MM-DD)") from None


def _moment(value: str, pack: str, key: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        moment = datetime.min
    if moment.utcoffset() is None:
        raise BadSetting(f"disclosure pack {pack}", key, f"{value!r} is no moment in UTC (YYYY-MM-DDThh:mmZ)")
    return moment


def _be_apart(names: list[str], fields: dict[str, str], pack: str) -> None:
    """Refuse a place that the note is for and not for."""
    places = [place.strip().casefold() for name in names for place in fields[name].split(",") if place.strip()]
    twice = sorted({place for place in places if places.count(place) > 1})
    if twice:
        raise BadSetting(f"disclosure pack {pack}", " and ".join(names), f"{', '.join(twice)} stands twice")


def _filled(text: str, fields: dict[str, str], pack: str) -> str:
    for _, name, _, _ in Formatter().parse(text):
        if name is not None and not fields.get(name, "").strip():
            raise BadSetting(f"disclosure pack {pack}", name, "its text needs this field and the desk gives none")
    return text.format_map(fields)
