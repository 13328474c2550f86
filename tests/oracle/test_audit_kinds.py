"""Each kind of claim on real data: true, false and undecidable ones, whose truth pandas computes from the files, never the code under test."""

from __future__ import annotations

from collections import Counter
from functools import cache

import examples_of_levels
import examples_of_moves
import examples_of_shapes
import pytest
from examples import EXAMPLES, FAILS, HOLDS, OPEN, Example, claim

from crosscurrent.audit.auditing import judge_all
from crosscurrent.audit.bench import Bench
from crosscurrent.audit.claims import read_claims
from crosscurrent.audit.document import document_of
from crosscurrent.audit.kinds import CLAIM_KINDS
from crosscurrent.sources import open_source
from strategies import SHARED, needs_shared

pytestmark = [needs_shared, pytest.mark.xdist_group("audit")]
FAMILIES = (examples_of_levels, examples_of_moves, examples_of_shapes)


@cache
def bench() -> Bench:
    return Bench(open_source(str(SHARED)))


def judged(examples: list[Example]) -> list:
    return judge_all(read_claims(document_of([claim for claim, _ in examples]), CLAIM_KINDS), bench())


def test_every_kind_has_its_examples():
    assert set(EXAMPLES) == {kind.name for kind in CLAIM_KINDS}


@pytest.mark.parametrize("kind", [k.name for k in CLAIM_KINDS])
def test_verdicts_agree_with_arithmetic(kind):
    examples = list(EXAMPLES[kind]())
    wrong = [
        f"{verdict.verdict} for {wanted}: {given} -- {verdict.reason}"
        for (given, wanted), verdict in zip(examples, judged(examples), strict=True)
        if verdict.verdict != wanted
    ]
    assert not wrong, "\n".join(wrong)
    counted = Counter(wanted for _, wanted in examples)
    assert counted[HOLDS] >= 3, counted
    assert counted[FAILS] >= 3, counted
    assert counted[OPEN] >= 1, counted


def test_the_arithmetic_would_catch_a_wrong_verdict():
    """A claim turned into its opposite is judged otherwise."""
    day = "2022-06-13"
    above, below = (claim("average", "SPX", day, sma=200, position=side) for side in ("above", "below"))
    first, second = judged([(above, ""), (below, "")])
    assert {first.verdict, second.verdict} == {HOLDS, FAILS}
