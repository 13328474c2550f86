"""Marks: what a fact leaves on a chart, as data in market coordinates (session and price), before anything is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

__all__ = ["Band", "Mark", "Pane", "Point", "Segment"]

Pane = Literal["price", "volume", "rsi", "macd"]


@dataclass(frozen=True, slots=True)
class Segment:
    """A straight line between two anchors; `extends` carries it on to the chart's right edge."""

    start: np.datetime64
    start_price: float
    end: np.datetime64
    end_price: float
    role: str = ""
    label: str = ""
    pane: Pane = "price"
    extends: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    """A horizontal band from a session on: a level has a width."""

    start: np.datetime64
    low: float
    high: float
    role: str = ""
    label: str = ""
    pane: Pane = "price"


@dataclass(frozen=True, slots=True)
class Point:
    """One bar worth pointing at."""

    at: np.datetime64
    price: float
    role: str = ""
    label: str = ""
    pane: Pane = "price"


Mark = Segment | Band | Point
