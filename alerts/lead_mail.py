"""Mails to the leads of this house: a referral is with them, a partner paused or resumed its digests.

They leave by the outbox like any notice, to `digest.lead_address`, in the language of this house, and hold no card:
ids, names of organisations, and the address of a page that asks for a log-in.
"""

from datetime import datetime

from sqlalchemy import Connection

from alerts import links, sealing
from alerts.issue import chain_line
from alerts.partners import Catalog, Partner
from alerts.render import Card, Row, bar, drawn
from alerts.words import Words
from zorya.domain.referrals import LEAD
from zorya.domain.sharing import Marking, Referral
from zorya.settings import Settings
from zorya.store import digest_chain

MARKING = Marking.AMBER


def referral(
    connection: Connection,
    settings: Settings,
    catalog: Catalog,
    one: Referral,
    why: str,
    before: str,
    *,
    at: datetime,
) -> None:
    """Tell the leads that a referral is with them: `why` is timed_out, declined or waits; `before` had it."""
    if catalog.lead is None:
        return
    words, base = _words(catalog.lead), links.base_of(settings)
    what = words.text(f"lead_{why}", partner=_name(catalog, before))
    row = Row(words.text("label_answer"), words.text("lead_open"), link=f"{base}/referrals/{one.id}" if base else "")
    due = words.text("lead_due", day=words.day(one.due_at))
    _keep(connection, settings, catalog.lead, "lead_referral_subject", what, due, row, f"with_lead:{one.id}", at=at)


def pause(
    connection: Connection, settings: Settings, catalog: Catalog, partner: str, *, paused: bool, at: datetime
) -> None:
    """Tell the leads that a partner paused its digests, or resumed them."""
    if catalog.lead is None:
        return
    kind = "paused" if paused else "resumed"
    what = _words(catalog.lead).text(f"lead_{kind}", partner=_name(catalog, partner), id=partner)
    subject, name = f"lead_{kind}_subject", f"{kind}:{partner}"
    _keep(connection, settings, catalog.lead, subject, what, "", None, name, at=at)


def _keep(
    connection: Connection,
    settings: Settings,
    lead: Partner,
    subject: str,
    what: str,
    more: str,
    row: Row | None,
    name: str,
    *,
    at: datetime,
) -> None:
    words, link = _words(lead), digest_chain.next_link(connection, LEAD)
    said = {
        "subject": words.text(subject, marking=MARKING.value),
        "preheader": what,
        "heading": words.text("lead_heading"),
        "lines": [words.minute(at), words.text("issue", sequence=f"{LEAD}/{link.sequence:04d}")],
        "foot": [chain_line(words, link), *([words.text("draft")] if words.language.draft else [])],
        "pause": None,
    }
    card = Card(1, name.partition(":")[2], 2, what, what, more, (row,) if row and row.link else ())
    rendered = drawn(MARKING, bar(words, MARKING) | said, [card], words)
    sealing.keep_notice(connection, settings, lead, link, rendered, names=(name,), at=at)


def _words(lead: Partner) -> Words:
    return Words.of(lead.spec.language, lead.spec.zone)


def _name(catalog: Catalog, partner: str) -> str:
    found = catalog.partners.get(partner)
    return found.spec.name if found else partner
