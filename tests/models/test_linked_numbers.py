"""H5 holds a number against an ad only where the ad itself writes the number's country."""

from datetime import UTC, datetime

import pytest

from models.link_counts import number_abroad
from models.linked_spec import linked_file
from zorya.domain.ads import ContactKind, Kind, Place
from zorya.store.linking import LinkedAd, LinkedContact

START = datetime(2026, 11, 1, tzinfo=UTC)
FAR = LinkedContact(ContactKind.PHONE, "token-1", "+48221234567")
FAR_GUESSED = LinkedContact(ContactKind.PHONE, "token-1", "+48221234567", says_country=False)
NEAR_GUESSED = LinkedContact(ContactKind.PHONE, "token-2", "+37322123456", says_country=False)


@pytest.mark.parametrize(
    ("contacts", "counts"),
    [((FAR,), True), ((FAR_GUESSED,), False), ((FAR, NEAR_GUESSED), False), ((FAR, FAR_GUESSED), True)],
)
def test_a_guessed_country_accuses_nobody_but_may_fit(contacts: tuple[LinkedContact, ...], counts: bool) -> None:
    ad = LinkedAd(
        "a", "c", "board", "md", Kind.JOB, "https://board.example/1", "ro", None, (Place("Olanda", "Olanda", "nl"),),
        None, contacts, frozenset(), frozenset(), START, None, None,
    )  # fmt: skip
    (spec,) = [each for each in linked_file().indicators if each.code == "H5"]
    assert (number_abroad([ad], spec, linked_file(), []) is not None) is counts
