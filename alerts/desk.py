"""The partner desk of the review app: readings of cards, decisions, answers."""

from dataclasses import dataclass, replace
from datetime import datetime

from alerts import approvals, decisions, digest_page, lead_mail, ledger, link_renewal, links
from alerts.deconfliction import Hub
from alerts.partners import load_all
from alerts.render import Asked, card_of
from alerts.words import Words
from zorya.domain.partner_desk import DigestReading, Pausing, Reading, ReadingRow, Renewal
from zorya.domain.referrals import ANSWER_WITHIN, Answer
from zorya.domain.sharing import Act, Alert, ReferralState
from zorya.errors import ZoryaError
from zorya.settings import Settings
from zorya.store import Store, audit, indicator_texts, partner_standing, referrals, sharing


@dataclass(frozen=True, slots=True)
class Desk:
    """`zorya.domain.partner_desk.PartnerDesk` on a store and the partner files in force."""

    store: Store
    settings: Settings

    @property
    def deconfliction(self) -> Hub:
        """Where partners ask who else holds a contact."""
        return Hub(self.store, self.settings)

    def reading(self, alert_id: str, *, at: datetime) -> Reading:
        """The card as the partner reads it; raises when there is no such alert or its partner's file is broken."""
        with self.store.reading() as connection:
            alert = approvals.known(connection, alert_id)
            referral = referrals.of_alert(connection, alert.origin or alert.id)
        return self._drawn(alert, referral.due_at if referral else at + ANSWER_WITHIN)

    def reading_for(self, referral_id: str, *, at: datetime) -> Reading:
        """The card of the responsible organisation."""
        with self.store.reading() as connection:
            referral = ledger.known(connection, referral_id)
            alert = ledger.told_alert(connection, referral) or approvals.known(connection, referral.alert_id)
        return self._drawn(alert, referral.due_at)

    def digest(self, digest_id: str, *, by_link: bool) -> DigestReading:
        """A digest on a page; PolicyRefusal when it may not be shown, ZoryaError when there is none."""
        with self.store.reading() as connection:
            found = sharing.digest(connection, digest_id)
        if found is None:
            raise ZoryaError(f"there is no digest {digest_id}")
        partner = load_all(self.settings).get(found.partner)
        return digest_page.reading(self.store, self.settings, partner, found, by_link=by_link)

    def renew_link(self, token: str, *, at: datetime) -> Renewal:
        """Send a fresh link in place of one that opens nothing any more."""
        return link_renewal.renew(self.store, self.settings, token, at=at)

    def decide(self, alert_id: str, act: Act, *, by: str, at: datetime, reason: str, content_hash: str) -> Alert:
        """Approve or send back."""
        more = {"reason": reason, "content_hash": content_hash}
        return decisions.decide(self.store, self.settings, alert_id, act, by=by, as_of=at, **more)

    def recall(self, alert_id: str, *, by: str, at: datetime, reason: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Withdraw an alert and tell everybody who has it."""
        return decisions.recall(self.store, self.settings, alert_id, by=by, as_of=at, reason=reason)

    def correct(self, alert_id: str, *, by: str, at: datetime, reason: str) -> Alert:
        """Make the card anew."""
        return decisions.correct(self.store, self.settings, alert_id, by=by, as_of=at, reason=reason)

    def answer(self, referral_id: str, said: Answer, *, speaks_for: str, by: str, at: datetime, token: str = "") -> str:
        """Store an answer and, for who came by a link, make the link of the next step."""
        moved = ledger.answer(
            self.store, self.settings, referral_id, said, speaks_for=speaks_for, by=by, as_of=at, token=token
        )
        if not token or moved.owner != speaks_for or moved.state is ReferralState.CLOSED:
            return ""
        following = links.token_of(self.settings, moved.id, moved.owner, moved.version)
        with self.store.writing() as connection:
            referrals.add_link(connection, following, moved, expires_at=moved.due_at)
        return following

    def pausing(self, token: str, *, at: datetime) -> Pausing | None:
        """What the link at the foot of a mail may do now."""
        with self.store.reading() as connection:
            link = partner_standing.link(connection, token, at=at)
        partner = load_all(self.settings).partners.get(link.partner) if link else None
        if link is None or partner is None:
            return None
        return Pausing(partner.id, partner.spec.name, partner.spec.language, link.may_pause, link.may_resume)

    def pause(self, token: str, *, at: datetime) -> Pausing | None:
        """Stop new alerts; the leads are told once, however often the link is pressed."""
        seen = self.pausing(token, at=at)
        if seen and seen.may_pause:
            self._turn(seen.partner, token, paused=True, at=at)
        return self.pausing(token, at=at)

    def resume(self, token: str, *, at: datetime) -> Pausing | None:
        """Let alerts leave again; returns who it was, as the link opens nothing any more."""
        seen = self.pausing(token, at=at)
        if seen is None or not seen.may_resume:
            return None
        self._turn(seen.partner, token, paused=False, at=at)
        return replace(seen, may_resume=False)

    def _turn(self, partner: str, token: str, *, paused: bool, at: datetime) -> None:
        by, catalog = f"{partner}: link", load_all(self.settings)
        with self.store.writing() as connection:
            if not partner_standing.use_link(connection, token, at=at, to_pause=paused):
                return  # somebody pressed it in this very moment
            if paused:
                changed = partner_standing.pause(connection, partner, at=at, by=by)
            else:
                changed = partner_standing.resume(connection, partner)
            if changed:
                action = "partner.pause" if paused else "partner.resume"
                audit.add(connection, at=at, actor=by, action=action, object=partner, reason="by the link of a mail")
                lead_mail.pause(connection, self.settings, catalog, partner, paused=paused, at=at)

    def _drawn(self, alert: Alert, due_at: datetime) -> Reading:
        partner = load_all(self.settings).get(alert.partner)
        words = Words.of(partner.spec.language, partner.spec.zone)
        with self.store.reading() as connection:
            titles = indicator_texts.titles(connection, partner.spec.language)
        card = card_of(1, replace(alert), words, titles, Asked(due_at), partner.spec.redact)
        rows = tuple(ReadingRow(row.label, row.value, row.lang) for row in card.rows)
        name, permits = partner.spec.name, words.marking(alert.marking)
        return Reading(alert, name, words.code, alert.marking, permits, card.title, card.facts, rows)
