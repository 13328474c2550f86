"""Nothing later changes what was written before: notes, odds and records from data cut at a date, and planted leaks that are caught."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from crosscurrent import pipeline
from crosscurrent.bars.snapshot import Snapshot
from crosscurrent.evaluate.experience import learn
from crosscurrent.evaluate.trap import breaks_of, walk_forward
from crosscurrent.evaluate.trap.breaks import tells_breaks
from crosscurrent.evaluate.trap.features import FEATURES
from crosscurrent.publish.document import document
from crosscurrent.sources import open_source
from crosscurrent.sources.desks import read_desk, read_pack
from crosscurrent.sources.taking import take
from crosscurrent.structure import DETECTORS
from crosscurrent.structure.look import look_at
from planted import known_by, planted
from strategies import random_bars

TELLING = tuple(d for d in DETECTORS if tells_breaks(d))
DAY, LATER = np.datetime64("2006-08-18"), np.datetime64("2007-06-29")


def forecasts(bars, features=FEATURES):
    """Return what is forecast of each break of the bars."""
    breaks = breaks_of(look_at(bars, bars, TELLING), features=features)
    return breaks, walk_forward(breaks)


def changed_by_bars(features=FEATURES) -> int:
    """Return how many forecasts read otherwise once the bars that followed them are there."""
    bars, found = random_bars(11, 2000), 0
    breaks, whole = forecasts(bars, features)
    for t in (1700, 1803, 1950):
        known, cut = forecasts(bars.first(t), features)
        assert np.isfinite(cut.probability[-1])
        still = whole.probability[: len(known)]
        assert np.array_equal(breaks.subject[: len(known)], known.subject)
        found += int(np.sum(~np.isclose(still, cut.probability, rtol=0, atol=0, equal_nan=True)))
    return found


def test_what_followed_changes_no_forecast():
    assert changed_by_bars() == 0


def tomorrow(ground):
    """A feature from the future: which way the next close went."""
    return ground.along(np.append(np.diff(ground.tape.bars.close), 0.0))


def test_a_feature_from_the_future_is_caught():
    assert changed_by_bars(features=(*FEATURES, tomorrow)) > 0


def changed_by_outcomes(trainer) -> int:
    """Return how many forecasts read otherwise once outcomes are known that were not at their close."""
    breaks = planted(7, 1.0, 1600)
    whole, found = trainer(breaks), 0
    new_years = [np.datetime64(f"{year}-01-03") for year in (2013, 2014, 2015)]
    for day in (*new_years, *breaks.session[[800, 1300, 1500]]):
        known = known_by(breaks, day)
        cut = trainer(known)
        for name in ("probability", "base"):
            found += int(
                np.sum(getattr(cut, name) != getattr(whole, name)[: len(known)], where=np.isfinite(getattr(cut, name)))
            )
        scores = [edition.skill for edition in cut.editions]
        found += scores != [edition.skill for edition in whole.editions[: len(scores)]]
    return found


def without_embargo(breaks):
    """A trainer that takes an outcome as known on the day of its break."""
    return walk_forward(replace(breaks, settled=np.where(np.isnat(breaks.settled), breaks.settled, breaks.session)))


def everything_at_once(breaks):
    """A trainer that fits one model to all breaks, those to come included."""
    return walk_forward(replace(breaks, settled=np.where(np.isnat(breaks.settled), breaks.settled, breaks.session[0])))


def test_outcomes_that_came_later_change_no_forecast():
    assert changed_by_outcomes(walk_forward) == 0


@pytest.mark.parametrize("trainer", [without_embargo, everything_at_once])
def test_training_on_outcomes_not_known_yet_is_caught(trainer):
    assert changed_by_outcomes(trainer) > 0


@pytest.fixture(scope="module")
def desk():
    return read_desk("sample")


@pytest.fixture(scope="module")
def later(desk):
    return take(open_source("sample"), desk.all_names(), LATER).snapshot


def written(snapshot, desk, learner=learn) -> bytes:
    note = pipeline.write_note(snapshot, desk, read_pack(desk.disclosure), source="the packaged sample", learn=learner)
    return json.dumps(document(note), sort_keys=True).encode() + repr(note.setups).encode()


@pytest.fixture(scope="module")
def then(desk):
    return written(take(open_source("sample"), desk.all_names(), DAY).snapshot, desk)


def test_a_note_reads_the_same_when_later_bars_are_there_and_cut(desk, later, then):
    assert b"earlier breaks of its sort" in then
    assert written(Snapshot(DAY, later.markets), desk) == then


def test_a_note_reads_the_same_whatever_followed(desk, later, then):
    """The bars after the date are replaced by others ten times as wild, then cut."""
    assert written(Snapshot(DAY, {name: _otherwise(bars) for name, bars in later.markets.items()}), desk) == then


def _otherwise(bars):
    rng, after = np.random.default_rng(5), bars.session > DAY
    factor = np.where(after, np.exp(0.1 * rng.standard_normal(len(bars))), 1.0)
    return replace(bars, **{name: getattr(bars, name) * factor for name in ("open", "high", "low", "close")})


def test_records_and_odds_from_later_bars_are_caught(desk, later, then):
    """A leak planted where it would hurt: experience gained from looks at the whole data."""

    def leaky(looks, beside):
        return learn(pipeline.look(later, looks), beside)

    assert written(Snapshot(DAY, later.markets), desk, leaky) != then


def test_odds_fitted_until_later_are_caught(desk, later):
    """Weights of a model that has seen the year ahead change the odds of that day's breaks."""
    looks = pipeline.look(Snapshot(DAY, later.markets), ["IXIC"])
    honest = learn(looks).odds

    def trained_late():
        breaks = breaks_of(pipeline.look(later, ["IXIC"])["IXIC"])
        made = walk_forward(replace(breaks, settled=np.where(breaks.session > DAY, breaks.session[0], breaks.settled)))
        at = {(str(s), int(n)): p for s, n, p in zip(breaks.session, breaks.subject, made.probability, strict=True)}
        return [at[str(o.session), o.subject] for o in honest]

    assert honest
    assert [o.probability for o in honest] != trained_late()
