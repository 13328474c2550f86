"""`ladder` and `setups`: what they print by the contract, and a clear sentence for each bad input."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from crosscurrent.cli import cli
from crosscurrent.publish.document import schema
from strategies import random_bars


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("data")
    for name, seed, n in (("NQ", 3, 300), ("ZN", 2, 300), ("ES", 5, 8)):
        bars = random_bars(seed, n)
        columns = {c: (getattr(bars, c) * 64).round() / 64 for c in ("open", "high", "low", "close")}
        pd.DataFrame({"date": bars.session.astype(str), **columns, "volume": 1000}).to_csv(path / f"{name}.csv", index=False)  # fmt: skip
    closes = random_bars(7, 300)
    pd.DataFrame({"date": closes.session.astype(str), "close": closes.close.round(2)}).to_csv(path / "DGS10.csv", index=False)  # fmt: skip
    return path


def run(*command, folder):
    done = CliRunner().invoke(cli, [*map(str, command), "--data", str(folder)])
    return done.exit_code, done.stdout, str(done.stderr) + str(done.exception or "")


def conforms(document, name):
    validator = pytest.importorskip("jsonschema")
    validator.validate(document, json.loads(schema(name)))


def test_the_ladder_prints_its_contract(folder):
    code, printed, _ = run("ladder", "NQ", "--json", folder=folder)
    assert code == 0
    document = json.loads(printed)
    conforms(document, "ladder")
    prices = [rung["price"] for rung in document["rungs"]]
    assert prices == sorted(prices, reverse=True)
    assert {shelf["name"][:3] for shelf in document["resistance"]} <= {"RES"}


def test_the_ladder_is_read_from_above_to_below_with_the_last_close_between(folder):
    code, printed, _ = run("ladder", "NQ", folder=folder)
    assert code == 0
    lines = printed.splitlines()[2:]
    middle = next(k for k, line in enumerate(lines) if line.endswith("last close"))
    assert [line.split()[0] for line in lines[:middle] if "RES" in line] == ["RES"] * sum(
        "RES" in line for line in lines
    )
    assert all("SUP" not in line for line in lines[:middle])
    _, whole, _ = run("ladder", "NQ", "--all", folder=folder)
    assert len(whole.splitlines()) > len(printed.splitlines())


def test_the_32nds_of_a_note_and_the_basis_points_of_a_yield(folder):
    _, note, _ = run("ladder", "ZN", folder=folder)
    assert "/32" in note
    code, rate, _ = run("ladder", "DGS10", folder=folder)
    assert code == 0
    assert " bp" in rate
    _, printed, _ = run("ladder", "DGS10", "--json", folder=folder)
    assert all("distance_bp" in rung for rung in json.loads(printed)["rungs"])


@pytest.mark.parametrize("name", ["ladder.svg", "ladder.PNG"])
def test_the_ladder_is_drawn_where_asked(folder, tmp_path, name):
    code, _, told = run("ladder", "NQ", "--chart", tmp_path / name, folder=folder)
    assert code == 0, told
    assert (tmp_path / name).read_bytes()[:4] in (b"<svg", b"\x89PNG")


def test_no_other_picture_can_be_drawn(folder, tmp_path):
    code, _, told = run("ladder", "NQ", "--chart", tmp_path / "ladder.gif", folder=folder)
    assert code != 0
    assert "name an .svg or a .png" in told
    assert not (tmp_path / "ladder.gif").exists()


def test_setups_print_their_contract(folder):
    code, printed, _ = run("setups", "NQ", "--json", "--account", 100_000, folder=folder)
    assert code == 0
    document = json.loads(printed)
    assert document
    conforms(document, "setups")
    assert all(row["size"]["tick_value"] == 5.0 for row in document)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--account", "0"), "cannot be risked"),
        (("--account", "-5"), "cannot be risked"),
        (("--account", "1000", "--risk", "0"), "none that can be taken"),
        (("--risk", "-0.01"), "none that can be taken"),
        (("--account", "1000", "--leverage", "0"), "allows no position"),
    ],
)
def test_an_account_or_a_risk_that_is_none_is_refused_with_a_sentence(folder, options, words):
    code, printed, told = run("setups", "NQ", *options, folder=folder)
    assert code != 0
    assert printed == ""
    assert words in told


def test_a_filter_market_without_data_is_named_and_every_setup_neutral(folder):
    code, printed, told = run("setups", "NQ", "--json", "--filter", "ZB", folder=folder)
    assert code == 0
    assert "no data of ZB" in told
    assert {row["filter"] for row in json.loads(printed)} == {"neutral"}
    _, _, quiet = run("setups", "NQ", "--filter", "none", folder=folder)
    assert "no data" not in quiet


def test_any_market_can_stand_as_filter(folder):
    _, printed, _ = run("setups", "ZN", "--json", "--filter", "NQ", folder=folder)
    rows = json.loads(printed)
    assert rows
    assert {row["filtered_by"]["market"] for row in rows} == {"NQ"}


def test_a_desk_names_the_filter_of_each_market(folder, tmp_path):
    desk = tmp_path / "desk.toml"
    markets = (("NQ", "index", 'filter = "DGS10"\n'), ("ZN", "filter", 'filter = "NQ"\n'), ("DGS10", "yield", ""))
    tables = "".join(f'[[markets]]\nname = "{name}"\nrole = "{role}"\n{more}' for name, role, more in markets)
    desk.write_text(f'name = "mine"\n{tables}')
    code, printed, told = run("setups", "--desk", desk, "--json", folder=folder)
    assert code == 0, told
    assert {(r["market"], r["filtered_by"]["market"]) for r in json.loads(printed)} == {("NQ", "DGS10"), ("ZN", "NQ")}
    desk.write_text(desk.read_text().replace('"DGS10"\n[', '"DXY"\n['))
    code, _, told = run("setups", "--desk", desk, folder=folder)
    assert code != 0
    assert "DXY" in told


def test_a_market_without_a_range_and_one_of_closes_say_why_they_have_no_setup(folder):
    code, printed, told = run("setups", "ES", "--json", folder=folder)
    assert (code, json.loads(printed)) == (0, [])
    assert "no average range" in told
    code, printed, told = run("setups", "DGS10", "--json", folder=folder)
    assert (code, json.loads(printed)) == (0, [])
    assert "closes alone" in told
    _, printed, _ = run("ladder", "ES", folder=folder)
    assert "no average range yet" in printed


def test_the_same_call_prints_the_same(folder):
    first, second = (run("setups", "NQ", "--json", folder=folder)[1] for _ in range(2))
    assert first == second
    assert np.all([row["id"].startswith("NQ-") for row in json.loads(first)])
