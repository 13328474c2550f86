"""Read desks and disclosure packs: TOML files of the user's, or those that come with the package."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from crosscurrent.errors import BadSetting, MissingData, UnknownName
from crosscurrent.note.desk import Desk
from crosscurrent.note.disclosure import Pack
from crosscurrent.sources.source import Source

__all__ = ["may_embed", "packaged", "read_desk", "read_pack"]

M = TypeVar("M", bound=BaseModel)


def read_desk(name: str) -> Desk:
    """Return a desk by its name in the package or by the path of a TOML file.

    Raises `UnknownName` with the nearest names, `MissingData` for a path that is not there, `BadSetting` for a key that breaks the
    schema: each says what to do.
    """
    return _read(name, "desk", "desks", Desk)


def read_pack(name: str) -> Pack:
    """Return a disclosure pack by its name in the package or by the path of a TOML file; errors as for desks."""
    return _read(name, "disclosure pack", "packs", Pack)


def may_embed(desk: Desk, source: Source) -> bool:
    """Whether a page of the desk may carry its charts' bars: by the desk's word, else by the source's."""
    return source.may_be_republished if desk.embeds_bars is None else desk.embeds_bars


def packaged(folder: str) -> tuple[str, ...]:
    """Return the names of the TOML files that come with the package in `folder`."""
    return tuple(
        sorted(Path(f.name).stem for f in files("crosscurrent").joinpath(folder).iterdir() if f.name.endswith(".toml"))
    )


def _read(name: str, what: str, folder: str, model: type[M]) -> M:
    if name in packaged(folder):
        return _parsed(files("crosscurrent").joinpath(folder, f"{name}.toml").read_text("utf-8"), f"{name}.toml", model)
    path = Path(name)
    if path.suffix != ".toml":
        raise UnknownName(what, name, packaged(folder))
    try:
        return _parsed(path.read_text("utf-8"), path.name, model)
    except FileNotFoundError:
        raise MissingData(f"the {what} {path.name}", str(path.parent), "Give a path to a TOML file.") from None
    except (OSError, UnicodeDecodeError) as fault:
        raise BadSetting(path.name, what, f"cannot be read: {fault}") from None


def _parsed(text: str, file: str, model: type[M]) -> M:
    try:
        return model.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as fault:
        raise BadSetting(file, "TOML", str(fault)) from None
    except ValidationError as fault:
        first = fault.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "file"
        raise BadSetting(file, key, _rule(first["type"], first["msg"], model, key)) from None


def _rule(kind: str, message: str, model: type[BaseModel], key: str) -> str:
    if kind == "extra_forbidden" and "." not in key:
        return f"there is no such key; the keys are {', '.join(model.model_fields)}"
    return "there is no such key here" if kind == "extra_forbidden" else message.removeprefix("Value error, ")
