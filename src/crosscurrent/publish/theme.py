"""The house's colours and type, light and dark, and how a drawing and a page share them as CSS variables."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

__all__ = ["DARK", "FONT_STACK", "LIGHT", "Theme", "css"]

Theme = Literal["auto", "light", "dark"]

FONT_STACK = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, "DejaVu Sans", sans-serif'

# Rise and fall are blue and vermilion, told apart by every kind of colour blindness (Okabe & Ito 2008), and by hollow and filled
# bodies without any colour. Each light colour is unique, because it is by its colour that a drawing's stroke is given its variable.
LIGHT: Mapping[str, str] = MappingProxyType({
    "surface": "#fdfcfa", "text": "#18212b", "muted": "#5c6773", "grid": "#e9ecef", "frame": "#c6ccd2",
    "price": "#1b4f8a", "up": "#0b68ad", "down": "#cc4a05", "quiet_up": "#a9cbe6", "quiet_down": "#efbd9f", "norm": "#6a7682",
    "fast": "#8442b8", "slow": "#1c7a4d", "momentum": "#4a55a8", "level": "#7b6312", "line": "#2b3640", "pattern": "#b3205f",
    "first": "#1367a6", "second": "#b9560d", "shade": "#8593a0", "on_tag": "#fffffe",
})  # fmt: skip
DARK: Mapping[str, str] = MappingProxyType({
    "surface": "#14171a", "text": "#e7ebef", "muted": "#98a4b0", "grid": "#222a32", "frame": "#3a444e",
    "price": "#84b6ec", "up": "#5fb0ee", "down": "#ff8b52", "quiet_up": "#2f5677", "quiet_down": "#77462c", "norm": "#9aa7b4",
    "fast": "#c393ee", "slow": "#5fc797", "momentum": "#a3adf5", "level": "#d3b65a", "line": "#d0d8df", "pattern": "#ff7fb2",
    "first": "#66b3f0", "second": "#ffa062", "shade": "#8d9aa8", "on_tag": "#0c1014",
})  # fmt: skip


def css(selector: str) -> str:
    """Return the style that gives `selector` its colours: light, dark by the reader's system or by `data-theme`, light on paper."""
    light, dark = _declared(LIGHT), _declared(DARK)
    return (
        f"{selector}{{{light}}}"
        f"@media screen and (prefers-color-scheme:dark){{:root:not([data-theme=light]) {selector},"
        f"{selector}:root:not([data-theme=light]){{{dark}}}}}"
        f"@media screen{{[data-theme=dark] {selector}{{{dark}}}}}"
        f"@media print{{{selector}{{{variable('surface')}:#fff}}}}"
    )


def variable(ink: str) -> str:
    """Return the CSS variable of an ink."""
    return f"--cc-{ink.replace('_', '-')}"


def _declared(colours: Mapping[str, str]) -> str:
    return ";".join(f"{variable(ink)}:{colour}" for ink, colour in colours.items())
