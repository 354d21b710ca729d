"""One ad as pages show it: its text in pieces, contacts masked, why it is here. Reads the store, draws nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection

from labeling.web.marking import Piece, masked_text, pieces, split_lines
from labeling.web.questions import open_questions
from labeling.web.romanising import in_latin
from labeling.web.speech import N_, Speech
from labeling.web.telling import Told, told
from labeling.web.wording import WORDS
from zorya.domain.ads import Contact, Posting, PostingVersion
from zorya.domain.findings import Assessment, CampaignHit, IndicatorHit, State
from zorya.redact import mask_value, without_numbers
from zorya.store import assessments, base_rates, indicator_texts, postings
from zorya.store.indicator_texts import Titles

_Hit = TypeVar("_Hit", IndicatorHit, CampaignHit)
FEWEST = 20
"""Readings of a source from which a rate is said: of fewer it tells nothing."""


@dataclass(frozen=True, slots=True)
class Usual:
    """In how many of the readings of this source an indicator is present."""

    present: int
    readings: int

    @property
    def share(self) -> float:
        """In [0, 1]."""
        return self.present / self.readings if self.readings else 0.0


@dataclass(frozen=True, slots=True)
class NumberedHit:
    """An indicator with the number that marks it in the text."""

    number: int
    hit: IndicatorHit
    usual: Usual | None = None


@dataclass(frozen=True, slots=True)
class ShownReason:
    """A reason as it is shown: in the reader's language, with the number that marks it in the text."""

    said: Told
    number: int | None
    usual: Usual | None


@dataclass(frozen=True, slots=True)
class AdView:
    """The ad that is shown."""

    posting_id: str
    version_id: str
    source: str
    url: str
    language: str | None
    title: list[Piece]
    body: list[Piece]
    latin_title: list[Piece]
    latin_body: list[Piece]
    """Both in Latin letters; empty where there is no Cyrillic."""
    facts: list[tuple[str, str]]
    contacts: list[tuple[str, str]]
    first_seen: datetime
    last_seen: datetime
    gone_at: datetime | None
    read_at: datetime
    capture: dict[str, Any] | None
    assessment: Assessment | None
    present: list[NumberedHit]
    contradicted: list[NumberedHit]
    not_stated: list[NumberedHit]
    questions: list[str]
    """What it leaves open: worth asking."""
    raised: list[ShownReason]
    lowered: list[ShownReason]
    beside: list[ShownReason]


def open_ad(connection: Connection, posting_id: str, *, spoken: Speech, reveal: bool = False) -> AdView | None:
    """One ad by itself, in its newest wording; None when there is none. `spoken`: the reader's language."""
    version = postings.current(connection, posting_id)
    if version is None:
        return None
    opened = assessments.latest(connection, version.id)
    return ad_view(connection, version, opened, indicator_texts.titles(connection, spoken.code), spoken, reveal=reveal)


def ad_view(
    connection: Connection,
    version: PostingVersion,
    assessment: Assessment | None,
    titles: Titles,
    spoken: Speech,
    *,
    reveal: bool,
) -> AdView:
    """A wording with what the machine said of it; contacts masked unless `reveal`."""
    every = [*version.posting.contacts, *contacts_of(connection, version.id)]
    numbered = _numbered(connection, version.posting.source, assessment, titles)
    title, body = split_lines(pieces(version.posting.text, _marked(numbered), every, reveal=reveal))
    first_seen, last_seen, gone_at = postings.sighting_times(connection, version.posting_id)
    hidden = [] if reveal else every
    language = (assessment.language if assessment else None) or version.posting.language
    return AdView(
        posting_id=version.posting_id,
        version_id=version.id,
        source=version.posting.source,
        url=without_numbers(hide(version.posting.url, hidden), hidden),
        language=language,
        title=title,
        body=body,
        latin_title=in_latin(title, language),
        latin_body=in_latin(body, language),
        facts=[(name, hide(value, hidden)) for name, value in _facts(version.posting, spoken) if value],
        contacts=_listed(every, reveal=reveal),
        first_seen=first_seen,
        last_seen=last_seen,
        gone_at=gone_at,
        read_at=version.seen_at,
        capture=postings.capture_of(connection, version.id),
        assessment=assessment,
        present=[row for row in numbered if row.hit.state is State.PRESENT],
        contradicted=[row for row in numbered if row.hit.state is State.CONTRADICTED],
        not_stated=[row for row in numbered if row.hit.state is State.NOT_STATED],
        questions=open_questions(version.posting, assessment),
        **_by_direction(assessment, hidden, numbered, titles, spoken),
    )


def _marked(numbered: Sequence[NumberedHit]) -> list[IndicatorHit]:
    """The indicators that the text shows, in the order of their numbers."""
    return [row.hit for row in numbered if row.hit.state is not State.NOT_STATED]


def _listed(every: Sequence[Contact], *, reveal: bool) -> list[tuple[str, str]]:
    """Each contact once, as (kind, value), masked unless `reveal`."""
    once = dict.fromkeys((contact.kind, contact.value) for contact in every)
    return [(kind.value, value if reveal else mask_value(kind, value)) for kind, value in once]


def _by_direction(
    assessment: Assessment | None,
    hidden: Sequence[Contact],
    numbered: Sequence[NumberedHit],
    titles: Titles,
    spoken: Speech,
) -> dict[str, list[ShownReason]]:
    """What raised the score, lowered it, or stands beside it; contacts masked."""
    by_code = {row.hit.code: row for row in numbered}
    hits = assessment.hits if assessment else ()
    known = {hit.title: titles[hit.code, hit.revision] for hit in hits if (hit.code, hit.revision) in titles}
    shown: dict[str, list[ShownReason]] = {"raised": [], "lowered": [], "beside": []}
    for reason in assessment.reasons if assessment else ():
        row = by_code.get(reason.code or "")
        said = told(hide(reason.text, hidden), spoken, known)
        where = {1: "raised", -1: "lowered"}.get(reason.direction, "beside")
        shown[where].append(ShownReason(said, row.number if row else None, row.usual if row else None))
    return shown


def _numbered(connection: Connection, source: str, assessment: Assessment | None, titles: Titles) -> list[NumberedHit]:
    """The indicators of an ad in the order of the text, each with how usual it is on its source."""
    if assessment is None:
        return []
    readings, present = base_rates.of_source(connection, source, assessment.ruleset)
    return [
        NumberedHit(
            number, titled(hit, titles), Usual(present.get(hit.code, 0), readings) if readings >= FEWEST else None
        )
        for number, hit in enumerate(_ordered(assessment), 1)
    ]


def _facts(posting: Posting, spoken: Speech) -> list[tuple[str, str]]:
    """What the page itself states, named; empty where it says nothing."""
    return [
        (N_("Employer"), posting.employer or ""),
        (N_("Places"), ", ".join(place.raw for place in posting.places)),
        (N_("Pay"), posting.pay.raw if posting.pay else ""),
        (N_("Kind"), spoken.told(WORDS["kind"], posting.kind.value)),
        (N_("Posted on"), spoken.day(posting.posted_on) if posting.posted_on else ""),
    ]


def titled(hit: _Hit, titles: Titles) -> _Hit:
    """The hit with its title in the reader's language, where there is one."""
    return replace(hit, title=titles.get((hit.code, hit.revision), hit.title))


def hide(text: str, contacts: Sequence[Contact]) -> str:
    """Any wording with these contacts masked wherever they recur."""
    return masked_text(text, [replace(contact, start=-1, end=-1) for contact in contacts])


def contacts_of(connection: Connection, version_id: str) -> list[Contact]:
    """The contacts found in a wording."""
    return [contact for contact, _ in assessments.contacts_of(connection, version_id)]


def _ordered(assessment: Assessment | None) -> list[IndicatorHit]:
    """Hits by state, then by where they stand in the text: the numbers a reader meets rise."""
    order = {State.PRESENT: 0, State.CONTRADICTED: 1, State.NOT_STATED: 2}
    hits = assessment.hits if assessment else ()
    return sorted(hits, key=lambda hit: (order[hit.state], min(hit.spans, default=(10**9, 0)), hit.code))
