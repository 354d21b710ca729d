"""A contact that hides is a sign of E6; one in usual dress is not."""

from collections.abc import Callable

import pytest

from models.contacts import find_contacts
from models.contacts.hiding import hides
from models.reading import read
from zorya.domain.ads import Posting
from zorya.domain.findings import State


@pytest.mark.parametrize(
    "raw",
    [
        "0 6 3 9 9 8 0 0 1 2",
        "0.6.3.9.9.8.0.0.1.2",
        "0️⃣6️⃣3️⃣9️⃣9️⃣8️⃣0️⃣0️⃣1️⃣2️⃣",
        "⁰⁶³⁹ ⁹⁸ ⁰⁰ ¹²",
        "O639 98 OO 12",
        "0639 98\u200b0012",
        "zero six three nine nine eight zero zero one two",
        "06💋39💋98💋00💋12",
        "@lunа_example",
    ],
)
def test_a_contact_that_hides_is_coded_wording(raw: str, ad: Callable[..., Posting]) -> None:
    reading = read(ad("Job", f"Call {raw} today"), country="fr")
    (hit,) = [hit for hit in reading.indicators.hits if hit.code == "E6"]
    assert hit.state is State.PRESENT
    assert raw in {reading.text[start:end] for start, end in hit.spans}


@pytest.mark.parametrize(
    "raw",
    [
        "06 39 98 00 12",
        "06.39.98.00.12",
        "06−39−98−00−12",
        "+33 (0)6-39-98-00-12",
        "plus 33 639 98 00 12",
        "０６３９９８００１２",
        "ana(at)jobs.example",
        "https://t.me/luna_example",
        "@luna_example",
    ],
)
def test_a_contact_in_usual_dress_hides_nothing(raw: str) -> None:
    (contact,) = find_contacts(raw, country="fr")
    assert not hides(contact)


def test_a_warning_that_quotes_a_hidden_contact_is_no_sign(ad: Callable[..., Posting]) -> None:
    text = "Beware of fake offers: human trafficking victims were told to call 0 6 3 9 9 8 0 0 1 2."
    reading = read(ad("Warning", text), country="fr")
    assert reading.indicators.warns
    assert "E6" not in {hit.code for hit in reading.indicators.hits}
    assert "E6" in reading.indicators.quoted
