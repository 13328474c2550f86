"""Write the generated pages of the docs from docstrings, or check with `--check` that they are current.

`docs/architecture.md` lists the layers and every module by the first paragraph of its docstring; `docs/methods.md` gives every
detector, relation and indicator by its public docstring. So the pages cannot drift from the code.
"""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "crosscurrent"
METHODS = ("indicators", "structure", "intermarket", "evidence", "setups", "evaluate")
MADE = "<!-- Written by scripts/write_docs.py from docstrings: edit those, then run `make docs`. -->\n"


def modules(folder: Path) -> Iterator[tuple[Path, ast.Module]]:
    """Yield the parsed modules of a folder, in the order of their paths."""
    for path in sorted(folder.rglob("*.py")):
        yield path, ast.parse(path.read_text("utf-8"))


def first_paragraph(tree: ast.Module) -> str:
    """Return the first paragraph of a module's docstring on one line."""
    return " ".join((ast.get_docstring(tree) or "").split("\n\n")[0].split())


def architecture() -> str:
    """Return the page on the architecture: the layers from pyproject.toml, then every module."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    layers = settings["tool"]["importlinter"]["contracts"][0]["layers"]
    lines = [MADE, "# Architecture\n", "Imports point down this list; the contract in `pyproject.toml` holds it.\n"]
    lines += [f"{place}. `{layer.replace('crosscurrent.', '')}`" for place, layer in enumerate(layers, 1)]
    lines += ["\n## Modules\n"]
    for path, tree in modules(PACKAGE):
        name = path.relative_to(PACKAGE).as_posix()
        if name.endswith("__init__.py"):
            name = name.removesuffix("__init__.py") or "crosscurrent/"
            lines += [f"\n### `{name}`\n", first_paragraph(tree) + "\n"]
        else:
            lines += [f"- `{name}`: {first_paragraph(tree)}"]
    return "\n".join(lines) + "\n"


def methods() -> str:
    """Return the page on methods: the public classes and functions of the analytical layers with their docstrings."""
    lines = [MADE, "# Methods\n", "What each part computes, when it is known, and where its definition comes from.\n"]
    for folder in METHODS:
        lines += [f"## {folder}\n"]
        for path, tree in modules(PACKAGE / folder):
            told = list(_told(tree))
            if told:
                lines += [
                    f"### {path.relative_to(PACKAGE).with_suffix('').as_posix()}\n",
                    first_paragraph(tree) + "\n",
                    *told,
                ]
    return "\n".join(lines).rstrip() + "\n"


def _told(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
            text = ast.get_docstring(node)
            if text:
                yield f"#### `{node.name}`\n\n```text\n{text}\n```\n"


def kinds() -> str:
    """Return the page on kinds of facts: what each detector writes, on which prices, and with which readings."""
    from crosscurrent.structure import DETECTORS

    lines = [
        MADE,
        "# Kinds of facts\n",
        "What `crosscurrent facts` can list, by detector: on which prices it is told, what it needs, its readings.\n",
    ]
    lines += ["| detector | kinds | prices | needs | readings |", "|---|---|---|---|---|"]
    for detector in DETECTORS:
        layout = detector.layout
        cells = (
            " ".join(f"`{k}`" for k in layout.kinds),
            " and ".join(detector.bases),
            detector.needs,
            " ".join(f"`{r}`" for r in layout.readings),
        )
        lines.append(f"| {type(detector).__name__} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


PAGES = {"architecture.md": architecture, "methods.md": methods, "kinds.md": kinds}


def main() -> int:
    """Write the pages, or with `--check` tell which are not current; the number of stale pages is the exit code."""
    stale = 0
    for name, page in PAGES.items():
        path, text = ROOT / "docs" / name, page()
        if "--check" not in sys.argv:
            path.write_text(text, "utf-8")
        elif not path.exists() or path.read_text("utf-8") != text:
            print(f"docs/{name} is not current: run `make docs`", file=sys.stderr)
            stale += 1
    return stale


if __name__ == "__main__":
    sys.exit(main())
