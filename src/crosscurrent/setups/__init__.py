"""Plans, one a file: each finds setups with entry, stop, targets and invalidation."""

from crosscurrent.setups.breakout import Breakout

__all__ = ["PLANS"]

PLANS = (Breakout(),)
"""Every plan, with the parameters that all markets and dates share."""
