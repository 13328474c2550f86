"""Setups that were filled, reached a target, were stopped, proved wrong or ran out."""

from __future__ import annotations

from collections.abc import Iterator

from crosscurrent.bars.bars import Bars
from crosscurrent.setups.outcome import Outcome
from crosscurrent.setups.setup import Setup
from crosscurrent.watch.alert import Alert
from crosscurrent.watch.seen import Seen

__all__ = ["setups_moved"]

WORDS = {
    "open": ("setup_filled", "is filled at {fill}"), "reached": ("setup_reached", "has reached target {n} of {all}"),
    "target": ("setup_reached", "has reached its last target, {price}"), "stopped": ("setup_stopped", "is stopped at {price}"),
    "invalidated": ("setup_invalidated", "is proved wrong by a close at {price}"), "expired": ("setup_expired", "has run out of time at {price}"),
    "never_filled": ("setup_expired", "was never filled"),
}  # fmt: skip


def setups_moved(before: Seen, now: Seen) -> Iterator[Alert]:
    """Yield what became of each setup that was being followed, step by step; a session may bring several steps."""
    for setup in before.setups:
        was, stands = before.outcome(setup), now.outcome(setup)
        if was is not None and stands is not None:
            bars = now.analysis.bars(setup.market)
            for step in _steps(was, stands):
                yield _alert(setup, step, stands, bars, now)


def _steps(was: Outcome, now: Outcome) -> Iterator[str]:
    if now.filled_on is not None and was.filled_on is None:
        yield "open"
    if now.targets_reached > was.targets_reached and now.status != "target":
        yield "reached"
    if now.status != was.status and now.status not in ("waiting", "open"):
        yield now.status


def _alert(setup: Setup, step: str, stands: Outcome, bars: Bars, now: Seen) -> Alert:
    kind, words = WORDS[step]

    def shown(price: float | None) -> str:
        return "" if price is None else bars.instrument.notation.format(price, "prose")

    told = words.format(
        fill=shown(stands.fill), price=shown(stands.price), n=stands.targets_reached, all=len(setup.targets)
    )
    if stands.price is None and step == "invalidated":
        told = "is proved wrong before it was filled"
    plan = setup.plan.replace("_", " ")
    text = f"The {plan} {setup.side} in {bars.instrument.name} of {setup.session} {told}."
    session = stands.filled_on if step == "open" else stands.session or now.last(setup.market)
    return Alert(now.desk, setup.market, kind, str(session), text, f"{setup.id}:{step}:{stands.targets_reached}")
