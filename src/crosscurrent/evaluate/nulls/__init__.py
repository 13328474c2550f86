"""Nulls, one a file: what chance gives under the same circumstances, each with its reasoning, and which one a family is judged by.

| family | outcome | default null |
|---|---|---|
| every kind | return after so many bars; target or stop first | matched entries: all bars of the market in the same state of volatility, same side |
| candles | which side of the candle's range closes first | matched entries with the same distances to both sides |
| patterns | target reached before failing | matched entries with the same distances to target and failure, and the same time |
| levels | bounced or broken after a touch | random levels just touched, at the same distance from the close |

The surrogate nulls (bootstrapped bars for candles, surrogate series for patterns) run the detectors themselves on series made of
the market's own bars; they cost a sweep a draw, and are there to check the defaults.
"""
