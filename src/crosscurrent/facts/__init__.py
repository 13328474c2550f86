"""What can be said: facts as columns in bulk and as objects one by one, their life cycle, their marks."""

from crosscurrent.facts.fact import Anchor, Fact
from crosscurrent.facts.marks import Band, Mark, Point, Segment
from crosscurrent.facts.table import FactTable, Layout

__all__ = ["Anchor", "Band", "Fact", "FactTable", "Layout", "Mark", "Point", "Segment"]
