"""What a par yield curve implies: the price of a constant-maturity note, and the one-year rate one year ahead.

Par yields are bond-equivalent: two coupons a year, in per cent. Both functions are known at the close of the yields they read, are
NaN where a yield is, and read nothing before or after it.
"""

from __future__ import annotations

import numpy as np

from crosscurrent.bars.bars import Floats

__all__ = ["one_year_forward", "par_note_price"]


def par_note_price(par_yield: Floats, years: int = 10, coupon: float = 6.0) -> Floats:
    """Return the price of a note of constant maturity whose yield is the day's par yield, because a chartist reads prices.

    With c = coupon / 2, i = par_yield / 200 and n = 2 years: price = c (1 - (1 + i)^-n) / i + 100 (1 + i)^-n; at i = 0 it is c n +
    100. The coupon of 6 % is the notional one of Treasury futures, so the scale is theirs. It is a price each day of a *new* note:
    no coupon accrues, nothing rolls down the curve, and nobody can trade it. Points per 100 of face; shape (n,).
    """
    i = np.asarray(par_yield, np.float64) / 200
    periods = 2 * years
    discount = (1 + i) ** -periods
    with np.errstate(divide="ignore", invalid="ignore"):
        annuity = np.where(i == 0, float(periods), (1 - discount) / i)
    return np.asarray(coupon / 2 * annuity + 100 * discount, np.float64)


def one_year_forward(six_month: Floats, one_year: Floats, two_year: Floats) -> Floats:
    """Return the one-year rate one year ahead that the curve implies: a stand-in for the policy path where futures are missing.

    Discount factors by bootstrap over half years, the par yield of eighteen months midway between one and two years:
    d1 = 1 / (1 + y1/2), d_k = (1 - y_k/2 (d_1 + ... + d_{k-1})) / (1 + y_k/2); the forward is 2 (sqrt(d_2 / d_4) - 1), in per
    cent, bond-equivalent. It holds a term premium beside expectations, so it tells what is *priced*, not what is expected.
    Inputs in per cent, shape (n,) each.
    """
    halves = [np.asarray(y, np.float64) / 200 for y in (six_month, one_year, (one_year + two_year) / 2, two_year)]
    factors: list[Floats] = []
    for i in halves:
        factors.append((1 - i * sum(factors, start=np.zeros_like(i))) / (1 + i))
    return np.asarray(200 * (np.sqrt(factors[1] / factors[3]) - 1), np.float64)
