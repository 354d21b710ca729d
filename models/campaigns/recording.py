"""Imprints into the store and back: what is kept of a screened ad, and under which keys it is found again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from sqlalchemy import Connection

from models.campaigns.boilerplate import MIN_TEXTS, SAMPLE, are_boilerplate
from models.campaigns.imprint import Imprint, imprint
from models.campaigns.offer import Offer
from models.campaigns.texts import Text, Texts, texts_of
from models.reading import Reading
from zorya.domain.ads import PostingVersion
from zorya.store import campaigns, imprints, postings
from zorya.store.imprints import StoredImprint

EVERYTHING: frozenset[int] = frozenset()
"""No segment is left out: texts by their whole wording."""
_STANDS = " s:"
"""Between a stored contact and the sentence it stands in."""


@dataclass(frozen=True, slots=True)
class Screened:
    """One version as the screen stage read it; `tokens` are those of the reading's contacts."""

    version: PostingVersion
    reading: Reading
    tokens: Sequence[str]


def record(connection: Connection, batch: Iterable[Screened], *, at: datetime) -> dict[str, Imprint]:
    """Store what campaign finding keeps of a batch; returns the ads that it says something new of, by posting."""
    screened = list(batch)
    names = [each.version.posting_id for each in screened]
    before, current = imprints.of(connection, names), postings.current_versions(connection, names)
    after = dict(before)
    for each in screened:
        known = after.get(each.version.posting_id)
        after[each.version.posting_id] = _kept(each, known, is_current=current[each.version.posting_id])
    homeless = set(names) - campaigns.of_postings(connection, names).keys()
    fresh = {name: of_stored(after[name]) for name in after if after[name] != before.get(name) or name in homeless}
    for text, ads in by_text(fresh, EVERYTHING):
        segments = [segment_key(segment) for segment in text.segments]
        for name in ads:
            imprints.put(connection, replace(after[name], text=rank_key(text)), at=at)
            ad = fresh[name]
            own = (*ad.contacts, *ad.images, *(ad.offer.keys if ad.offer else ()), f"x:{rank_key(text)}")
            imprints.file_ad(connection, name, own, text=rank_key(text))
        imprints.file_text(connection, rank_key(text), segments, posting_id=ads[0], kind="s:")
    return fresh


def of_stored(stored: StoredImprint) -> Imprint:
    """The imprint as it was, with every contact and picture that any version of the ad had."""
    written = {each for keys in stored.contacts.values() for each in keys}
    contacts = [(key, sentence) for key, _, sentence in (each.partition(_STANDS) for each in written)]
    return Imprint(
        stored.posting_id,
        stored.wording,
        tuple(sorted({key for key, _ in contacts})),
        organisations=frozenset(stored.organisations),
        images=tuple(sorted({key for keys in stored.images.values() for key in keys})),
        source=stored.source,
        language=stored.language,
        offer=Offer.of_stored(stored.offer) if stored.offer else None,
        stands=tuple(sorted({(key, int(sentence, 16)) for key, sentence in contacts if sentence})),
    )


def by_text(ads: Mapping[str, Imprint], boilerplate: frozenset[int]) -> list[tuple[Text, list[str]]]:
    """The distinct texts of some ads, each with its ads."""
    names = sorted(ads)
    texts = _texts_of(ads, names, boilerplate)
    return [(texts.one(row), [names[number] for number in held]) for row, held in enumerate(texts.ads)]


def _texts_of(ads: Mapping[str, Imprint], names: Sequence[str], boilerplate: frozenset[int]) -> Texts:
    return texts_of([ads[name].wording for name in names], [ads[name].organisations for name in names], boilerplate)


def new_boilerplate(connection: Connection, ads: Mapping[str, Imprint], *, at: datetime) -> list[str]:
    """Keys of segments of these ads that are boilerplate from now on. Judged by the texts of lowest rank that hold
    them in the whole store, as `boilerplate_of` does."""
    keys = {segment_key(segment) for text, _ in by_text(ads, EVERYTHING) for segment in text.segments}
    samples = {}
    for key in sorted(keys - imprints.hubs(connection, keys)):
        holders = imprints.under(connection, key, limit=SAMPLE)
        if len(holders) >= MIN_TEXTS:
            samples[key] = holders
    stored = imprints.of(connection, {name for holders in samples.values() for name in holders})
    loaded = {name: of_stored(each) for name, each in stored.items()}
    names = sorted(loaded)
    texts = _texts_of(loaded, names, EVERYTHING)
    row_of = dict(zip(names, texts.text_of.tolist(), strict=True))
    rows = [np.array(sorted(row_of[name] for name in holders), dtype=np.int64) for holders in samples.values()]
    found = [key for key, common in zip(samples, are_boilerplate(texts.wholes, rows), strict=True) if common]
    for key in found:
        imprints.make_hub(connection, key, why="Stands in many ads of otherwise different text.", at=at)
    return found


def file_bands(connection: Connection, ads: Mapping[str, Imprint]) -> list[tuple[Text, list[str]]]:
    """File the texts of these ads under the bands of their wording without boilerplate."""
    texts = by_text(ads, known_boilerplate(connection, ads))
    for text, names in texts:
        keys = text.sketch.keys if text.sketch else ()
        imprints.file_text(connection, rank_key(text), keys, posting_id=names[0], kind="t:")
        imprints.set_sketch(connection, rank_key(text), text.sketch.signature if text.sketch else None)
    return texts


def known_boilerplate(connection: Connection, ads: Mapping[str, Imprint]) -> frozenset[int]:
    """Segments of these ads that are known for boilerplate."""
    segments = {segment_key(each): each for text, _ in by_text(ads, EVERYTHING) for each in text.segments}
    return frozenset(segments[key] for key in imprints.hubs(connection, segments))


def segment_key(segment: int) -> str:
    """Key of a segment by its hash."""
    return f"s:{segment:016x}"


def rank_key(text: Text) -> str:
    """Rank of a text as the store orders it."""
    return f"{text.rank:016x}"


def _written(ad: Imprint) -> list[str]:
    """The contacts of an ad as they are stored, each once more with every sentence that it stands in."""
    return [*ad.contacts, *(f"{key}{_STANDS}{sentence:016x}" for key, sentence in ad.stands)]


def _kept(screened: Screened, known: StoredImprint | None, *, is_current: str) -> StoredImprint:
    """What is stored of an ad after one of its versions was read; an old version adds its contacts only."""
    version, posting = screened.version, screened.version.posting
    read = {"source": posting.source, "employer": posting.employer, "board": posting.url}
    ad = imprint(screened.reading, id=version.posting_id, tokens=screened.tokens, **read)  # type: ignore[arg-type]
    contacts = (known.contacts if known else {}) | {version.id: _written(ad)}
    images = (known.images if known else {}) | {version.id: [f"i:{picture}"[:80] for picture in posting.images]}
    if known and is_current != version.id:
        return replace(known, contacts=contacts, images=images)
    return StoredImprint(
        posting_id=version.posting_id,
        language=ad.language,
        source=ad.source,
        wording=ad.wording,
        text=known.text if known else "",
        sketch=known.sketch if known else None,
        organisations=tuple(sorted(ad.organisations)),
        offer=ad.offer.stored() if ad.offer else None,
        contacts=contacts,
        images=images,
    )
