"""The kinds of claim, one family a file; a new kind is an entry here."""

from crosscurrent.audit.kind import ClaimKind
from crosscurrent.audit.kinds.adx import ADX
from crosscurrent.audit.kinds.average import AVERAGE
from crosscurrent.audit.kinds.bollinger import BOLLINGER
from crosscurrent.audit.kinds.breakout import BREAKOUT
from crosscurrent.audit.kinds.candle import CANDLE
from crosscurrent.audit.kinds.changes import PERCENT_CHANGE, YIELD_CHANGE
from crosscurrent.audit.kinds.correlation import CORRELATION
from crosscurrent.audit.kinds.cross import CROSS
from crosscurrent.audit.kinds.distance import DISTANCE
from crosscurrent.audit.kinds.divergence import DIVERGENCE
from crosscurrent.audit.kinds.fibonacci import FIBONACCI
from crosscurrent.audit.kinds.floor_pivots import FLOOR_PIVOTS
from crosscurrent.audit.kinds.gap import GAP
from crosscurrent.audit.kinds.level import LEVEL
from crosscurrent.audit.kinds.macd import MACD
from crosscurrent.audit.kinds.pattern import PATTERN
from crosscurrent.audit.kinds.policy import POLICY_PATH
from crosscurrent.audit.kinds.price import PRICE
from crosscurrent.audit.kinds.rejection import REJECTION
from crosscurrent.audit.kinds.rsi import RSI
from crosscurrent.audit.kinds.sar import SAR
from crosscurrent.audit.kinds.setup import SETUP
from crosscurrent.audit.kinds.spread import RATIO, SPREAD
from crosscurrent.audit.kinds.stochastic import STOCHASTIC
from crosscurrent.audit.kinds.streak import STREAK
from crosscurrent.audit.kinds.superlative import SUPERLATIVE
from crosscurrent.audit.kinds.trendline import TRENDLINE
from crosscurrent.audit.kinds.volume import VOLUME

__all__ = ["CLAIM_KINDS"]

CLAIM_KINDS: tuple[ClaimKind, ...] = (
    CORRELATION,
    YIELD_CHANGE,
    PERCENT_CHANGE,
    SUPERLATIVE,
    STREAK,
    PRICE,
    LEVEL,
    BREAKOUT,
    AVERAGE,
    CROSS,
    CANDLE,
    PATTERN,
    TRENDLINE,
    GAP,
    RSI,
    MACD,
    STOCHASTIC,
    ADX,
    BOLLINGER,
    SAR,
    DIVERGENCE,
    FIBONACCI,
    FLOOR_PIVOTS,
    SPREAD,
    RATIO,
    DISTANCE,
    VOLUME,
    REJECTION,
    POLICY_PATH,
    SETUP,
)
