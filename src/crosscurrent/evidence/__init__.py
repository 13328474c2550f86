"""What a fact means for a market: one rule a file, all weighed in `verdict`, and another market as filter in `rates_filter`."""

from crosscurrent.evidence.evidence import Evidence
from crosscurrent.evidence.rates_filter import Filter, rates_filter, stance
from crosscurrent.evidence.verdict import RULES, for_and_against, weigh

__all__ = ["RULES", "Evidence", "Filter", "for_and_against", "rates_filter", "stance", "weigh"]
