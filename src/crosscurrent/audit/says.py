"""The fields of a claim's `says`: each takes what people write, and refuses what it cannot read by name."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, WithJsonSchema

from crosscurrent.audit.names import plain
from crosscurrent.audit.tolerance import Figure, figure_of, spelling

__all__ = ["Factor", "Fields", "Length", "Number", "Quote", "Quotes", "Says", "Text", "WordList", "Words"]

Fields = dict[str, Any]
"""A claim's fields as they were written, under the names that their kind gives them."""
LONGEST = 400
LONGEST_LENGTH = 2000
MOST = 40


def _figure(raw: Any) -> Figure:
    if isinstance(raw, Figure):
        return raw
    if isinstance(raw, dict | list | tuple | bool) or raw is None:
        raise ValueError("is no number")
    return figure_of(raw)


def _length(raw: Any) -> Figure:
    figure = _figure(raw)
    if not (figure.value.is_integer() and 1 <= figure.value <= LONGEST_LENGTH):
        raise ValueError(f"is no number of bars from 1 to {LONGEST_LENGTH}")
    return figure


def _factor(raw: Any) -> Figure:
    figure = _figure(raw)
    if not 0 < figure.value <= 100:
        raise ValueError("is no number above 0 and up to 100")
    return figure


def _text(raw: Any) -> str:
    if isinstance(raw, dict | list | tuple) or raw is None:
        raise ValueError("is no text")
    text = spelling(raw)
    if not text or len(text) > LONGEST:
        raise ValueError("is empty" if not text else f"is longer than {LONGEST} characters")
    return text


def _words(raw: Any) -> str:
    return plain(_text(raw))


def _many(raw: Any) -> tuple[str, ...]:
    items = raw if isinstance(raw, list | tuple) else [raw]
    if len(items) > MOST:
        raise ValueError(f"holds more than {MOST}")
    return tuple(_text(item) for item in items)


def _many_words(raw: Any) -> tuple[str, ...]:
    items = (
        raw
        if isinstance(raw, list | tuple)
        else str(raw).replace(" and ", ",").split(",")
        if isinstance(raw, str)
        else [raw]
    )
    return tuple(plain(item) for item in _many([i for i in items if not isinstance(i, str) or i.strip()]))


_SCALAR = {"type": ["number", "string"]}
Number = Annotated[Figure, BeforeValidator(_figure), WithJsonSchema(_SCALAR)]
"""A number with the tolerance of how it is written: 0.89, "about 4,440", "-16 bp", "more than 3%"."""
Length = Annotated[Figure, BeforeValidator(_length), WithJsonSchema(_SCALAR)]
"""The length of an indicator, in bars."""
Factor = Annotated[Figure, BeforeValidator(_factor), WithJsonSchema(_SCALAR)]
"""A number above zero that shapes an indicator: deviations of a band, steps of a stop."""
Quote = Annotated[str, BeforeValidator(_text), WithJsonSchema(_SCALAR)]
"""A price or a day, kept as it was written until the market and the date are known: 21480, "108'07", "december high"."""
Quotes = Annotated[
    tuple[str, ...], BeforeValidator(_many), WithJsonSchema({"type": ["array", "number", "string"], "items": _SCALAR})
]
Text = Annotated[str, BeforeValidator(_text), WithJsonSchema(_SCALAR)]
Words = Annotated[str, BeforeValidator(_words), WithJsonSchema({"type": ["string", "number", "boolean"]})]
"""Words of the field, in any case and with or without hyphens."""
WordList = Annotated[
    tuple[str, ...],
    BeforeValidator(_many_words),
    WithJsonSchema({"type": ["array", "string"], "items": {"type": "string"}}),
]


class Says(BaseModel):
    """What every kind may say: on which bars, and on which prices."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    interval: Words | None = None
    basis: Words | None = None
