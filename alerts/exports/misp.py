"""A package as a MISP event: one object a campaign, of the template `recruitment-advertisement` (misp_data/), and one
event report with the cards in the partner's language.

UUIDs and timestamps are those of the alerts, so an event that is imported twice is one. Nothing is for detection
(`to_ids` false), and the event stays as close as its marking asks.
"""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from pymisp import MISPEvent, MISPObject

from alerts import addresses, redaction
from alerts.exports import tags, words
from alerts.exports.package import Item, Package
from zorya.domain import ids
from zorya.domain.ads import ContactKind
from zorya.domain.sharing import Marking

TEMPLATE = Path(__file__).parent / "misp_data" / "objects" / "recruitment-advertisement" / "definition.json"
TAXONOMY = Path(__file__).parent / "misp_data" / "taxonomies" / "thb-recruitment" / "machinetag.json"
DISTRIBUTION = {Marking.CLEAR: 3, Marking.GREEN: 1}
"""All communities, this community; what is more closed stays in the organisation that imports it (0)."""
_INHERIT = 5
_MARKUP = re.compile(r"[\\`*_{}\[\]<>()#!|~@&:]")
_THREAT = {3: 1, 2: 2, 1: 3}


def render(package: Package) -> bytes:
    """The event, UTF-8 JSON as MISP imports it."""
    event = MISPEvent(force_timestamps=True)
    event.from_dict(
        uuid=ids.interchange_uuid("misp-event", package.name, package.partner.id),
        info=f"[{package.marking}] {package.house.name}: {len(package.items)} × recruitment-advertisement",
        date=package.changed_at.date().isoformat(),
        timestamp=int(package.changed_at.timestamp()),
        threat_level_id=min(_THREAT[item.alert.severity] for item in package.items),
        analysis=2,
        published=False,
        distribution=DISTRIBUTION.get(package.marking, 0),
        Orgc={"name": package.house.name, "uuid": ids.interchange_uuid("identity", package.house.domain)},
    )
    for tag in (*_marked(package.marking), 'workflow:state="complete"'):
        event.add_tag(tag)
    for item in package.items:
        event.add_object(_object(package, item))
    name = ids.interchange_uuid("misp-report", package.name, package.partner.id)
    report = event.add_event_report(str(event.info), _cards(package), uuid=name, distribution=_INHERIT)
    report.timestamp, report.force_timestamp = package.changed_at, True
    told = {"Event": json.loads(event.to_json())}
    return (json.dumps(told, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def _marked(marking: Marking) -> tuple[str, str]:
    return tags.of_marking(marking), tags.permitted(marking)


def _cards(package: Package) -> str:
    """The cards as Markdown, as far as the partner may read them; what an ad says is no markup and no link."""
    told = [f"**{package.marking}** {words.spoken(package).marking(package.marking)}"]
    for item in package.items:
        told.append(f"## {_plain(words.title(package, item))} · {item.alert.id} · {_plain(item.alert.marking)}")
        told.append("\n".join(f"* {_plain(line)}" for line in words.story(package, item).splitlines()))
    return "\n\n".join(told) + "\n"


def _plain(text: str) -> str:
    return _MARKUP.sub(r"\\\g<0>", text)


def _object(package: Package, item: Item) -> MISPObject:
    made = MISPObject("recruitment-advertisement", misp_objects_template_custom=_template(), force_timestamps=True)
    at = int(item.changed_at.timestamp())
    made.from_dict(uuid=ids.interchange_uuid("misp-object", item.alert.id), timestamp=at, distribution=_INHERIT)
    made.deleted = item.withdrawn
    for relation, value in dict.fromkeys(pair for pair in _values(package, item) if pair[1]):
        name = ids.interchange_uuid("misp-attribute", item.alert.id, relation, value)
        where: dict[str, Any] = {"uuid": name, "timestamp": at, "distribution": _INHERIT, "to_ids": False}
        attribute = made.add_attribute(relation, value=value, **where)
        if relation == "alert-id" and attribute is not None:
            attribute.force_timestamp = True  # a tag would count as an edit and drop it
            for tag in (*_marked(item.alert.marking), *tags.of_judgement(item), *tags.of_item(item)):
                attribute.add_tag(tag)
    return made


def _values(package: Package, item: Item) -> list[tuple[str, str]]:
    """(attribute, value) of an alert in the order of the template; of a withdrawn one its id and state."""
    state = "withdrawn" if item.withdrawn else "confirmed"
    found = [("alert-id", item.alert.id), ("state", state)]
    return found if item.withdrawn else [*found, *_numbers(item), *_lists(package, item), *_contacts(item)]


def _numbers(item: Item) -> list[tuple[str, str]]:
    band = words.band_of(item)
    return [
        ("severity", tags.SEVERITY[item.alert.severity]),
        *([("likelihood", band)] if band else []),
        ("reviewers", str(words.number(item, "reviewers"))),
        ("advertisements", str(words.number(item, "ads"))),
        ("first-seen", words.moment(item, "first_seen").isoformat()),
        ("last-seen", words.moment(item, "last_seen").isoformat()),
    ]


def _lists(package: Package, item: Item) -> list[tuple[str, str]]:
    pairs = [("pattern", name.replace("_", "-")) for name in words.listed(item, "patterns")]
    pairs += [("sign", sign) for sign in words.signs(package, item)]
    for relation, name in (("source", "sources"), ("kind", "kinds"), ("language", "languages"), ("place", "places")):
        pairs += [(relation, value) for value in words.listed(item, name)]
    pairs += [("country", code.upper()) for code in words.listed(item, "countries")]
    for address in words.listed(item, "addresses"):
        known = addresses.whole(address)
        pairs.append(("url", known) if known else ("address", address))
    return pairs


def _contacts(item: Item) -> list[tuple[str, str]]:
    """Contacts that the partner may read whole under their own names, the others as words."""
    relations = {ContactKind.PHONE: "phone-number", ContactKind.EMAIL: "email", ContactKind.URL: "url"}
    whole = {f"{kind} {value}": (kind, value) for kind, value in redaction.whole(item.alert.content)}
    pairs = []
    for told in words.listed(item, "contacts"):
        kind, value = whole.get(told, (None, told))
        if kind is None:
            pairs.append(("contact", value))
        elif kind in relations:
            pairs.append((relations[kind], value))
        else:
            pairs.append(("account", f"{kind}:{value}"))
    return pairs


@cache
def _template() -> dict[str, Any]:
    return dict(json.loads(TEMPLATE.read_bytes()))
