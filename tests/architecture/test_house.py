"""The house keeps its own rules: lists are complete, pages are current, names are the field's."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import crosscurrent
from crosscurrent.cli import COMMANDS, cli

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "crosscurrent"
MODULES = sorted(m.name for m in pkgutil.walk_packages(crosscurrent.__path__, "crosscurrent."))
BANNED = {"util", "utils", "helper", "helpers", "manager", "managers", "common", "misc"}


@pytest.mark.parametrize("name", MODULES)
def test_a_module_says_what_it_is_and_exports_what_it_has(name):
    module = importlib.import_module(name)
    assert module.__doc__, f"{name} has no docstring"
    for exported in getattr(module, "__all__", ()):
        assert hasattr(module, exported), f"{name} exports {exported}, which it does not have"


def test_no_module_bears_a_name_that_says_nothing():
    assert not [m for m in MODULES if set(m.split(".")[-1].split("_")) & BANNED]


def test_every_command_is_listed_and_every_listed_one_is_there():
    files = {p.stem.replace("_", "-") for p in (PACKAGE / "cli").glob("*.py")}
    assert set(COMMANDS) <= files
    for name in COMMANDS:
        shown = CliRunner().invoke(cli, [name, "--help"])
        assert shown.exit_code == 0, shown.output


def test_the_generated_pages_are_current():
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "write_docs.py", "--check"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_the_core_reads_no_clock_and_no_chance_of_its_own():
    """`datetime.now`, `date.today` and numpy's global generator are for the shell alone."""
    shell = ("sources", "cli", "web", "publish", "evaluate", "audit")
    pattern = re.compile(r"datetime\.now|date\.today|time\.time\(|np\.random\.(?!Generator|default_rng|SeedSequence)")
    guilty = [
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if path.relative_to(PACKAGE).parts[0] not in shell and pattern.search(path.read_text("utf-8"))
    ]
    assert guilty == []


def test_public_functions_and_classes_are_documented():
    bare = []
    for path in PACKAGE.rglob("*.py"):
        for node in ast.parse(path.read_text("utf-8")).body:
            if (
                isinstance(node, ast.FunctionDef | ast.ClassDef)
                and not node.name.startswith("_")
                and not ast.get_docstring(node)
            ):
                bare.append(f"{path.relative_to(PACKAGE)}: {node.name}")
    assert bare == []


def test_the_readme_opens_with_the_two_commands():
    opening = (ROOT / "README.md").read_text("utf-8")[:1200]
    assert "make note" in opening
    assert "make test" in opening


def test_importing_the_package_costs_nothing():
    code = "import sys, crosscurrent; print(len([m for m in sys.modules if m.split('.')[0] in ('numpy', 'pandas', 'numba')]))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0"


def test_help_imports_nothing_heavy():
    code = (
        "import sys\nfrom crosscurrent.cli import cli\n"
        "try:\n    cli(['--help'])\nexcept SystemExit:\n    pass\n"
        "print([m for m in ('numpy', 'pandas', 'numba', 'matplotlib') if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
