"""Attribution adds up, shares credit, covers, and says nothing where there is nothing."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from crosscurrent.intermarket.attribution import attribute, block_rows, shapley_of_fit
from crosscurrent.intermarket.drivers import Group, group_of, judge, sign_reading

SPAN, HISTORY = 5, 252
GROUPS = {"rates": [0, 1, 2], "dollar": [3], "oil": [4], "credit": [5]}


def simulated(rng, beta, together):
    """Return changes of correlated drivers and of a market that follows them, with t5 tails and drifting volatility."""
    n, p = HISTORY + SPAN, len(beta)
    mix = np.linalg.cholesky(together * np.ones((p, p)) + (1 - together) * np.eye(p))
    calm = np.exp(np.cumsum(rng.standard_normal(n)) * 0.03)[:, None]
    x = rng.standard_normal((n, p)) @ mix.T * np.sqrt(3 / rng.chisquare(5, (n, 1))) * calm
    y = x @ beta + rng.standard_normal(n) * np.sqrt(3 / rng.chisquare(5, n)) * calm[:, 0]
    return x, y, mix @ mix.T


def attributed(x, y, rng, draws=150, groups=None):
    moved_y, moved_x = y[HISTORY:].sum(), x[HISTORY:].sum(axis=0)
    return attribute(y[:HISTORY], x[:HISTORY], moved_y, moved_x, SPAN, rng, draws=draws, groups=groups)


def true_parts(covariance, beta, moved):
    """Return the Shapley parts by all orders, from the true covariance."""
    to_y, p = covariance @ beta, len(beta)

    def fitted(members):
        return np.linalg.solve(covariance[np.ix_(members, members)], to_y[members]) @ moved[members] if members else 0.0

    parts = np.zeros(p)
    orders = list(permutations(range(p)))
    for order in orders:
        for k, driver in enumerate(order):
            parts[driver] += fitted(list(order[: k + 1])) - fitted(list(order[:k]))
    return parts / len(orders)


def test_parts_and_leftover_add_up_to_the_move_and_shares_to_r_squared():
    rng = np.random.default_rng(0)
    x, y, _ = simulated(rng, np.array([0.5, -0.3, 0.0, 0.2]), 0.4)
    made = attributed(x, y, rng)
    assert made.parts.sum() + made.leftover == pytest.approx(y[HISTORY:].sum())
    plain = np.linalg.lstsq(x[:HISTORY] - x[:HISTORY].mean(0), y[:HISTORY] - y[:HISTORY].mean(), rcond=None)[0]
    assert np.allclose(made.betas, plain)
    assert made.shares.sum() == pytest.approx(np.corrcoef(y[:HISTORY], x[:HISTORY] @ plain)[0, 1] ** 2, abs=1e-6)


def test_equals_shapley_by_all_orders():
    rng = np.random.default_rng(1)
    x, y, _ = simulated(rng, np.array([0.5, 0.3, 0.0]), 0.6)
    moved = np.array([1.0, -2.0, 0.5])
    centred = x[:HISTORY] - x[:HISTORY].mean(0)
    covariance = centred.T @ centred / HISTORY
    beta = np.linalg.solve(covariance, centred.T @ (y[:HISTORY] - y[:HISTORY].mean()) / HISTORY)
    parts, _, held = shapley_of_fit(y[None, :HISTORY], x[None, :HISTORY], moved, [[0], [1], [2]])
    assert np.allclose(parts[0], true_parts(covariance, beta, moved), atol=1e-6)
    assert np.allclose(held[0], beta * moved, atol=1e-6)


@pytest.mark.parametrize("together", [0.0, 0.8])
def test_the_intervals_cover(together):
    rng, beta = np.random.default_rng(2), np.array([0.5, 0.3, 0.0])
    inside = []
    for _ in range(250):
        x, y, covariance = simulated(rng, beta, together)
        made = attributed(x, y, rng)
        truth = true_parts(covariance, beta, x[HISTORY:].sum(axis=0))
        asked = [([0], truth[0]), ([1], truth[1]), ([2], truth[2]), ([0, 1], truth[:2].sum())]
        inside += [low <= value <= high for members, value in asked for low, high in [made.interval_of(members)]]
    assert 0.90 <= np.mean(inside) <= 0.98


def verdicts(beta, together, runs=60):
    rng = np.random.default_rng(3)
    found = []
    for _ in range(runs):
        x, y, _ = simulated(rng, beta, together)
        made = attributed(x, y, rng, 100, list(GROUPS.values()))
        groups = [group_of(made, name, members) for name, members in GROUPS.items()]
        found.append(judge(float(y[HISTORY:].sum()), made.usual, groups)[0:2])
    return found


@pytest.mark.parametrize("together", [0.0, 0.5, 0.9])
def test_without_a_true_driver_nothing_is_identified(together):
    found = verdicts(np.zeros(6), together)
    assert np.mean([verdict == "not_identified" for verdict, _ in found]) >= 0.9


def test_a_strong_driver_is_found_and_named():
    found = verdicts(np.array([3.0, 2.0, 2.0, 0, 0, 0]), 0.0)
    assert np.mean([verdict == "rates_driven" for verdict, _ in found]) > 0.6
    assert all(by == "rates" for _, by in found if by)
    oil = verdicts(np.array([0, 0, 0, 0, 4.0, 0]), 0.0)
    assert np.mean([(verdict, by) == ("driven_by", "oil") for verdict, by in oil]) > 0.6


def test_the_shadow_of_a_driver_is_not_taken_for_it():
    """Oil is the cause, and three rates move like it: together they must not outvote it."""
    found = verdicts(np.array([0, 0, 0, 0, 3.0, 0]), 0.9)
    assert np.mean([by is not None and by != "oil" for _, by in found]) < 0.1


def test_a_group_takes_one_share():
    rng = np.random.default_rng(8)
    x, y, _ = simulated(rng, np.array([1.0, 0.0, 0.0, 0.0]), 0.0)
    x[:, 1:] = x[:, :1] + 1e-3 * rng.standard_normal((len(x), 3))
    alone, grouped = attributed(x, y, rng), attributed(x, y, rng, groups=[[0], [1, 2, 3]])
    assert alone.parts[0] / alone.parts.sum() == pytest.approx(1 / 4, rel=0.05)
    assert grouped.parts[0] / grouped.parts.sum() == pytest.approx(1 / 2, rel=0.05)


def test_twins_share_the_credit():
    """Two drivers that are all but one: a plain regression gives all to one of them by chance."""
    rng = np.random.default_rng(4)
    x, y, _ = simulated(rng, np.array([1.0, 0.0]), 0.0)
    x[:, 1] = x[:, 0] + 1e-3 * rng.standard_normal(len(x))
    made = attributed(x, y, rng)
    assert made.parts[0] == pytest.approx(made.parts[1], rel=0.05) and made.shares[0] == pytest.approx(
        made.shares[1], rel=0.05
    )
    assert abs(made.betas[0] - made.betas[1]) > 1


def test_a_driver_that_never_moved_explains_nothing():
    rng = np.random.default_rng(5)
    x, y, _ = simulated(rng, np.array([1.0, 0.0]), 0.0)
    x[:, 1] = 0.0
    made = attributed(x, y, rng)
    assert made.parts[1] == 0 and made.shares[1] == 0 and np.isfinite(made.parts).all()


def test_rows_come_in_blocks():
    rows = block_rows(200, 50, np.random.default_rng(6))
    follows = (rows[:, 1:] - rows[:, :-1]) % 200 == 1
    assert rows.shape == (50, 200) and 0.85 < follows.mean() < 0.95


def group(name, pct, low, high, given_others=None):
    return Group(name, pct, (low, high), given_others or (low, high))


@pytest.mark.parametrize(
    ("total", "groups", "verdict", "by"),
    [
        (3.0, [group("rates", 2.0, 1.5, 2.5), group("oil", 0.2, -0.1, 0.5)], "rates_driven", "rates"),
        (-3.0, [group("rates", -2.0, -2.5, -1.5), group("oil", 0.2, -0.1, 0.5)], "rates_driven", "rates"),
        (3.0, [group("rates", 0.2, -0.1, 0.5), group("oil", 2.0, 1.5, 2.5)], "driven_by", "oil"),
        (3.0, [group("rates", 1.0, 0.7, 1.3), group("oil", 0.1, -0.1, 0.5)], "partly", "rates"),
        (3.0, [group("rates", 2.0, 0.3, 2.5), group("oil", 0.2, -0.1, 0.5)], "not_identified", None),
        (3.0, [group("rates", 2.0, -0.1, 4.0)], "not_identified", None),
        (3.0, [group("rates", -2.0, -2.5, -1.5)], "not_identified", None),
        (0.1, [group("rates", 0.08, 0.06, 0.1)], "not_identified", None),
        (3.0, [group("rates", 2.0, 1.5, 2.5, (-0.2, 0.3))], "not_identified", None),
        (3.0, [], "not_identified", None),
    ],
)
def test_the_rules_of_the_verdict(total, groups, verdict, by):
    assert judge(total, 2.0, groups)[:2] == (verdict, by)


@pytest.mark.parametrize(
    ("stocks", "yields", "reading"),
    [
        (1, 1, "better growth"),
        (1, -1, "easier policy"),
        (-1, 1, "tighter policy"),
        (-1, -1, "worse growth"),
        (0, 1, None),
    ],
)
def test_what_the_signs_suggest(stocks, yields, reading):
    assert sign_reading(stocks, yields) == reading
