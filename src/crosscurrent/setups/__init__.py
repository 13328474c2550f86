"""Plans, one a file: each finds setups with entry, stop, targets and invalidation; triggers and the ladder of the next session."""

from crosscurrent.setups.planning import PLANS, Planned, plan_market

__all__ = ["PLANS", "Planned", "plan_market"]
