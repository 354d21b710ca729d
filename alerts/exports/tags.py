"""The tags of an alert, in the machine tags of MISP's taxonomies; `thb-recruitment` is ours (data/thb-recruitment)."""

from alerts.exports import words
from alerts.exports.package import Item
from zorya.domain.sharing import Marking

SEVERITY = {1: "low", 2: "medium", 3: "high"}


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
