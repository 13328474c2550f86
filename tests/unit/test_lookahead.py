"""Anybody's indicator through the no-repaint checks: honest ones pass, each way of looking ahead is caught."""

import numpy as np
import pytest

from contract.leaky import LEAKY
from crosscurrent.errors import RequestError
from crosscurrent.evaluate.lookahead import cuts_of, leaks
from crosscurrent.structure import DETECTORS
from strategies import random_bars

BARS = random_bars(13, 300)


def found(subject):
    rng = np.random.default_rng(1)
    return list(leaks(subject, BARS, cuts_of(len(BARS), 30, rng), rng))


def average(frame):
    return frame["close"].rolling(20).mean()


def two_columns(frame):
    return frame[["high", "low"]].cummax()


@pytest.mark.parametrize("honest", [average, two_columns, lambda f: f["close"].ewm(span=10, adjust=False).mean()])
def test_honest_functions_pass(honest):
    assert found(honest) == []


@pytest.mark.parametrize(
    "leaky",
    [
        lambda f: f["close"].rolling(21, center=True).mean(),
        lambda f: f["close"].shift(-1),
        lambda f: (f["close"] - f["close"].mean()) / f["close"].std(),
        lambda f: f["close"].rolling(20).mean().bfill(),
        lambda f: f["close"].resample("W").last().reindex(f.index, method="bfill"),
        lambda f: f["close"] * (len(f) > 250),
    ],
    ids=["centred", "shifted", "whole-sample", "back-filled", "week's close", "counts bars"],
)
def test_each_way_of_looking_ahead_is_caught(leaky):
    assert found(leaky)


def test_detectors_pass_and_leaky_ones_do_not():
    assert found(DETECTORS[0]) == []
    assert found(type(DETECTORS[0])) == []
    assert all(found(leak) for leak in LEAKY)


@pytest.mark.parametrize("wrong", [lambda f: f["close"].iloc[:5], "a string"])
def test_what_is_neither_is_refused(wrong):
    with pytest.raises(RequestError):
        found(wrong)
