"""The page's scripts: small ES modules of ours in one piece, the chart library where the build brought it, and the policy that allows them alone."""

from __future__ import annotations

import hashlib
import re
import tomllib
from base64 import b64encode
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["asset", "bundle", "credit", "library", "policy"]

IMPORT = re.compile(r'^import (?:.* from )?"\./([\w-]+\.js)";\n', re.MULTILINE)


def asset(name: str) -> str:
    """Return a file of the templates as text."""
    return files("crosscurrent").joinpath("publish", "templates", name).read_text("utf-8")


def bundle(name: str) -> str:
    """Return a module with all it imports before it, each once, so that a page which may ask nobody holds it in one script."""
    return "\n".join(_with_imports(name, []))


def _with_imports(name: str, taken: list[str]) -> list[str]:
    if name in taken:
        return []
    taken.append(name)
    text = asset(name)
    before = [part for imported in IMPORT.findall(text) for part in _with_imports(imported, taken)]
    return [*before, IMPORT.sub("", text)]


@cache
def library() -> str | None:
    """Return TradingView's chart library as the build brought it, None where it is missing or not the pinned one."""
    held = files("crosscurrent").joinpath("publish", "vendor", "lightweight-charts.js")
    if not held.is_file():
        return None
    data = held.read_bytes()
    return data.decode("utf-8") if hashlib.sha256(data).hexdigest() == _pin()["sha256"] else None


def credit() -> tuple[str, str]:
    """Return the notice and the link that the library's licence asks a page to show."""
    return str(_pin()["credit"]), str(_pin()["link"])


@cache
def _pin() -> dict[str, Any]:
    return tomllib.loads(
        files("crosscurrent").joinpath("publish", "vendor", "lightweight-charts.toml").read_text("utf-8")
    )


def policy(scripts: Iterable[str], styles: Iterable[str]) -> str:
    """Return the content security policy that lets a page run just these scripts and styles and ask nobody for anything."""
    allowed = {
        "script-src": " ".join(_hash(s) for s in scripts) or "'none'",
        "style-src": " ".join(_hash(s) for s in styles),
    }
    fixed = {"default-src": "'none'", "img-src": "data:", "base-uri": "'none'", "form-action": "'none'"}
    return "; ".join(f"{name} {value}" for name, value in (fixed | allowed).items())


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
