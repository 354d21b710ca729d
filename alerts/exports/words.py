"""A card in sentences, for the fields of formats that people read; in the partner's language, as in its digests."""

from datetime import UTC, datetime

from alerts.exports.package import Item, Package
from alerts.render import Asked, card_of
from alerts.words import Words
from zorya.domain.findings import Band

_NEVER = datetime(2000, 1, 1, tzinfo=UTC)


def spoken(package: Package) -> Words:
    """The words of the partner."""
    spec = package.partner.spec
    return Words.of(spec.language, spec.zone)


def title(package: Package, item: Item) -> str:
    """`To read · labour exploitation`; of a withdrawn alert that it is withdrawn."""
    words = spoken(package)
    if item.withdrawn:
        return words.text("notice_recalled")
    patterns = [words.text(f"pattern_{name}") for name in listed(item, "patterns")]
    return " · ".join(part for part in (words.text(f"severity_{item.alert.severity}"), words.join(patterns)) if part)


def story(package: Package, item: Item) -> str:
    """The rows of the card, a line each, and what a signal is worth. What is asked of the partner stays in the mail."""
    words = spoken(package)
    if item.withdrawn:
        return words.text("recalled_ask")
    redact = package.partner.spec.redact
    card = card_of(1, item.alert, words, package.titles, Asked(_NEVER), redact)
    rows = [f"{row.label}: {row.value}" for row in card.rows if not row.strong and not row.link]
    return "\n".join([card.facts, *rows, words.text("how")])


def estimate(package: Package, item: Item) -> str:
    """How likely the model holds a concern, and how many people confirmed it."""
    words, band = spoken(package), band_of(item)
    told = words.text("estimate", band=words.text(f"band_{(band or 'none').replace('-', '_')}"))
    reviewers = item.alert.content.get("reviewers")
    return f"{told} · {words.plural('reviewed', reviewers)}" if isinstance(reviewers, int) else told


def band_of(item: Item) -> str | None:
    """The band of the card, one of MISP's estimative words."""
    band = item.alert.content.get("band")
    return str(band) if band in set(Band) else None


def signs(package: Package, item: Item) -> list[str]:
    """Titles of the indicators, in the partner's language where there is one."""
    why = item.alert.content.get("why")
    named = [sign for sign in why if isinstance(sign, dict)] if isinstance(why, list) else []
    return [package.titles.get((str(sign["code"]), sign["revision"]), str(sign["title"])) for sign in named]


def listed(item: Item, name: str) -> list[str]:
    """A list of the card; the `+3` that counts what was left out is none of its values."""
    values = item.alert.content.get(name)
    texts = [str(value) for value in values] if isinstance(values, list) else []
    return [text for text in texts if not (text.startswith("+") and text[1:].isdigit())]


def moment(item: Item, name: str) -> datetime:
    """A moment of the card; that of the offer where it has none."""
    value = item.alert.content.get(name)
    return datetime.fromisoformat(value) if isinstance(value, str) else item.alert.created_at


def number(item: Item, name: str) -> int:
    """A number of the card."""
    value = item.alert.content.get(name)
    return value if isinstance(value, int) else 0
