"""Candles: each a declaration of inequalities with margins, one file a family."""

from crosscurrent.structure.candles.candle import Candle
from crosscurrent.structure.candles.completion import completion
from crosscurrent.structure.candles.detector import CANDLES, Candles

__all__ = ["CANDLES", "Candle", "Candles", "completion"]
