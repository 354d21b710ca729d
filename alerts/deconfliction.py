"""The hub of deconfliction: partners ask whether another organisation holds a contact; both learn whom to call.

The contact becomes a keyed token at once (HMAC, a key of its own outside the database); what is asked is not stored,
what is registered only as its token. Every lookup is counted, limited by the day and audited without the contact.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from alerts.partners import Catalog, load_all
from zorya.domain import ids
from zorya.domain.ads import Contact
from zorya.domain.deconfliction import AlarmKind, Holder, Match, Reply
from zorya.errors import PolicyRefusal, ZoryaError
from zorya.redact import contact_like
from zorya.settings import Settings, secret_key
from zorya.store import Store, audit, deconfliction


@dataclass(frozen=True, slots=True)
class Hub:
    """`zorya.domain.deconfliction.DeconflictionDesk` on a store and the partner files in force."""

    store: Store
    settings: Settings

    def ask(self, partner: str, contact: Contact, *, by: str, at: datetime) -> Reply:
        """Who else holds a contact; PolicyRefusal once the day's lookups are used up."""
        return self._look_up(partner, contact, None, by=by, at=at)

    def register(self, partner: str, contact: Contact, *, reference: str, by: str, at: datetime) -> Reply:
        """Ask and be found. The reference may hold no contact: it is stored in clear."""
        if contact_like(reference):
            raise ZoryaError("the reference looks like a contact: write your own file number instead")
        return self._look_up(partner, contact, " ".join(reference.split())[:60], by=by, at=at)

    def withdraw(self, partner: str, holding: int, *, by: str, at: datetime) -> bool:
        """Take an entry back; nobody finds it from now on."""
        with self.store.writing() as connection:
            gone = deconfliction.withdraw(connection, partner, holding)
            if gone:
                audit.add(
                    connection, at=at, actor=by, action="deconflict.withdraw", object=partner, reason=f"{holding}"
                )
        return gone

    def matches(self, partner: str, *, at: datetime) -> list[Match]:
        """What a partner was told of its entries."""
        catalog = load_all(self.settings)
        with self.store.reading() as connection:
            rows = deconfliction.told(connection, partner, at=at)
        return [Match(seq, holding, holder(catalog, other), moment) for seq, holding, other, moment in rows]

    def plant(self, contacts: list[Contact], *, by: str, at: datetime) -> int:
        """Plant contacts that nobody holds; ZoryaError where a partner registered one. Returns how many are new."""
        tokens = [self.token(each) for each in contacts]
        with self.store.writing() as connection:
            held = deconfliction.held_at_all(connection, tokens)
            if held:
                raise ZoryaError(f"{len(held)} of these contacts are held by a partner: plant only what nobody uses")
            new = deconfliction.plant(connection, tokens, at=at)
            audit.add(connection, at=at, actor=by, action="deconflict.plant", object="hub", reason=f"{new} new")
        return new

    def token(self, contact: Contact) -> str:
        """The keyed token of a contact; the key serves nothing else."""
        return ids.contact_token(secret_key(self.settings, "deconfliction"), contact.number_or_kind, contact.value)

    def _look_up(self, partner: str, contact: Contact, reference: str | None, *, by: str, at: datetime) -> Reply:
        daily, found = self.settings.deconfliction.daily, None
        with self.store.reading() as connection:
            over = deconfliction.cut_off(connection, partner, at=at, daily=daily)
        if not over:
            catalog, token = load_all(self.settings), self.token(contact)
            _taking_part(catalog, partner)
            with self.store.writing() as connection:
                if deconfliction.count(connection, partner, at=at, daily=daily):
                    found = self._answered(connection, partner, token, reference, by=by, at=at)
                elif deconfliction.note_cut_off(connection, partner, at=at):
                    deconfliction.raise_alarm(connection, partner, AlarmKind.CUT_OFF, by=by, at=at)
                    why = f"more than {daily} lookups"
                    audit.add(connection, at=at, actor=by, action="deconflict.cut-off", object=partner, reason=why)
        if found is None:
            raise PolicyRefusal(f"{partner} has used the {daily} lookups of this day; the leads have been told")
        return Reply(tuple(holder(catalog, each) for each in found))

    def _answered(
        self, connection: Connection, partner: str, token: str, reference: str | None, *, by: str, at: datetime
    ) -> list[str]:
        found = deconfliction.look_up(connection, token, partner, by=by, at=at)
        if reference is not None:
            until = at + timedelta(days=self.settings.deconfliction.days)
            deconfliction.register(connection, token, partner, reference=reference, at=at, expires_at=until)
        act = "deconflict.ask" if reference is None else "deconflict.register"
        why = f"held by {', '.join(found)}" if found else "held by nobody else"
        audit.add(connection, at=at, actor=by, action=act, object=partner, reason=why)
        return found


def holder(catalog: Catalog, partner: str) -> Holder:
    """An organisation with its contact point as its partner file has them."""
    known = catalog.partners.get(partner)
    return Holder(partner, known.spec.name if known else partner, known.spec.contact_point if known else "")


def _taking_part(catalog: Catalog, partner: str) -> None:
    if not catalog.get(partner).spec.contact_point:
        raise PolicyRefusal(f"partner file {partner} names no `contact_point`: without one nobody could call back")
