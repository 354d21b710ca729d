"""Partner files: what is accepted, and how a wrong one is reported."""

from pathlib import Path

import pytest

from alerts import partners
from alerts.partner_spec import PartnerSpec
from zorya.datafiles import load
from zorya.domain.sharing import Marking
from zorya.errors import DataFileError, PolicyRefusal, ZoryaError

EXAMPLE = Path(partners.__file__).with_name("partners.example.yml")


def test_the_example_is_valid_and_shows_every_key():
    spec = load(EXAMPLE, PartnerSpec)
    assert set(spec.model_fields_set) == set(PartnerSpec.model_fields)
    assert spec.tlp_ceiling is Marking.AMBER


def test_the_file_name_is_the_id(add_partner, sqlite_settings):
    add_partner("hotline-nl")
    assert list(partners.load_all(sqlite_settings).partners) == ["hotline-nl"]


def test_partner_folders_of_the_settings_are_read(sqlite_settings, add_partner, tmp_path):
    (tmp_path / "more").mkdir()
    add_partner().rename(tmp_path / "more" / "dorcas.yml")
    settings = sqlite_settings.model_copy(update={"partner_dirs": (tmp_path / "more", tmp_path / "absent")})
    catalog = partners.load_all(settings)
    assert list(catalog.partners) == ["dorcas"]
    assert "does not exist" in str(catalog.faults[0])


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("tlp_celing", "TLP:AMBER", "remove it or correct its spelling"),
        ("tlp_ceiling", "TLP:PINK", "tlp_ceiling"),
        ("timezone", "Europe/Chisinow", "IANA"),
        ("channels", [{"kind": "smtp", "to": "a@b.example\nBcc: c@d.example"}], "not an e-mail address"),
        ("channels", [{"kind": "pigeon"}], "pigeon"),
        ("channels", [], "channels"),
        ("cadence", {"every": "daily", "weekday": "monday"}, "weekly"),
        ("scope", {"patterns": ["everything"]}, "known are"),
        ("scope", {"countries": ["MDA"]}, "countries"),
    ],
)
def test_a_broken_file_names_line_and_fault_and_hides_no_other(add_partner, sqlite_settings, key, value, said):
    add_partner("good")
    broken = add_partner("broken", **{key: value})
    catalog = partners.load_all(sqlite_settings)
    assert list(catalog.partners) == ["good"]
    (fault,) = catalog.faults
    assert fault.path == broken
    assert fault.line
    assert said in str(fault)
    with pytest.raises(DataFileError):
        catalog.get("broken")


def test_one_id_in_two_folders_is_a_fault(add_partner, sqlite_settings, tmp_path):
    twin = tmp_path / "twin"
    twin.mkdir()
    (twin / "la-strada.yml").write_bytes(add_partner().read_bytes())
    catalog = partners.load_all(sqlite_settings.model_copy(update={"partner_dirs": (twin,)}))
    assert len(catalog.partners) == len(catalog.faults) == 1


def test_adding_copies_a_checked_file_and_refuses_a_second_one(sqlite_settings, tmp_path):
    file = tmp_path / "la-strada.yml"
    file.write_bytes(EXAMPLE.read_bytes())
    added = partners.add(sqlite_settings, file)
    assert partners.load_all(sqlite_settings).get("la-strada") == added
    with pytest.raises(PolicyRefusal):
        partners.add(sqlite_settings, file)


def test_an_unknown_partner_is_answered_with_the_known_ones(add_partner, sqlite_settings):
    add_partner("hotline-nl")
    with pytest.raises(ZoryaError, match="hotline-nl"):
        partners.load_all(sqlite_settings).get("hotline")


@pytest.mark.parametrize("written", ["amber+strict", "TLP:AMBER+STRICT", "tlp:amber+strict"])
def test_a_marking_may_be_written_in_small_letters(add_partner, sqlite_settings, written):
    add_partner(tlp_ceiling=written)
    assert partners.load_all(sqlite_settings).get("la-strada").spec.tlp_ceiling is Marking.AMBER_STRICT
