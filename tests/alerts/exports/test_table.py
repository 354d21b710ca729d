"""The CSV and the HTCDS mapping: safe in every spreadsheet, complete for every pattern."""

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from alerts.exports.htcds import HtcdsField, mapping
from alerts.exports.to_file import Format
from alerts.partner_spec import OrgType
from zorya.domain.ads import ContactKind, Kind, Place
from zorya.domain.findings import MODIFIERS, PATTERNS
from zorya.spreadsheets import safe_cell

FORMULAS = ("=HYPERLINK(1)", "+1", "-1+1", "@SUM(1)", "＝1+1", ' "=1', "a;=1+1", "a,\t@x", "\t=1", "\r=1", "x|-1")
START = re.compile(r'^[^\S\t\r\n"]*"?[^\S\t\r\n]*[=+\-@＝＋－＠\t\r]')


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@given(text=st.text(max_size=20) | st.sampled_from(FORMULAS) | st.text("=+-@;,|\t\r\n\"' a1", max_size=12))
def test_no_piece_of_a_cell_is_a_formula_however_the_file_is_split(separator, text):
    for piece in safe_cell(text).split(separator):
        assert not START.match(piece)


@given(st.text(max_size=20))
def test_a_safe_cell_is_safe_already(text):
    assert safe_cell(safe_cell(text)) == safe_cell(text)


@pytest.mark.parametrize("plain", ["Rotterdam", "phone +44 … 123", "a, b", "2026-11-24", "kinder-oppas"])
def test_ordinary_words_stay(plain):
    assert safe_cell(plain) == plain


def test_hostile_words_of_an_ad_are_text_in_the_table(partnership):
    partnership.tell(ad={"places": (Place("=cmd|' /C calc'!A0"), Place("@SUM(1+9)*cmd"))}, title="=1+1;=2+2")
    text = partnership.render(Format.CSV)
    head, row = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    assert not [cell for cell in row if START.match(cell)]
    told = dict(zip(head, row, strict=True))
    assert told["signs"] == "'=1+1;'=2+2"
    assert told["addresses"].startswith("hxxps://jobs[.]example/")
    assert told["contacts"] == "email a…@w… | instagram dr… | phone +44 … 123 | telegram wo…"


def test_a_withdrawn_alert_is_a_row_without_facts(partnership):
    alert = partnership.tell()
    partnership.recall(alert, at=partnership.after(hours=1))
    head, row = csv.reader(io.StringIO(partnership.render(Format.CSV).removeprefix("\ufeff")))
    told = {name: cell for name, cell in zip(head, row, strict=True) if cell}
    assert told == {"alert": alert.id, "marking": "TLP:AMBER", "state": "withdrawn", "changed": told["changed"]}


def test_every_pattern_kind_and_messenger_has_a_code():
    known = {field.name: field.codes for field in mapping().fields}
    assert known["TypeOfExploitation"].keys() | known["MethodsOfControl"].keys() == {*PATTERNS, *MODIFIERS}
    assert known["MethodOfRecruitment"].keys() == set(Kind)
    by_page = {ContactKind.PHONE, ContactKind.EMAIL, ContactKind.URL}
    assert known["RecruitmentWebsitesAndApps"].keys() == set(ContactKind) - by_page
    assert mapping().recipients.keys() <= set(OrgType.__args__)


@pytest.mark.parametrize("name", ["prs_FirstName", "vic_MethodsOfControl", "cas_Status"])
def test_a_field_of_a_persons_record_is_refused(name):
    with pytest.raises(ValidationError, match="record of a person"):
        HtcdsField(name=name, fact="kinds")
