"""A package as CSV for spreadsheets: one row an alert, no cell a formula, UTF-8 with a byte-order mark."""

import csv
from io import StringIO

from alerts.exports import tags, words
from alerts.exports.htcds import mapping
from alerts.exports.package import Item, Package
from zorya.spreadsheets import safe_cell

_LISTS = ("sources", "kinds", "languages", "places", "countries", "contacts", "addresses")
_ONE = ("alert", "marking", "state", "changed", "severity", "likelihood", "reviewers", "ads", "first_seen", "last_seen")


def render(package: Package) -> bytes:
    """The table; addresses stay defanged, since a spreadsheet makes links of whole ones."""
    out = StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    codes = [field for field in mapping().fields if field.codes]
    writer.writerow((*_ONE, "patterns", "signs", *_LISTS, *(f"HTCDS {field.name}" for field in codes)))
    for item in package.items:
        lists = [words.listed(item, "patterns"), words.signs(package, item)]
        lists += [words.listed(item, name) for name in _LISTS]
        lists += [field.of(item) for field in codes]
        writer.writerow(safe_cell(cell) for cell in (*_facts(item), *map(" | ".join, lists)))
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _facts(item: Item) -> tuple[str, ...]:
    alert, changed = item.alert, item.changed_at.isoformat(timespec="seconds")
    if item.withdrawn:
        return (alert.id, alert.marking.value, "withdrawn", changed, *("" for _name in _ONE[4:]))
    numbers = (str(words.number(item, "reviewers")), str(words.number(item, "ads")))
    days = (words.moment(item, name).date().isoformat() for name in ("first_seen", "last_seen"))
    head = (alert.id, alert.marking.value, "confirmed", changed, tags.SEVERITY[alert.severity])
    return (*head, words.band_of(item) or "", *numbers, *days)
