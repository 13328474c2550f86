"""Desks and disclosure packs: files with a schema; a warning with a hole in it does not build."""

from datetime import date

import pytest

from crosscurrent.errors import BadSetting, MissingData, UnknownName
from crosscurrent.note.disclosure import disclose
from crosscurrent.sources.desks import packaged, read_desk, read_pack

FIELDS = {
    "loss_percentage": "71%", "loss_date": "2025-01-02", "firm": "A Firm Ltd", "regulator": "CySEC", "registration": "000/00",
    "excluded_jurisdictions": "the United States",
}  # fmt: skip


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


@pytest.mark.parametrize("missing", sorted(FIELDS))
def test_a_missing_field_is_refused(missing):
    fields = {k: v for k, v in FIELDS.items() if k != missing}
    with pytest.raises(BadSetting, match=missing):
        disclose(read_pack("eu-cfd"), fields, date(2025, 1, 17))


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
