"""Mails of deconfliction: another organisation works on a contact that the recipient registered, and whom to call.

They name the other organisation and its contact point, never the contact, the entry or the case: those stand on a page
that asks for a log-in. As TLP:AMBER notices they hold no card of an ad, so no ceiling and no pause stops them.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from email.utils import parseaddr

from sqlalchemy import Connection

from alerts import links, sealing
from alerts.deconfliction import holder
from alerts.issue import chain_line, numbers
from alerts.partners import Catalog, Partner, load_all
from alerts.render import Card, Rendered, Row, bar, drawn
from alerts.words import Words
from zorya.domain.deconfliction import Match
from zorya.domain.runs import StageReport
from zorya.domain.sharing import ChainLink, Marking
from zorya.settings import Settings
from zorya.store import Store, deconfliction, digest_chain

MARKING = Marking.AMBER


def run(store: Store, settings: Settings, *, as_of: datetime) -> StageReport:
    """One mail for each partner with news of its entries, stored in the transaction that notes them as told."""
    catalog = load_all(settings)
    with store.reading() as connection:
        news: dict[str, list[int]] = defaultdict(list)
        for seq, holding, _other, _at in deconfliction.untold(connection, at=as_of):
            news[holding.partner].append(seq)
    told, messages = 0, []
    for name, seqs in sorted(news.items()):
        partner = catalog.partners.get(name)
        if partner is None:
            messages.append(f"{name} must be told who else works on its entries: its file is gone or broken")
            continue
        with store.writing() as connection:
            told += _tell(connection, settings, catalog, partner, seqs, at=as_of)
    return StageReport("deconflict", as_of, {"matches_told": told}, tuple(messages))


def _tell(
    connection: Connection,
    settings: Settings,
    catalog: Catalog,
    partner: Partner,
    seqs: Sequence[int],
    *,
    at: datetime,
) -> int:
    """How many of these matches this mail tells: another process may have told them in between."""
    mine = deconfliction.claim(connection, seqs, at=at)
    rows = [row for row in deconfliction.told(connection, partner.id, at=at, limit=10_000) if row[0] in mine]
    if not rows:
        return 0
    matches = [Match(seq, holding, holder(catalog, other), moment) for seq, holding, other, moment in reversed(rows)]
    link = digest_chain.next_link(connection, partner.id)
    rendered = render_matches(partner, matches, link, settings, at=at)
    names = tuple(f"deconflict:{match.seq}" for match in matches)
    sealing.keep_notice(connection, settings, partner, link, rendered, names=names, at=at)
    return len(matches)


def render_matches(
    partner: Partner, matches: Sequence[Match], link: ChainLink, settings: Settings, *, at: datetime
) -> Rendered:
    """Subject, text and HTML: a card for each other organisation, however many entries it is about."""
    words, base = Words.of(partner.spec.language, partner.spec.zone), links.base_of(settings)
    by_other: dict[str, list[Match]] = defaultdict(list)
    for match in matches:
        by_other[match.other.partner].append(match)
    cards = [_card(n, each, words, base) for n, each in enumerate(by_other.values(), start=1)]
    head = {
        "subject": words.text("deconflict_subject", marking=MARKING.value),
        "preheader": " · ".join(card.title for card in cards),
        "heading": words.text("notice_heading", partner=partner.spec.name),
        "lines": [
            words.minute(at),
            words.text("issue", sequence=f"{partner.id}/{link.sequence:04d}"),
            *([words.text("held_back", numbers=numbers(link.held_back))] if link.held_back else []),
        ],
        "foot": [
            words.text("deconflict_why", sender=parseaddr(settings.digest.sender)[1]),
            chain_line(words, link),
            *([words.text("draft")] if words.language.draft else []),
        ],
        "pause": None,
    }
    return drawn(MARKING, bar(words, MARKING) | head, cards, words)


def _card(number: int, matches: Sequence[Match], words: Words, base: str) -> Card:
    other = matches[0].other
    facts = f"{words.plural('deconflict_entries', len(matches))} · {words.day(matches[-1].at)}"
    page = words.text("deconflict_open") if base else ""
    rows = (
        Row(words.text("label_call"), other.contact_point or words.text("deconflict_whom")),
        Row(words.text("label_ask"), words.text("deconflict_ask"), strong=True),
        Row(words.text("label_entries"), page, link=f"{base}/deconflict"),
    )
    kept = tuple(row for row in rows if row.value)
    return Card(number, other.partner, 2, other.organisation, other.organisation, facts, kept)
