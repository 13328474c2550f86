"""Free words in a claim: the figure, the direction, the window and the day that a phrase names, as fields."""

from __future__ import annotations

import re

from crosscurrent.audit.compare import direction_of
from crosscurrent.audit.says import Fields
from crosscurrent.audit.tolerance import ORDINALS, WORDS

__all__ = ["days_in", "figure_in", "length_in", "move_in", "prices_in", "window_in"]

APPROXIMATE = r"(?:(?:about|around|roughly|nearly|almost|more than|less than|over|under|at least|just over|just under|some|~)\s*)?"
FIGURE = re.compile(
    rf"({APPROXIMATE}[-+−]?[0-9][0-9,]*(?:\.[0-9]+)?\s*(?:%|per cent|percent|bps?\b|basis points?|x\b|times)?)",
    re.IGNORECASE,
)
PRICE = re.compile(
    r"(?<![\w.-])\$?([0-9][0-9,]*(?:\.[0-9]+)?(?:['’-][0-9]{2}[0-9+]?)?)(?![\w%]|[- ](?:day|week|month|year|session|bar|bp|basis|per))"
)
WINDOWS = (
    (r"\b(?:on|for|over|in|during)? ?(?:the |this |last |past )*(?:week|weekly)\b", "1w"),
    (r"\b(?:the |this |last |past )*(?:month|monthly)\b", "1mo"),
    (r"\b(?:ytd|year to date|this year|so far this year)\b", "ytd"),
    (r"\b(?:the |last |past )*quarter\b", "1q"),
    (r"\bfortnight\b", "fortnight"),
)
COUNTED = re.compile(
    rf"\b(\d+|{'|'.join(WORDS)})[ -](?:trading )?(sessions?|days?|weeks?|months?|years?)\b"
    r"(?![ -](?:yields?|average|moving|sma|ema|ma|treasur|note|high|low|straight))"
)
DAY = re.compile(r"\b(?:since|from)\s+(?:the\s+)?([\w ,-]+?)(?=$|[.;]| on | at | to | with | as |, (?:with|and))")


def figure_in(text: str) -> str | None:
    """Return the first figure of a phrase with its sign, unit and "about"; None when it has none."""
    found = FIGURE.search(DAY.sub(" ", COUNTED.sub(" ", text)))
    return found[1].strip() if found else None


def window_in(text: str) -> str | None:
    """Return the window that a phrase names: "20 sessions", "1w" for a week; None for none."""
    counted = COUNTED.search(text.lower())
    if counted:
        return f"{counted[1]} {counted[2]}"
    return next((window for pattern, window in WINDOWS if re.search(pattern, text.lower())), None)


def length_in(text: str) -> str | None:
    """Return the number of a "fourth straight" or "five-day" run; None for none."""
    words = re.split(r"[\s_-]+", text.lower())
    return next((w for w in words if w.isdigit() or w in WORDS[2:] or w in ORDINALS[2:]), None)


def days_in(text: str) -> str | None:
    """Return the day or month after "since" or "from"; None for none."""
    found = DAY.search(text)
    return found[1].strip() if found else None


def prices_in(text: str) -> list[str]:
    """Return the prices of a phrase, not its lengths of averages or windows."""
    return [found.rstrip(",.") for found in PRICE.findall(text)]


def move_in(text: str) -> Fields:
    """Return size, direction and window of "fell about 16 basis points on the week"; empty when it names neither size nor direction."""
    figure, sign, window = figure_in(text), direction_of(text), window_in(text)
    found: Fields = {} if figure is None else {"change": figure}
    found |= {"direction": "up" if sign > 0 else "down"} if sign else {}
    return found | ({"over": window} if window and found else {})
