"""The STIX 2.1 bundle: valid for OASIS's validator, marked with TLP 2.0, the same bytes for the same alerts."""

import json

import pymisp
import pytest
import stix2
from stix2validator import ValidationOptions, validate_instance

from alerts import decisions
from alerts.exports.stix_marking import TLP_EXTENSION
from alerts.exports.to_file import Format
from zorya.domain.ads import Place
from zorya.domain.sharing import Act, Marking

_NOT_RANDOM, _OPEN_WORD = "103", "244"
"""What the validator would rather see: random ids (ours are the same on every export), only known account types."""
TLP_1 = ("613f2e26-407d", "34098fce-860f", "f88d31f6-486f", "5e57c739-391a")


def _things(partnership, *alerts):
    return json.loads(partnership.render(Format.STIX, *alerts))["objects"]


def _kinds(things):
    return sorted(thing["type"] for thing in things)


@pytest.fixture(params=["masked", "whole"])
def either(request, open_partnership):
    """A partner of each profile who was told one campaign and had another withdrawn."""
    whole = dict.fromkeys(("phones", "handles", "emails", "links"), request.param)
    with open_partnership(redact=whole, tlp_ceiling="TLP:AMBER+STRICT") as made:
        made.recall(made.tell(), at=made.after(hours=1))
        made.tell(at=made.after(days=1), severity=3)
        yield made


def test_a_bundle_is_valid_stix(either):
    text = either.render(Format.STIX)
    result = validate_instance(json.loads(text), ValidationOptions(version="2.1", enforce_refs=True))
    assert result.is_valid, result.errors
    told = {str(each).partition("{")[2][:3] for each in result.warnings}
    assert told <= {_NOT_RANDOM, _OPEN_WORD}
    assert stix2.parse(text).type == "bundle"


HOSTILE = '<script>alert(1)</script>{{ 7*7 }}"\' =HYPERLINK("x")\u202e\x07 ünï'


def test_hostile_words_of_an_ad_stay_words(partnership):
    url = f"https://jobs.example/ad/7?q={HOSTILE}"
    place = Place(HOSTILE, HOSTILE, "nl")
    partnership.tell(ad={"places": (place, place), "url": url, "language": "ro"}, title=HOSTILE)
    text = partnership.render(Format.STIX)
    assert validate_instance(json.loads(text), ValidationOptions(version="2.1")).is_valid
    assert not [char for char in text if char in "\u202e\x07"]
    event = pymisp.MISPEvent()
    event.load(partnership.render(Format.MISP))
    names = [attribute.uuid for attribute in event.objects[0].Attribute]
    assert len(names) == len(set(names))


def test_a_masked_bundle_holds_addresses_and_words_and_no_contact(partnership):
    alert = partnership.tell()
    things = _things(partnership, alert)
    kinds = ["grouping", "identity", "location", "location", "marking-definition", "note", "observed-data", "opinion"]
    assert _kinds(things) == [*kinds, "url"]
    (note,) = [thing for thing in things if thing["type"] == "note"]
    assert "phone +44 … 123" in note["content"]
    (url,) = [thing for thing in things if thing["type"] == "url"]
    assert url["value"].startswith("https://jobs.example/ad/")


def test_contacts_that_may_be_whole_are_observables(revealing):
    alert = revealing.tell()
    things = _things(revealing, alert)
    seen = {thing.get("value") or thing["account_login"] for thing in things if thing["type"] in _SEEN}
    assert seen >= {"+447700900123", "anna.recruit@work.example", "work_dream_example", "dream.jobs.example"}
    (definition,) = [thing for thing in things if thing["type"] == "extension-definition"]
    (number,) = [thing for thing in things if thing["type"] == "phone-number"]
    assert number["extensions"] == {definition["id"]: {"extension_type": "new-sco"}}


_SEEN = {"url", "email-addr", "phone-number", "user-account"}


def test_every_object_is_marked_as_oasis_says(revealing):
    things = _things(revealing, revealing.tell())
    (marking,) = [thing for thing in things if thing["type"] == "marking-definition"]
    assert marking["id"] == "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003"
    assert marking["name"] == Marking.AMBER_STRICT
    assert marking["extensions"][TLP_EXTENSION] == {"extension_type": "property-extension", "tlp_2_0": "amber+strict"}
    frame = {"marking-definition", "identity", "location", "extension-definition"}
    assert all(thing["object_marking_refs"] == [marking["id"]] for thing in things if thing["type"] not in frame)
    assert not [old for old in TLP_1 if old in json.dumps(things)]


def test_a_second_export_is_the_same_bytes(either):
    assert either.render(Format.STIX) == either.render(Format.STIX)


def test_a_digest_is_a_report_of_its_groupings(partnership, tmp_path):
    partnership.tell()
    (telling,) = partnership.tellings()
    left = partnership.export(tmp_path, Format.STIX, partner="la-strada", digest=telling.id)
    things = json.loads(left.path.read_text())["objects"]
    (report,) = [thing for thing in things if thing["type"] == "report"]
    (grouping,) = [thing for thing in things if thing["type"] == "grouping"]
    assert report["object_refs"] == [grouping["id"]]
    assert report["name"] == "Zorya: la-strada/0001"


def test_likelihood_is_in_words_and_the_verdict_names_nobody(partnership):
    things = _things(partnership, partnership.tell())
    (opinion,) = [thing for thing in things if thing["type"] == "opinion"]
    assert opinion["opinion"] == "agree"
    assert "very likely (80–95" in opinion["explanation"]
    assert not {"ana", "bohdan", "lena"} & set(opinion["explanation"].lower().split())
    assert "authors" not in opinion


def test_a_withdrawn_alert_is_revoked_with_the_same_ids_and_no_facts(partnership):
    alert = partnership.tell()
    before = {thing["id"]: thing for thing in _things(partnership, alert)}
    partnership.recall(alert, at=partnership.after(hours=1))
    after = {thing["id"]: thing for thing in _things(partnership)}
    for name, thing in before.items():
        if thing["type"] in {"grouping", "observed-data", "note", "opinion"}:
            assert after[name]["revoked"] is True
            assert after[name]["modified"] > thing["modified"]
    said = json.dumps(after, ensure_ascii=False)
    assert not [fact for fact in ("jobs.example", "labour", "Rotterdam", "passport", "+44") if fact in said]


def test_a_correction_is_a_new_version_of_the_same_objects(partnership):
    alert = partnership.tell()
    before = {thing["id"]: thing for thing in _things(partnership, alert)}
    later = partnership.after(days=1)
    more = {"by": "lena", "reason": "too open", "marking": Marking.AMBER}
    partnership.town.verdict(alert.campaign_id, "carla", severity=2)
    partnership.town.lead("marc")
    fresh = decisions.correct(partnership.town.store, partnership.settings, alert.id, as_of=later, **more)
    assert fresh.revision == 2
    decisions.decide(partnership.town.store, partnership.settings, alert.id, Act.APPROVE, by="marc", as_of=later)
    after = {thing["id"]: thing for thing in _things(partnership, fresh)}
    assert set(after) == set(before)
    for name, thing in before.items():
        if thing["type"] in {"grouping", "note", "opinion"}:
            assert thing["created"] == after[name]["created"]
            assert after[name]["modified"] > thing["modified"]
