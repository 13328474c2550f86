"""A desk is a file: which markets a note is about, in which roles, and who publishes it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

__all__ = ["Desk", "Market", "Rates", "Windows"]

Role = Literal["index", "filter", "cash", "yield", "policy", "context"]


class Setting(BaseModel):
    """A table of a settings file: unknown keys are errors, because a misspelt key would be a silent default."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Market(Setting):
    """One market of the desk.

    `index` markets get a section, a chart and setups; `filter` markets too, and stand as condition on the others' setups; `cash` is
    used for superlatives; `yield` and `policy` stand in the rates section; `context` is at hand for drivers. `filter` names the market of
    the desk that stands as condition on this one's setups; by default the first with that role.
    """

    name: str = Field(min_length=1)
    role: Role
    label: str = ""
    cash: str | None = None
    filter: str | None = None


class Windows(Setting):
    """Windows in sessions, the same for all dates."""

    correlation: int = Field(default=10, ge=3, le=2520)
    chart: int = Field(default=120, ge=20, le=2520)
    recent: int = Field(default=5, ge=1, le=60)


class Rates(Setting):
    """Which series stand for the policy path: the implied rate at a date, and the rate now."""

    implied: str | None = None
    implied_for: str = ""
    current: str | None = None


class Desk(Setting):
    """What a note is about and who publishes it; a TOML file with these tables.

    Parameters
    ----------
    name, publisher, byline
        The desk's name, the publisher's and the author's.
    disclosure, fields
        The disclosure pack, and the values of its required fields.
    markets, pairs
        Markets with roles, and the pairs whose correlation is told (index first, filter second).
    default_as_of
        The date of the note when none is asked for; None means the last one.
    embeds_bars
        Whether the page may carry the bars of its charts, so that they can be explored; None leaves it to the source, which says
        whether its data may be passed on. True is the publisher's word that they may.
    """

    name: str = Field(min_length=1)
    publisher: str = ""
    byline: str = ""
    disclosure: str = "research"
    fields: dict[str, str] = Field(default_factory=dict)
    default_as_of: str | None = None
    embeds_bars: bool | None = None
    markets: tuple[Market, ...] = Field(min_length=1)
    pairs: tuple[tuple[str, str], ...] = ()
    rates: Rates = Rates()
    windows: Windows = Windows()

    @model_validator(mode="after")
    def _names_hold(self) -> Desk:
        names = [m.name for m in self.markets]
        if len(names) != len(set(names)):
            raise ValueError("a market is named twice")
        unknown = {m.filter for m in self.markets if m.filter} - set(names)
        if unknown:
            raise ValueError(f"a filter is named that the desk does not have: {', '.join(sorted(unknown))}")
        strangers = {n for pair in self.pairs for n in pair} - set(names)
        if strangers:
            raise ValueError(f"pairs name markets the desk does not have: {', '.join(sorted(strangers))}")
        return self

    def with_role(self, *roles: Role) -> tuple[Market, ...]:
        """Return the markets of these roles, in the desk's order."""
        return tuple(m for m in self.markets if m.role in roles)

    def filter_of(self, market: Market) -> str | None:
        """Return the market that stands as condition on another's setups: the one it names, else the first of that role."""
        return market.filter or next((m.name for m in self.with_role("filter")), None)

    def all_names(self) -> tuple[str, ...]:
        """Return every market the note may need, the cash series of the indices included."""
        named = [m.name for m in self.markets] + [m.cash for m in self.markets if m.cash]
        named += [s for s in (self.rates.implied, self.rates.current) if s]
        return tuple(dict.fromkeys(named))
