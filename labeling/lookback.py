"""Looking back for somebody who asks: what they typed is read, a reason is demanded, the log is written first, and
nobody can try one number after the other. A contact becomes keyed tokens here and goes no further.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from labeling.web import contact_lookup
from labeling.web.speech import N_
from zorya.domain.search_words import question
from zorya.errors import PolicyRefusal, ZoryaError
from zorya.redact import redact
from zorya.store import Store, audit, lookback
from zorya.store.lookback import Remembered

AN_HOUR = 30
"""Lookups one person may make within an hour."""
MIN_REASON, MOST = 8, 50
NOTHING_ASKED = N_("Write what you look for: a phone number, an e-mail, a @name, or words.")
NO_REASON = N_("Say in a few words why you look back; it is logged.")
TOO_OFTEN = N_("You have looked back thirty times within an hour. Wait a while; a lead can see why in the log.")
WRONG_DAYS = N_("The first day is after the last.")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: typed text, read as a contact where it is nothing else and `as_words` does not forbid it, and
    the days (UTC, both included) within which an ad must have been seen.
    """

    typed: str
    first_day: date | None = None
    last_day: date | None = None
    as_words: bool = False


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found; `more` when there is more than `MOST`. `by_contact`: whether a contact was looked for."""

    found: list[Remembered]
    more: bool
    by_contact: bool


def look(store: Store, wanted: Wanted, *, by: str, reason: str, at: datetime, limited: bool = True) -> Looked:
    """Look back once. Raises ZoryaError when nothing is asked or no reason given, PolicyRefusal when `limited` and
    asked too often; their text is a message of the catalogue.
    """
    asked, contacts = question(wanted.typed), () if wanted.as_words else contact_lookup.read(wanted.typed)
    if not (contacts or asked.wanted):
        raise ZoryaError(NOTHING_ASKED)
    if len(reason) < MIN_REASON:
        raise ZoryaError(NO_REASON)
    if wanted.first_day and wanted.last_day and wanted.first_day > wanted.last_day:
        raise ZoryaError(WRONG_DAYS)
    tokens = contact_lookup.tokens(contacts, store.contact_key)
    told = f"contact {'.'.join(token[:8] for token in tokens)}" if contacts else f"words {redact(wanted.typed)}"
    with store.writing() as connection:
        if limited and lookback.number_by(connection, by, since=at - timedelta(hours=1)) >= AN_HOUR:
            raise PolicyRefusal(TOO_OFTEN)
        audit.add(connection, at=at, actor=by, action=lookback.ACTION, object=told[:200], reason=reason)
    days = {"first_day": wanted.first_day, "last_day": wanted.last_day}
    with store.reading() as connection:
        names = (
            lookback.with_contact(connection, tokens, **days, limit=MOST + 1)
            if contacts
            else lookback.with_words(connection, asked, **days, limit=MOST + 1)
        )
        return Looked(lookback.recall(connection, names[:MOST]), len(names) > MOST, bool(contacts))
