"""Bull and bear traps: the probability that a break fails, calibrated on earlier breaks and scored against their base rate.

| step | file |
|---|---|
| what was broken, and which breaks failed | `breaks` |
| what was known of each at its close | `features` |
| what any price as near to any line would have done | `chance_of_return` |
| each year a model of what had been decided by then | `walk_forward` |
| is that better than the base rate? | `scoring` |
"""

from crosscurrent.evaluate.trap.breaks import WITHIN, Breaks, breaks_of, pooled
from crosscurrent.evaluate.trap.scoring import Bin, Skill, reliability, skill_of
from crosscurrent.evaluate.trap.walk_forward import Edition, Forecast, Model, Terms, scored, walk_forward

__all__ = [
    "WITHIN", "Bin", "Breaks", "Edition", "Forecast", "Model", "Skill", "Terms", "breaks_of", "pooled", "reliability", "scored", "skill_of",
    "walk_forward",
]  # fmt: skip
