"""Nulls, one a file: what chance gives under the same circumstances, each with its reasoning, and which one an outcome is judged by.

| outcome | null |
|---|---|
| return after so many bars; target or stop first | matched entries: all bars of the market in the same state of volatility, same side |
| follow-through | matched entries of one width: drawn bars as wide as the fact's own, the same distance to go |
| candles: which side of the range closes first | the candles that are found in block-bootstrapped bars of the market |
| patterns: target, throwback, bust | the patterns that are found in surrogate series of the market |
| levels: bounced or broken after a touch | random levels just touched, at the same distance from the close |

How far an edge strays when there is nothing in it is told by rotated calendars. The nulls that run the detectors cost a sweep a series; a
study without them (`Design.series` of nought) draws matched entries for candles and patterns too.
"""
