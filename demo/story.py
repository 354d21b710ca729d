"""`zorya demo --story`: what becomes of one confirmed campaign, told day by day, with the demo's three partners.

Every act is the real one, on its own database: two reviews, an approval, digests into folders, answers by the links
of the mails. The ads are the town's; the reading of them by machine is left out: the story begins where people decide.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

from sqlalchemy import Connection

from alerts import decisions, digest, ledger, outbox, selection
from alerts.desk import Desk
from demo.boards import all_boards
from demo.home import PARTNERS, add_accounts
from labeling import queue
from labeling.export import labelled_ads
from zorya.domain import ids
from zorya.domain.ads import Kind, Place, Posting
from zorya.domain.referrals import Answer, Decline, Outcome, Step
from zorya.domain.reviews import Task, TaskReason, VerdictLabel
from zorya.domain.sharing import Act, AlertState
from zorya.erasure_list import ErasureList
from zorya.settings import DigestSettings, Settings
from zorya.store import Store, campaigns, open_store, postings, referrals, reviews, sharing

START = datetime(2026, 11, 23, 9, tzinfo=UTC)
ADDRESS = "https://zorya.example"
_LINK = re.compile(re.escape(ADDRESS) + r"/answers/([\w-]{43})")


@dataclass
class _Town:
    """The story's house, its clock and its voice."""

    store: Store
    settings: Settings
    say: Callable[[str], None]
    at: datetime = START

    def tell(self, line: str) -> None:
        self.say(f"{self.at:%a %d %b %H:%M}  {line}")

    def wait(self, **by: float) -> None:
        """Let time pass; each day the hourly run does what is due."""
        until = self.at + timedelta(**by)
        while self.at < until:
            self.at = min(self.at + timedelta(days=1), until)
            before = self.mails()
            selection.run(self.store, self.settings, as_of=self.at)
            clock = ledger.run(self.store, self.settings, as_of=self.at)
            digest.run(self.store, self.settings, as_of=self.at)
            outbox.deliver(self.store, self.settings, as_of=self.at)
            for path in sorted(self.mails() - before):
                mail = message_from_bytes(path.read_bytes(), policy=policy.default)
                self.tell(f"mail      to {path.parent.name}: {mail['Subject']}")
            if clock.counts["handed_over"]:
                self.tell(f"time-out  no answer in time; the referral is with {self.owner()} now")

    def mails(self) -> set[Path]:
        return set(self.settings.outbox_dir.rglob("*.eml"))

    def owner(self) -> str:
        with self.store.reading() as connection:
            return referrals.page(connection)[0].owner

    def answer(self, partner: str, said: Answer, token: str = "") -> str:
        """Answer by the newest link in the partner's mails, or by the one of the page before."""
        if not token:
            newest = sorted((self.settings.outbox_dir / partner).glob("*.html"))[-1]
            found = _LINK.search(newest.read_text(encoding="utf-8"))
            if found is None:
                raise LookupError(f"{newest} holds no link to answer by")
            token = found[1]
        with self.store.reading() as connection:
            referral = referrals.by_link(connection, token, at=self.at)
        if referral is None:
            raise LookupError(f"the link of {partner} opens nothing")
        desk = Desk(self.store, self.settings)
        return desk.answer(referral.id, said, speaks_for=partner, by=f"{partner}: link", at=self.at, token=token)


def tell_story(home: Path, say: Callable[[str], None]) -> None:
    """Live through it in an empty folder; the same lines each time."""
    mails = DigestSettings(answer_url=ADDRESS)
    settings = Settings(home=home, partner_dirs=(PARTNERS,), digest=mails)
    store = open_store(settings)
    try:
        town = _Town(store, settings, say)
        add_accounts(store, at=START)
        _confirm(town)
        _approve(town)
        _hand_on(town)
        _act(town)
        _learn(town)
    finally:
        store.close()


def _confirm(town: _Town) -> None:
    with town.store.writing() as connection:
        campaign, number = _campaign(connection)
        reviews.add_task(connection, Task(ids.task_id(campaign, 1), campaign, 1, TaskReason.RISK, 1.0, START))
    decision = queue.Decision(VerdictLabel.CONCERN, ("labour_exploitation", "document_control"), 2)
    for name in ("ana", "ben"):
        task = queue.next_task(town.store, town.settings, name, as_of=town.at)
        if task is None:
            raise LookupError(f"nothing waits for {name}")
        queue.submit(town.store, town.settings, name, task.id, decision, as_of=town.at)
        town.tell(f"verdict   {name} sees a concern in campaign {campaign} ({number} ads)")
        town.at += timedelta(minutes=20)


def _campaign(connection: Connection) -> tuple[str, int]:
    """The Romanian ads of one of the town's campaigns."""
    found = [
        (name, board, ad)
        for name, board in all_boards().items()
        for ad in board.ads
        if ad.campaign and board.language_of(ad) == "ro"
    ]
    chosen = [each for each in found if each[2].campaign == found[0][2].campaign]
    campaign = ""
    for name, board, ad in chosen:
        places = (Place(ad.place, ad.place, (ad.country or "").lower() or None),) if ad.place else ()
        address = f"https://{name}.example/ads/{ad.id}"
        posting = Posting(name, ad.id, address, ad.kind or Kind(board.kind), ad.title, ad.body, "ro", places=places)
        postings.record(connection, posting, capture_id=None, seen_at=START - timedelta(days=3))
        posting_id = ids.posting_id(name, ad.id)
        if campaign:
            edge = {"edge": "contact", "edge_to": ids.posting_id(chosen[0][0], chosen[0][2].id), "weight": 1.0}
            campaigns.join(connection, campaign, posting_id, at=START, **edge)  # type: ignore[arg-type]
        else:
            campaign = campaigns.found(connection, posting_id, at=START)
    return campaign, len(chosen)


def _approve(town: _Town) -> None:
    selection.run(town.store, town.settings, as_of=town.at)
    with town.store.reading() as connection:
        (alert,) = sharing.alerts_in(connection, AlertState.WAITING)
    route = ", then ".join(alert.route)
    town.tell(f"alert     for {alert.partner}; if it cannot, {route}, then the lead. Waits for a third person")
    decisions.decide(town.store, town.settings, alert.id, Act.APPROVE, by="lea", as_of=town.at)
    town.tell("approval  lea, who judged nothing of it, read the card and lets it leave")
    town.wait(days=1)


def _hand_on(town: _Town) -> None:
    town.answer("la-strada-md", Answer(Step.DECLINE, Decline.NO_CAPACITY))
    town.tell(f"decline   la-strada-md has no capacity; in the same moment the referral is with {town.owner()}")
    while town.owner() == "dageraad-nl":
        town.wait(days=1)


def _act(town: _Town) -> None:
    town.wait(days=1)
    partner = town.owner()
    link = town.answer(partner, Answer(Step.ACCEPT))
    town.tell(f"accept    {partner} takes it on")
    town.wait(days=5)
    link = town.answer(partner, Answer(Step.ACT, note="asked the labour inspectorate to look"), link)
    town.tell(f"act       {partner}: asked the labour inspectorate to look")
    town.wait(days=12)
    town.answer(partner, Answer(Step.CLOSE, Outcome.CONFIRMED, "papers were kept; people were helped to leave"), link)
    town.tell(f"close     {partner}: the concern was confirmed")


def _learn(town: _Town) -> None:
    with town.store.reading() as connection:
        records = list(labelled_ads(connection, ErasureList(town.settings)))
        (ended,) = referrals.page(connection, is_open=False)
        lines = referrals.history(connection, ended.id)
    outside = {f"{each['partner']} says {each['label']}" for record in records for each in record["outside"]}
    town.tell(f"label     {len(records)} labelled ads; from outside: {', '.join(sorted(outside))}")
    owners = [line.to_owner for line in lines]
    town.tell(f"history   {len(lines)} lines, one owner at any time: {' → '.join(dict.fromkeys(owners))}")
