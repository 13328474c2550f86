"""What one market has drawn: swings, levels, lines, patterns, candles and the rest, each known at the close that revealed it."""

from crosscurrent.structure.adx_crosses import AdxCrosses
from crosscurrent.structure.average_crosses import AverageCrosses
from crosscurrent.structure.average_tests import AverageTests
from crosscurrent.structure.bollinger import BollingerBands
from crosscurrent.structure.candles import Candles
from crosscurrent.structure.channels import Channels
from crosscurrent.structure.detector import Detector
from crosscurrent.structure.divergence import Divergences
from crosscurrent.structure.double_tops import DoubleTops
from crosscurrent.structure.failure_swings import FailureSwings
from crosscurrent.structure.flags import Flags
from crosscurrent.structure.gaps import Gaps
from crosscurrent.structure.head_and_shoulders import HeadAndShoulders
from crosscurrent.structure.interval_agreement import IntervalAgreement
from crosscurrent.structure.levels import Levels
from crosscurrent.structure.macd_crosses import MacdCrosses
from crosscurrent.structure.records import Records
from crosscurrent.structure.rectangles import Rectangles
from crosscurrent.structure.rejections import Rejections
from crosscurrent.structure.rsi_thresholds import RsiThresholds
from crosscurrent.structure.rsi_trendlines import RsiTrendlines
from crosscurrent.structure.sar_flips import SarFlips
from crosscurrent.structure.stochastic_crosses import StochasticCrosses
from crosscurrent.structure.streaks import Streaks
from crosscurrent.structure.swings import Swings
from crosscurrent.structure.tape import Tape
from crosscurrent.structure.trendlines import Trendlines
from crosscurrent.structure.triangles import Triangles
from crosscurrent.structure.volume_surges import VolumeSurges
from crosscurrent.structure.wedges import Wedges

__all__ = ["DETECTORS", "Detector", "Tape"]

DETECTORS: tuple[Detector, ...] = (
    AverageTests(), AverageCrosses(), BollingerBands(), SarFlips(),
    RsiThresholds(), FailureSwings(), MacdCrosses(), StochasticCrosses(), AdxCrosses(), Divergences(),
    Swings(),
    Trendlines(), RsiTrendlines(),
    Levels(), Records(),
    Channels(),
    Wedges(), Triangles(), Rectangles(), DoubleTops(), HeadAndShoulders(), Flags(),
    Candles(), Gaps(), Streaks(), Rejections(), VolumeSurges(),
    IntervalAgreement(),
)  # fmt: skip
"""Every detector, with the parameters that all markets and dates share."""
