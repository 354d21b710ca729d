"""A package as a STIX 2.1 bundle: the same package is the same bytes. Labels are the tags of the MISP event.

A digest is a report, a campaign a grouping of an observed-data with what was seen (addresses, contacts the partner
may read whole), the countries it names, a note with the card in words and an opinion with the people's verdict.
Markings are the TLP 2.0 objects that OASIS publishes. A corrected alert has a new `modified`; of a withdrawn one each
object is said again with `revoked: true` and without facts.
"""

import json
from typing import Any

import stix2

from alerts import addresses, redaction
from alerts.exports import tags, words
from alerts.exports.package import FOUNDED, Item, Package
from alerts.exports.stix_marking import marking_id, marking_object, phone_extension, phone_number
from zorya.domain import ids
from zorya.domain.ads import ContactKind
from zorya.domain.sharing import Marking
from zorya.store.tellings import Telling

Thing = dict[str, Any]
"""A STIX object as JSON."""


def render(package: Package) -> bytes:
    """The bundle, UTF-8."""
    things = {thing["id"]: thing for item in package.items for thing in objects_of(package, item)}
    things |= {thing["id"]: thing for telling in package.tellings for thing in [report_of(package, telling)]}
    used = {name for thing in things.values() for name in _refers_to(thing)}
    things |= {thing["id"]: thing for thing in every_frame(package) if thing["id"] in used}
    ordered = [things[name] for name in sorted(things)]
    state = [f"{thing['id']} {thing.get('modified', '')}" for thing in ordered]
    bundle = {"type": "bundle", "id": f"bundle--{ids.interchange_uuid('bundle', *state)}", "objects": ordered}
    return (json.dumps(bundle, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def objects_of(package: Package, item: Item) -> list[Thing]:
    """The objects of one alert, those that observe something first."""
    if item.withdrawn:
        return _withdrawn(package, item)
    seen = _observables(item, marking_id(item.alert.marking))
    places = [_country(package, code) for code in words.listed(item, "countries")]
    observed = [_observed(package, item, [thing["id"] for thing in seen])] if seen else []
    refs = [thing["id"] for thing in (*observed, *seen, *places)] or [_house_id(package)]
    grouping = _grouping(package, item, refs)
    return [*seen, *places, *observed, grouping, _note(package, item), _opinion(package, item)]


def report_of(package: Package, telling: Telling) -> Thing:
    """A digest: it names its groupings; what became of one later is said there."""
    refs = [_id("grouping", name) for name in telling.alert_ids]
    facts = {"name": f"{package.house.name}: {package.partner.id}/{telling.sequence:04d}", "object_refs": refs}
    more = {"report_types": ["observed-data"], "published": telling.created_at}
    common = _common(package, "report", telling.id, telling.created_at, telling.created_at)
    return _json(stix2.Report(**common, **facts, **more, object_marking_refs=[marking_id(telling.marking)]))


def every_frame(package: Package) -> list[Thing]:
    """What the others may refer to: the house, markings up to the partner's ceiling, the definition of phone-number."""
    ceiling = package.partner.spec.tlp_ceiling
    markings = [marking_object(marking) for marking in Marking if marking.within(ceiling)]
    return [_house(package), *markings, _json(phone_extension(_house_id(package), FOUNDED))]


def _refers_to(thing: Thing) -> list[str]:
    return [*thing.get("object_marking_refs", ()), *thing.get("extensions", ()), str(thing.get("created_by_ref"))]


def _id(kind: str, *parts: str) -> str:
    return f"{kind}--{ids.interchange_uuid(kind, *parts)}"


def _json(thing: Any) -> Thing:
    return dict(json.loads(thing.serialize()))


def _common(package: Package, kind: str, name: str, created: Any, modified: Any) -> dict[str, Any]:
    who = {"id": _id(kind, name), "created_by_ref": _house_id(package)}
    return who | {"created": created, "modified": max(created, modified)}


def _of_item(package: Package, kind: str, item: Item) -> dict[str, Any]:
    common = _common(package, kind, item.alert.id, item.alert.created_at, item.changed_at)
    common |= {"object_marking_refs": [marking_id(item.alert.marking)]}
    return common | ({"revoked": True} if item.withdrawn else {"lang": package.partner.spec.language})


def _observables(item: Item, marking: str) -> list[Thing]:
    marked = {"object_marking_refs": [marking]}
    found = [addresses.whole(address) for address in words.listed(item, "addresses")]
    seen: list[Any] = [stix2.URL(value=address, **marked) for address in found if address]
    for kind, value in redaction.whole(item.alert.content):
        if kind is ContactKind.EMAIL:
            seen.append(stix2.EmailAddress(value=value, **marked))
        elif kind is ContactKind.URL:
            seen.append(stix2.URL(value=value, **marked))
        elif value.lstrip("+").isdigit():
            seen.append(phone_number(value, marking))
        else:
            seen.append(stix2.UserAccount(account_type=str(kind), account_login=value, **marked))
    return [_json(thing) for thing in seen]


def _country(package: Package, code: str) -> Thing:
    common = _common(package, "location", code, FOUNDED, FOUNDED)
    return _json(stix2.Location(**common, country=code.upper()))


def _observed(package: Package, item: Item, refs: list[str]) -> Thing:
    first, last = words.moment(item, "first_seen"), words.moment(item, "last_seen")
    seen = {"first_observed": first, "last_observed": max(first, last), "object_refs": refs}
    number = max(1, words.number(item, "ads"))
    return _json(stix2.ObservedData(**_of_item(package, "observed-data", item), **seen, number_observed=number))


def _grouping(package: Package, item: Item, refs: list[str]) -> Thing:
    facts = {"name": words.title(package, item), "context": "suspicious-activity", "object_refs": refs}
    return _json(stix2.Grouping(**_of_item(package, "grouping", item), **facts, labels=tags.of_item(item)))


def _note(package: Package, item: Item) -> Thing:
    facts = {"content": words.story(package, item), "object_refs": [_id("grouping", item.alert.id)]}
    return _json(stix2.Note(**_of_item(package, "note", item), abstract=words.title(package, item), **facts))


def _opinion(package: Package, item: Item) -> Thing:
    """People confirmed a concern: they agree that the grouping belongs together. Nobody is named."""
    said = {"opinion": "neutral"} if item.withdrawn else {"opinion": "agree"}
    if not item.withdrawn:
        said["explanation"] = words.estimate(package, item)
    return _json(
        stix2.Opinion(**_of_item(package, "opinion", item), **said, object_refs=[_id("grouping", item.alert.id)])
    )


def _withdrawn(package: Package, item: Item) -> list[Thing]:
    """Each object of an alert, revoked. An observation must refer to something: to the program that made it."""
    program = _json(stix2.Software(name="Zorya", object_marking_refs=[marking_id(item.alert.marking)]))
    moment = item.alert.created_at
    seen = {"first_observed": moment, "last_observed": moment, "number_observed": 1, "object_refs": [program["id"]]}
    observed = _json(stix2.ObservedData(**_of_item(package, "observed-data", item), **seen))
    grouping = _grouping(package, item, [_house_id(package)])
    return [program, observed, grouping, _note(package, item), _opinion(package, item)]


def _house_id(package: Package) -> str:
    return _id("identity", package.house.domain)


def _house(package: Package) -> Thing:
    names = {"id": _house_id(package), "name": package.house.name, "identity_class": "organization"}
    return _json(stix2.Identity(**names, created=FOUNDED, modified=FOUNDED))
