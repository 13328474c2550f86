"""What a fact means for a market: one rule a file, all weighed in `verdict`, another market as filter in `rates_filter`.

What came after earlier ones (`record`, `trap`) is handed in as `experience`.
"""

from crosscurrent.evidence.evidence import Evidence
from crosscurrent.evidence.experience import NONE_YET, Experience, Learn
from crosscurrent.evidence.rates_filter import Filter, rates_filter, stance
from crosscurrent.evidence.record import Record
from crosscurrent.evidence.trap import Odds
from crosscurrent.evidence.verdict import RULES, for_and_against, weigh

__all__ = [
    "NONE_YET", "RULES", "Evidence", "Experience", "Filter", "Learn", "Odds", "Record", "for_and_against", "rates_filter", "stance", "weigh",
]  # fmt: skip
