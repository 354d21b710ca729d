"""The tags of an alert, in the machine tags of MISP's taxonomies; `thb-recruitment` is ours (data/thb-recruitment)."""

from alerts.exports import words
from alerts.exports.package import Item
from zorya.domain.sharing import Marking

SEVERITY = {1: "low", 2: "medium", 3: "high"}
_PERMITTED = {
    Marking.CLEAR: "PAP:CLEAR",
    Marking.GREEN: "PAP:GREEN",
    Marking.AMBER: "PAP:AMBER",
    Marking.AMBER_STRICT: "PAP:RED",
    Marking.RED: "PAP:RED",
}


def of_item(item: Item) -> list[str]:
    """Pattern, severity and likelihood of one alert; nothing of a withdrawn one but that it is."""
    if item.withdrawn:
        return ['thb-recruitment:state="withdrawn"']
    tags = [f'thb-recruitment:pattern="{name.replace("_", "-")}"' for name in words.listed(item, "patterns")]
    tags.append(f'thb-recruitment:severity="{SEVERITY[item.alert.severity]}"')
    band = words.band_of(item)
    return [*tags, *([f'estimative-language:likelihood-probability="{band}"'] if band else [])]


def of_marking(marking: Marking) -> str:
    """`tlp:amber+strict`."""
    return marking.value.lower()


def permitted(marking: Marking) -> str:
    """What may be done with it, in the Permissible Actions Protocol (taxonomy `PAP`, version 3 of MISP).

    The colour of the marking, but PAP:RED (own records alone) from AMBER+STRICT on: there a contact is whole, and
    asking a service of others about it, which PAP:AMBER allows, hands on a person's data and may warn a recruiter.
    """
    return _PERMITTED[marking]


def of_judgement(item: Item) -> list[str]:
    """The Admiralty scale of an alert; nothing of a withdrawn one.

    Source `f`, reliability cannot be judged: who placed an ad is unknown, and nothing stored rates boards. Information
    `2`, probably true: two people judged it for themselves and agree; not `1`, confirmed by other sources, since both
    read the same ads.
    """
    scale = {"source-reliability": "f", "information-credibility": "2"}
    return [] if item.withdrawn else [f'admiralty-scale:{name}="{value}"' for name, value in scale.items()]
