"""Ads without a label, as training takes them: what indicators vote on them becomes a label of little weight."""

from collections.abc import Iterable, Sequence

from models.examples import Example
from models.learning.label_model import weak_labels
from models.learning.votes import codes
from models.reading import read
from zorya.domain.ads import Posting
from zorya.domain.ids import content_digest
from zorya.domain.reviews import VerdictLabel
from zorya.labelled import LabelledAd, Origin
from zorya.store import Store, postings

MOST = 5000
"""Ads of the store that are taken, the newest: some 5 ms each."""


def newest(store: Store) -> list[Posting]:
    """The ads that were captured last."""
    with store.reading() as connection:
        return [version.posting for version in postings.newest(connection, limit=MOST)]


def digest_of(ads: Iterable[Posting]) -> str:
    """Digest of the texts, in whatever order they come."""
    return content_digest({"texts": sorted({ad.text for ad in ads})})


def weakly_labelled(examples: Sequence[Example], ads: Iterable[Posting]) -> list[Example]:
    """The ads with the labels and weights that the votes of indicators give them (`models.learning.label_model`); each
    text once, none that has a label by a person, none of next to no weight.
    """
    known = {example.reading.text for example in examples}
    found = {ad.text: ad for ad in ads if ad.text not in known}
    return weak_labels(examples, [_unlabelled(text, ad) for text, ad in sorted(found.items())], codes())


def _unlabelled(text: str, ad: Posting) -> Example:
    reading = read(ad)
    name = f"unlabelled:{content_digest({'text': text})[:16]}"
    labelled = LabelledAd(
        id=name,
        language=reading.language,
        kind=ad.kind,
        title=ad.title,
        body=ad.body,
        label=VerdictLabel.UNSURE,
        patterns=(),
        group=name,
        origin=Origin.IMPORT,
        source=ad.source,
    )
    return Example(labelled, reading)
