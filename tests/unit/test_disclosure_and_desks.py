"""Desks and disclosure packs: files with a schema; a warning with a hole in it does not build."""

import re
from datetime import date

import pytest
from click.testing import CliRunner

import crosscurrent as cc
from crosscurrent.cli import cli
from crosscurrent.errors import BadSetting, MissingData, UnknownName
from crosscurrent.note.disclosure import disclose
from crosscurrent.sources.desks import packaged, read_desk, read_pack

FIELDS = {
    "loss_percentage": "71%", "loss_date": "2025-01-02", "firm": "A Firm Ltd", "regulator": "CySEC", "registration": "000/00",
    "allowed_jurisdictions": "Ireland, Germany", "excluded_jurisdictions": "the United States",
}  # fmt: skip
RESEARCH = {
    "author": "A. Person", "position": "market analyst", "firm": "A Firm Ltd", "authority": "CySEC", "conflicts": "none",
    "produced_at": "2025-01-17T22:30Z",
    "allowed_jurisdictions": "Ireland", "excluded_jurisdictions": "Canada",
}  # fmt: skip
US = {
    "firm": "A Firm Ltd",
    "registration": "exempt",
    "allowed_jurisdictions": "the United States",
    "excluded_jurisdictions": "Canada",
}
FILLED = {"eu-cfd": FIELDS, "us-futures": US, "research-recommendation": RESEARCH, "research": {}}


@pytest.mark.parametrize("name", packaged("desks"))
def test_packaged_desks_are_valid(name):
    assert read_desk(name).name == name


@pytest.mark.parametrize("name", packaged("packs"))
def test_packaged_packs_are_valid(name):
    assert read_pack(name).name == name


def test_a_filled_pack_shows_the_firm_s_own_figure_above_and_below():
    told = disclose(read_pack("eu-cfd"), FIELDS, date(2025, 1, 17))
    assert "71%" in told.risk_warning
    assert any("A Firm Ltd" in text for text in told.small_print)


@pytest.mark.parametrize("name", packaged("packs"))
def test_every_pack_builds_once_its_fields_are_filled_and_shows_each(name):
    told = disclose(read_pack(name), FILLED[name], date(2025, 1, 17))
    whole = " ".join((told.risk_warning, *told.small_print))
    assert all(value in whole for value in FILLED[name].values())
    assert "{" not in whole


@pytest.mark.parametrize(("name", "missing"), [(name, field) for name in FILLED for field in sorted(FILLED[name])])
def test_a_missing_field_is_refused(name, missing):
    for value in (None, "  "):
        fields = {k: v for k, v in FILLED[name].items() if k != missing} | ({missing: value} if value else {})
        with pytest.raises(BadSetting, match=missing):
            disclose(read_pack(name), fields, date(2025, 1, 17))


def test_a_desk_whose_pack_lacks_a_field_does_not_build(tmp_path):
    lines = ['name = "d"', 'disclosure = "us-futures"', "[[markets]]", 'name = "IXIC"', 'role = "index"']
    (tmp_path / "desk.toml").write_text("\n".join(lines))
    with pytest.raises(BadSetting, match="firm"):
        cc.note(str(tmp_path / "desk.toml"), as_of="2008-11-21")


def test_a_place_is_not_both_allowed_and_excluded():
    with pytest.raises(BadSetting, match="ireland stands twice"):
        disclose(read_pack("eu-cfd"), FIELDS | {"excluded_jurisdictions": "Canada, Ireland"}, date(2025, 1, 17))


def test_a_figure_from_after_the_note_is_refused():
    with pytest.raises(BadSetting, match="after the day of the note"):
        disclose(read_pack("eu-cfd"), FIELDS, date(2024, 12, 31))


@pytest.mark.parametrize("moment", ["last night", "2025-01-17", "2025-01-17T22:30"])
def test_a_time_of_production_is_a_moment(moment):
    with pytest.raises(BadSetting, match="no moment"):
        disclose(read_pack("research-recommendation"), RESEARCH | {"produced_at": moment}, date(2025, 1, 17))


def test_the_command_gives_the_time_of_production_and_a_rebuilt_note_its_own(tmp_path):
    fields = {k: v for k, v in RESEARCH.items() if k != "produced_at"}
    lines = [
        'name = "d"',
        'disclosure = "research-recommendation"',
        "[fields]",
        *(f'{k} = "{v}"' for k, v in fields.items()),
    ]
    (tmp_path / "desk.toml").write_text("\n".join([*lines, "[[markets]]", 'name = "IXIC"', 'role = "index"']))
    asked = ["note", "--desk", str(tmp_path / "desk.toml"), "--out", str(tmp_path / "out")]
    assert CliRunner().invoke(cli, [*asked, "--as-of", "2008-11-21"]).exit_code == 0
    text = (tmp_path / "out" / "note.md").read_text("utf-8")
    (moment,) = set(re.findall(r"Completed on (\S+Z)", text))
    (tmp_path / "out" / "note.md").write_text(text.replace(moment, "2008-11-21T23:00:00Z"), "utf-8")
    done = CliRunner().invoke(cli, [*asked, "--from", str(tmp_path / "out" / "note.md")])
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize(
    ("field", "value"), [("loss_percentage", "most"), ("loss_percentage", "170%"), ("loss_date", "last spring")]
)
def test_a_malformed_field_is_refused(field, value):
    with pytest.raises(BadSetting):
        disclose(read_pack("eu-cfd"), FIELDS | {field: value}, date(2025, 1, 17))


def test_a_figure_out_of_date_is_refused():
    with pytest.raises(BadSetting, match="days old"):
        disclose(read_pack("eu-cfd"), FIELDS, date(2025, 6, 1))


def test_an_unknown_desk_offers_the_nearest():
    with pytest.raises(UnknownName, match="sample"):
        read_desk("sampel")


def test_a_desk_file_that_is_not_there():
    with pytest.raises(MissingData):
        read_desk("nowhere/desk.toml")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ('name = "x"\nmarkets = [', "TOML"),
        ('name = "x"\ncolour = "red"\n[[markets]]\nname = "NQ"\nrole = "index"', "colour"),
        ('name = "x"\n[[markets]]\nname = "NQ"\nrole = "king"', "role"),
        ('name = "x"', "markets"),
        ('name = "x"\npairs = [["NQ", "ZN"]]\n[[markets]]\nname = "NQ"\nrole = "index"', "ZN"),
        ('name = "x"\n[windows]\ncorrelation = 1\n[[markets]]\nname = "NQ"\nrole = "index"', "correlation"),
    ],
)
def test_a_bad_desk_names_the_key(tmp_path, text, word):
    path = tmp_path / "desk.toml"
    path.write_text(text)
    with pytest.raises(BadSetting, match=word):
        read_desk(str(path))
