"""Attribution: how often its intervals hold the truth, how often it names a driver that is none, and how often it finds one that is.

    python benchmarks/attribution.py [--weeks 300]

Simulated weeks: drivers with t5 tails, drifting volatility and a common correlation; the market follows them by known betas.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import permutations

import numpy as np

from crosscurrent.bars.bars import Floats
from crosscurrent.intermarket.attribution import Attribution, attribute
from crosscurrent.intermarket.drivers import group_of, judge

SPAN, HISTORY = 5, 252
GROUPS = {"rates": (0, 1, 2), "dollar": (3,), "oil": (4,), "credit": (5,)}
CASES = {
    "no driver at all": np.zeros(6), "rates, half of the variance": np.array([0.6, 0.6, 0.5, 0, 0, 0]),
    "rates, nine tenths": np.array([2.0, 1.6, 1.6, 0, 0, 0]), "oil, nine tenths": np.array([0, 0, 0, 0, 3.0, 0]),
    "oil and dollar alike": np.array([0, 0, 0, 1.5, 1.5, 0]),
}  # fmt: skip


def week(rng: np.random.Generator, beta: Floats, together: float) -> tuple[Floats, Floats, Floats]:
    """Return the drivers' changes, the market's, and the drivers' correlations."""
    n, p = HISTORY + SPAN, len(beta)
    true = together * np.ones((p, p)) + (1 - together) * np.eye(p)
    calm = np.exp(np.cumsum(rng.standard_normal(n)) * 0.03)[:, None]
    x = rng.standard_normal((n, p)) @ np.linalg.cholesky(true).T * np.sqrt(3 / rng.chisquare(5, (n, 1))) * calm
    return x, x @ beta + rng.standard_normal(n) * np.sqrt(3 / rng.chisquare(5, n)) * calm[:, 0], true


def attributed(
    x: Floats, y: Floats, rng: np.random.Generator, groups: Sequence[Sequence[int]] | None = None
) -> Attribution:
    """Return the attribution of the last week."""
    moved_y, moved_x = float(y[HISTORY:].sum()), x[HISTORY:].sum(axis=0)
    return attribute(y[:HISTORY], x[:HISTORY], moved_y, moved_x, SPAN, rng, groups=groups, draws=200)


def true_parts(covariance: Floats, beta: Floats, moved: Floats) -> Floats:
    """Return the Shapley parts from the true covariance, by all orders."""
    to_y, parts = covariance @ beta, np.zeros(len(beta))

    def fitted(members: list[int]) -> float:
        return (
            float(np.linalg.solve(covariance[np.ix_(members, members)], to_y[members]) @ moved[members])
            if members
            else 0.0
        )

    orders = list(permutations(range(len(beta))))
    for order in orders:
        for k, driver in enumerate(order):
            parts[driver] += fitted(list(order[: k + 1])) - fitted(list(order[:k]))
    return parts / len(orders)


def coverage(weeks: int) -> Iterator[str]:
    """Yield the share of intervals that hold the true part."""
    beta = np.array([0.5, 0.3, 0.0, -0.2])
    for together in (0.0, 0.5, 0.9):
        rng, single, both = np.random.default_rng(1), [], []
        for _ in range(weeks):
            x, y, true = week(rng, beta, together)
            made, truth = attributed(x, y, rng), true_parts(true, beta, x[HISTORY:].sum(axis=0))
            single += [low <= truth[k] <= high for k in range(4) for low, high in [made.interval_of([k])]]
            low, high = made.interval_of([0, 1])
            both.append(low <= truth[:2].sum() <= high)
        yield f"| {together} | {100 * np.mean(single):.1f} | {100 * np.mean(both):.1f} |"


def verdicts(weeks: int) -> Iterator[str]:
    """Yield how often each verdict was given."""
    for name, beta in CASES.items():
        for together in (0.0, 0.5, 0.9):
            rng, given = np.random.default_rng(2), Counter()
            for _ in range(weeks):
                x, y, _ = week(rng, beta, together)
                made = attributed(x, y, rng, list(GROUPS.values()))
                groups = [group_of(made, name, members) for name, members in GROUPS.items()]
                verdict, by, _ = judge(float(y[HISTORY:].sum()), made.usual, groups)
                given[f"{verdict} {by}" if verdict in ("driven_by", "partly") else verdict] += 1
            told = ", ".join(f"{verdict} {100 * n / weeks:.0f} %" for verdict, n in given.most_common())
            yield f"| {name} | {together} | {told} |"


def main() -> int:
    """Print the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weeks", type=int, default=300)
    weeks = parser.parse_args().weeks
    tables = {
        "| drivers' correlation | one part, % | two together, % |\n|--:|--:|--:|": coverage,
        "\n| truth | drivers' correlation | verdicts |\n|---|--:|---|": verdicts,
    }
    for head, rows in tables.items():
        sys.stdout.write(head + "\n")
        for row in rows(weeks):
            sys.stdout.write(row + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
