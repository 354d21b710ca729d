"""What people decided, the seed corpus and imported sets as one frozen snapshot for training.

A campaign has one label: what most of those who decided it say today. Who is unsure has not decided; a campaign whose
people are split teaches nothing until one more has looked, or a lead has settled it: then the lead's label counts.
An ad on legal hold is kept as evidence and teaches nothing: its processing is restricted (GDPR Art. 18).
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from labeling.imports.stored import imported_sets
from labeling.masking import masked, tokens
from zorya import snapshots
from zorya.domain.ads import Posting
from zorya.domain.findings import MODIFIERS, PATTERNS
from zorya.domain.ids import contact_token, content_digest
from zorya.domain.reviews import Verdict, VerdictLabel
from zorya.domain.runs import StageReport
from zorya.erasure_list import ErasureList
from zorya.erasures import erased_ids
from zorya.errors import NothingToDo
from zorya.labelled import LabelledAd, Origin, load_corpus
from zorya.settings import Settings
from zorya.snapshots import Part, SnapshotManifest
from zorya.store import Store, assessments, audit, campaigns, erasing, postings, reviews, second_looks

SEED, VERDICTS = "seed", "verdicts"
_PAGE = 500


@dataclass(frozen=True, slots=True)
class Decided:
    """What a campaign's people say of it: one label, the patterns and indicators that those who share it named."""

    campaign: str
    label: VerdictLabel
    patterns: tuple[str, ...]
    indicators: tuple[str, ...]
    analyst: str
    """The first of those who share the label; influence caps count against this person."""


@dataclass(frozen=True, slots=True)
class Export:
    """A snapshot, and what is not in it: campaigns with verdicts by why, ads `repeated` from one set in another, ads
    that somebody had `erased`, ads `on_hold`.
    """

    manifest: SnapshotManifest
    left_out: dict[str, int]


def run(store: Store, settings: Settings, *, as_of: datetime) -> StageReport:
    """Stage: freeze everything there is to learn from."""
    done = export(store, settings, as_of=as_of, actor="scheduler")
    counts = {part.name: part.ads for part in done.manifest.parts} | done.left_out
    return StageReport("snapshot", as_of, counts, (f"snapshot {done.manifest.version}",))


def export(store: Store, settings: Settings, *, as_of: datetime, actor: str, without: Collection[str] = ()) -> Export:
    """Freeze verdicts, seed corpus and imported sets below `settings.snapshots_dir`, except the sets named in
    `without`; the export is logged. NothingToDo where no ad is left.
    """
    left_out: Counter[str] = Counter()
    sets: list[tuple[Part, list[LabelledAd]]] = []
    if VERDICTS not in without:
        with store.reading() as connection:
            ads = list(verdict_ads(connection, settings, key=store.contact_key, left_out=left_out))
        sets.append((Part(VERDICTS, 0, ""), ads))
    if SEED not in without:
        corpus = load_corpus(settings.corpus_dir)
        sets.append((Part(SEED, 0, "", "Apache-2.0"), list(corpus.ads)))
    for found in imported_sets(settings.imports_dir):
        if found.manifest.name not in without:
            sets.append((Part(found.manifest.name, 0, "", found.manifest.licence), list(found.ads)))
    sets = [(part, _not_erased(held, settings, left_out)) for part, held in sets]
    frozen = [(_counted(part, held), held) for part, held in _told_once(sets, left_out) if held]
    if not frozen:
        raise NothingToDo("no labelled ads: no verdicts in force, and every other set is left out")
    manifest = snapshots.freeze(settings.snapshots_dir, frozen, as_of=as_of, on_hold=left_out["on_hold"])
    with store.writing() as connection:
        reason = ", ".join(f"{part.name} {part.ads}" for part in manifest.parts)
        audit.add(connection, at=as_of, actor=actor, action="labels.export", object=manifest.version, reason=reason)
    return Export(manifest, dict(left_out))


def _not_erased(ads: list[LabelledAd], settings: Settings, left_out: Counter[str]) -> list[LabelledAd]:
    """Ads that no person had erased from the snapshots."""
    gone = erased_ids(settings.snapshots_dir)
    kept = [ad for ad in ads if ad.id not in gone]
    if len(kept) < len(ads):
        left_out["erased"] += len(ads) - len(kept)
    return kept


def _told_once(
    sets: Sequence[tuple[Part, list[LabelledAd]]], left_out: Counter[str]
) -> Iterator[tuple[Part, list[LabelledAd]]]:
    """The sets without the ads whose very words an earlier set has: in two groups they would stand on both sides of a
    split. What our own people decided comes first and counts.
    """
    known: set[str] = set()
    for part, ads in sets:
        words = [" ".join(f"{ad.title} {ad.body}".split()).casefold() for ad in ads]
        kept = [ad for ad, text in zip(ads, words, strict=True) if text not in known]
        if len(kept) < len(ads):
            left_out["repeated"] += len(ads) - len(kept)
        known.update(words)
        yield part, kept


def verdict_ads(
    connection: Connection, settings: Settings, *, key: bytes, left_out: Counter[str] | None = None
) -> Iterator[LabelledAd]:
    """Every ad of every decided campaign, in the order of campaigns and ads; contacts and people are tokens.
    `left_out` counts the campaigns that are not decided, by why.
    """
    reasons = Counter[str]() if left_out is None else left_out
    merged, listed = campaigns.merges(connection), ErasureList(settings)
    settling = second_looks.adjudications(connection)
    by_campaign: dict[str, dict[str, Verdict]] = {}
    for verdict in reviews.verdicts_in_force(connection):
        live = merged.get(verdict.campaign_id, verdict.campaign_id)
        by_campaign.setdefault(live, {})[verdict.analyst] = verdict
    for campaign, words in sorted(by_campaign.items()):
        people = settings.review.concern_analysts
        found = decided(campaign, list(words.values()), concern_analysts=people, settling=settling)
        if isinstance(found, str):
            reasons[found] += 1
            continue
        free = _free(connection, campaign, listed, reasons)
        yield from _ads_of(connection, found, key, free, _set_apart(words, settings, reasons))


def decided(
    campaign: str, words: Sequence[Verdict], *, concern_analysts: int, settling: Collection[str] = ()
) -> Decided | str:
    """One label for a campaign from the last words of its people, or why there is none: `unsure`, `split`, or
    `waits_for_second` where fewer than `concern_analysts` see the concern. A word on a task of `settling` is a lead's
    on a disagreement: the last of them is the label, whatever the others count.
    """
    sure = sorted(
        (word for word in words if word.label is not VerdictLabel.UNSURE), key=lambda word: (word.decided_at, word.id)
    )
    if not sure:
        return "unsure"
    counts = Counter(word.label for word in sure).most_common()
    last = next((word for word in reversed(sure) if word.task_id in settling), None)
    label, number = (last.label, concern_analysts) if last else counts[0]
    if not last and len(counts) > 1 and counts[0][1] == counts[1][1]:
        return "split"
    if label is VerdictLabel.CONCERN and number < concern_analysts:
        return "waits_for_second"
    sharing = [word for word in sure if word.label is label]
    named = {pattern for word in sharing for pattern in word.patterns}
    return Decided(
        campaign,
        label,
        tuple(pattern for pattern in (*PATTERNS, *MODIFIERS) if pattern in named),
        tuple(sorted({code for word in sharing for code in word.indicators})),
        sharing[0].analyst,
    )


def _set_apart(
    words: Mapping[str, Verdict], settings: Settings, left_out: Counter[str]
) -> Mapping[str, Decided | None]:
    """Ads that somebody judged otherwise than their campaign → what its people say of the ad by the same count; None
    where they do not agree, counted in `left_out`."""
    found: dict[str, Decided | None] = {}
    for posting in sorted({posting for word in words.values() for posting, _ in word.ads}):
        own = [
            word
            if word.of_ad(posting) is word.label
            else replace(word, label=word.of_ad(posting), patterns=(), indicators=())
            for word in words.values()
        ]
        about = decided(own[0].campaign_id, own, concern_analysts=settings.review.concern_analysts)
        found[posting] = None if isinstance(about, str) else about
        left_out["ad_in_question"] += isinstance(about, str)
    return found


def _ads_of(
    connection: Connection, campaign: Decided, key: bytes, members: Iterable[str], apart: Mapping[str, Decided | None]
) -> Iterator[LabelledAd]:
    for posting_id in members:
        about = apart.get(posting_id, campaign)
        if about is None:
            continue
        version = postings.current(connection, posting_id)
        if version is None or assessments.latest(connection, version.id) is None:
            continue  # until it is screened nobody knows its contacts: they would be frozen in clear
        posting = version.posting
        found = [contact for contact, _ in assessments.contacts_of(connection, version.id)]
        contacts = (*found, *posting.contacts)
        title, body = masked(posting.title, posting.body, contacts, key)
        yield LabelledAd(
            id=version.id,
            language=posting.language,
            kind=posting.kind,
            title=title,
            body=body,
            label=about.label,
            patterns=about.patterns,
            group=campaign.campaign,
            campaign=campaign.campaign,
            indicators=about.indicators,
            origin=Origin.VERDICT,
            source=posting.source,
            posted_on=posting.posted_on,
            destination=_destination(posting),
            contacts=tokens(contacts, key),
            analyst=contact_token(key, "analyst", about.analyst),
        )


def _free(connection: Connection, campaign: str, listed: ErasureList, left_out: Counter[str]) -> Iterator[str]:
    """Every posting of a campaign that is not on hold, page by page; the others are counted as `on_hold`."""
    after = None
    while page := campaigns.members(connection, campaign, _PAGE, after=after):
        names = [member.posting_id for member in page]
        held = erasing.held_among(connection, listed, names)
        if held:
            left_out["on_hold"] += len(held)
        yield from (name for name in names if name not in held)
        after = (page[-1].added_at, page[-1].posting_id)


def _destination(posting: Posting) -> str | None:
    """Country of the first place that the ad calls its destination."""
    countries = (place.country for place in posting.places if place.role == "destination" and place.country)
    return next((country.upper() for country in countries), None)


def _counted(part: Part, ads: Iterable[LabelledAd]) -> Part:
    lines = [ad.line() for ad in ads]
    return replace(part, ads=len(lines), sha256=content_digest({"lines": lines}))
