"""The MISP event: PyMISP reads it, the template and the taxonomy keep MISP's own schemas, tags and ids are stable."""

import json
from pathlib import Path

import jsonschema
import pymisp
import pytest

from alerts.exports import misp
from alerts.exports.tags import SEVERITY, permitted
from alerts.exports.to_file import Format
from zorya.domain.findings import MODIFIERS, PATTERNS
from zorya.domain.sharing import Marking

SCHEMAS = Path(pymisp.__file__).parent / "data"


def _event(partnership, *alerts):
    event = pymisp.MISPEvent()
    event.load(partnership.render(Format.MISP, *alerts))
    return event


def test_the_template_keeps_misps_schema_for_templates():
    schema = json.loads((SCHEMAS / "misp-objects" / "schema_objects.json").read_bytes())
    jsonschema.Draft4Validator(schema).validate(json.loads(misp.TEMPLATE.read_bytes()))


def test_attribute_types_are_known_to_misp_in_their_categories():
    known = json.loads((SCHEMAS / "describeTypes.json").read_bytes())["result"]
    for name, attribute in json.loads(misp.TEMPLATE.read_bytes())["attributes"].items():
        assert attribute["misp-attribute"] in known["types"], name
        allowed = {
            each for each, types in known["category_type_mappings"].items() if attribute["misp-attribute"] in types
        }
        assert set(attribute.get("categories", ())) <= allowed, name


def test_the_taxonomy_has_the_shape_of_misps_taxonomies_and_a_value_for_every_pattern():
    taxonomy = json.loads(misp.TAXONOMY.read_bytes())
    assert set(taxonomy) == {"namespace", "expanded", "description", "version", "type", "predicates", "values"}
    named = [predicate["value"] for predicate in taxonomy["predicates"]]
    values = {each["predicate"]: {entry["value"] for entry in each["entry"]} for each in taxonomy["values"]}
    assert list(values) == named
    assert values["pattern"] == {name.replace("_", "-") for name in (*PATTERNS, *MODIFIERS)}
    assert values["severity"] == set(SEVERITY.values())
    assert taxonomy["namespace"] == Path(misp.TAXONOMY).parent.name


def test_pymisp_reads_the_event_and_knows_its_template(partnership):
    event = _event(partnership, partnership.tell(severity=3))
    (found,) = event.objects
    assert found.name == "recruitment-advertisement"
    assert found.template_uuid == json.loads(misp.TEMPLATE.read_bytes())["uuid"]
    assert found.get_attributes_by_relation("country")[0].value == "NL"
    assert str(event.info).startswith("[TLP:AMBER] Zorya")
    assert (event.threat_level_id, event.analysis, event.distribution) == (1, 2, 0)


def test_the_event_fits_the_schema_that_pymisp_brings_as_far_as_it_goes(partnership):
    """That schema is older than objects: the event without them is held to it, and each attribute for itself."""
    schema = json.loads((SCHEMAS / "schema-lax.json").read_bytes())
    event = json.loads(partnership.render(Format.MISP, partnership.tell()))
    objects = event["Event"].pop("Object")
    event["Event"]["Attribute"] = [
        {name: value for name, value in attribute.items() if name != "object_relation"}
        for each in objects
        for attribute in each["Attribute"]
    ]
    jsonschema.validate(event, schema)


def test_tags_are_those_of_misps_taxonomies(partnership):
    event = _event(partnership, partnership.tell())
    assert [tag.name for tag in event.tags] == ["tlp:amber", "PAP:AMBER", 'workflow:state="complete"']
    (alert,) = event.objects[0].get_attributes_by_relation("alert-id")
    assert {tag.name for tag in alert.tags} == {
        "tlp:amber",
        "PAP:AMBER",
        'admiralty-scale:source-reliability="f"',
        'admiralty-scale:information-credibility="2"',
        'thb-recruitment:pattern="labour-exploitation"',
        'thb-recruitment:severity="medium"',
        'estimative-language:likelihood-probability="very-likely"',
    }


def test_nothing_is_for_detection(revealing):
    event = _event(revealing, revealing.tell())
    assert not [attribute for attribute in event.objects[0].Attribute if attribute.to_ids]
    assert event.objects[0].get_attributes_by_relation("phone-number")[0].value == "+447700900123"
    assert [tag.name for tag in event.tags[:2]] == ["tlp:amber+strict", "PAP:RED"]


@pytest.mark.parametrize("marking", list(Marking))
def test_every_marking_says_what_may_be_done(marking):
    assert permitted(marking) in {"PAP:CLEAR", "PAP:GREEN", "PAP:AMBER", "PAP:RED"}, "MISP's taxonomy PAP, version 3"


def test_the_event_report_holds_the_card_and_no_more(partnership):
    alert = partnership.tell()
    (report,) = _event(partnership).event_reports
    assert report.content.startswith("**TLP:AMBER** You may share this inside your organisation")
    assert f"## To read · labour exploitation · {alert.id} · TLP\\:AMBER" in report.content
    assert "* Signs\\: Keeps the passport" in report.content
    assert "hxxps\\://jobs\\[.\\]example" in report.content
    assert not [secret for secret in partnership.secrets if secret in report.content.replace("\\", "")]
    assert report.distribution == 5


def test_an_ad_writes_no_markup_into_the_report(partnership):
    assert misp._plain("[x](http://a) <b> @[tag](t) `c` *d*") == (
        "\\[x\\]\\(http\\://a\\) \\<b\\> \\@\\[tag\\]\\(t\\) \\`c\\` \\*d\\*"
    )


def test_a_withdrawn_alert_stands_in_the_report_by_its_id_alone(partnership):
    alert = partnership.tell()
    partnership.recall(alert, at=partnership.after(hours=1))
    (report,) = _event(partnership).event_reports
    assert f"## Withdrawn · {alert.id}" in report.content
    assert "Keeps the passport" not in report.content


@pytest.mark.parametrize(("marking", "distribution"), [(Marking.CLEAR, 3), (Marking.GREEN, 1), (Marking.AMBER, 0)])
def test_distribution_follows_the_marking(marking, distribution):
    assert misp.DISTRIBUTION.get(marking, 0) == distribution


def test_a_second_export_is_the_same_bytes_and_a_withdrawn_object_keeps_its_id(partnership):
    alert = partnership.tell()
    first = partnership.render(Format.MISP)
    assert partnership.render(Format.MISP) == first
    partnership.recall(alert, at=partnership.after(hours=1))
    (gone,) = _event(partnership).objects
    assert gone.uuid == json.loads(first)["Event"]["Object"][0]["uuid"]
    assert gone.deleted
    assert {attribute.object_relation for attribute in gone.Attribute} == {"alert-id", "state"}
