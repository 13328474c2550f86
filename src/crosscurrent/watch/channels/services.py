"""Desktop and e-mail, through apprise (the extra `alerts`), behind a list of what may be used."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from crosscurrent.errors import MissingData, RequestError
from crosscurrent.watch.alert import Alert
from crosscurrent.watch.channels.channel import Untold

__all__ = ["SCHEMES", "Services", "by_apprise"]

SCHEMES = ("mailto", "mailtos", "dbus", "gnome", "macosx", "windows")
"""E-mail, and the desktops of Linux, macOS and Windows: apprise knows a hundred more, most of which would send to addresses nobody checked."""

Sender = Callable[[str, str, str], bool]
"""Takes a service's URL, a title and a text; returns whether it went out."""


def by_apprise(url: str, title: str, text: str) -> bool:
    """Send by apprise."""
    try:
        from apprise import Apprise
    except ImportError:
        raise MissingData(
            "apprise", "this installation", "Install the extra: pip install 'crosscurrent[alerts]'."
        ) from None
    service = Apprise()
    return bool(service.add(url) and service.notify(body=text, title=title))


@dataclass(frozen=True, slots=True)
class Services:
    """Sends each alert to a desktop or by e-mail.

    Parameters
    ----------
    url
        As apprise writes it: `mailtos://user:password@example.com`, `dbus://`. Its scheme must be one of `SCHEMES`.
    """

    url: str
    send: Sender = by_apprise
    is_loud: bool = True

    def __post_init__(self) -> None:
        scheme = self.url.partition("://")[0].lower()
        if "://" not in self.url or scheme not in SCHEMES:
            raise RequestError(f"{scheme[:20]!r} is no way to send alerts; these are: {', '.join(SCHEMES)}.")

    @property
    def name(self) -> str:
        """The service's name in the outbox; its address holds a password, so it is not written down."""
        scheme, _, rest = self.url.partition("://")
        return f"{scheme.lower()}-{hashlib.sha256(rest.encode()).hexdigest()[:12]}"

    def tell(self, alert: Alert, now: np.datetime64) -> None:
        """Send the alert; `Untold` when the service did not take it."""
        if not self.send(self.url, f"{alert.market}: {alert.kind.replace('_', ' ')}", alert.text):
            raise Untold(f"the service {self.url.partition('://')[0]} did not take it")
