"""Spans on the original text: any spans, in any order, lose no character and show no contact."""

from hypothesis import given, settings
from hypothesis import strategies as some

from labeling.web.marking import masked_text, pieces, split_lines
from zorya.domain.ads import Contact, ContactKind
from zorya.domain.findings import IndicatorHit, State, Strength

SPANS = some.lists(some.tuples(some.integers(-5, 60), some.integers(-5, 60)), max_size=6)


def _hit(*spans):
    return IndicatorHit("A1", 1, "invented", State.PRESENT, Strength.WEAK, tuple(spans))


@settings(max_examples=200)
@given(some.text(max_size=40), some.lists(SPANS, max_size=4))
def test_pieces_put_together_are_the_text(text, spans):
    cut = pieces(text, [_hit(*group) for group in spans], ())
    assert "".join(piece.text for piece in cut) == text


def test_overlapping_spans_share_a_piece():
    cut = pieces("abcdefgh", [_hit((0, 4)), _hit((2, 6))], ())
    assert [(piece.text, piece.notes, piece.ends) for piece in cut] == [
        ("ab", (1,), ()),
        ("cd", (1, 2), (1,)),
        ("ef", (2,), (2,)),
        ("gh", (), ()),
    ]


def test_a_span_through_a_contact_does_not_uncover_it():
    text = "call +44 7700 900123 now"
    contact = Contact(ContactKind.PHONE, "+447700900123", "+44 7700 900123", 5, 20)
    cut = pieces(text, [_hit((0, 9)), _hit((12, 24))], [contact])
    assert "7700" not in "".join(piece.text for piece in cut)
    assert [piece.masked for piece in cut] == [False, True, False]


def test_a_contact_is_masked_wherever_it_recurs():
    contact = Contact(ContactKind.TELEGRAM, "dawn_example", "@dawn_example", -1, -1)
    assert "dawn_example" not in masked_text("@dawn_example or t.me/dawn_example", [contact])


def test_the_first_line_is_the_title_even_under_a_mark():
    title, body = split_lines(pieces("title\nbody", [_hit((2, 8))], ()))
    assert "".join(piece.text for piece in title) == "title"
    assert "".join(piece.text for piece in body) == "body"


def test_an_ad_without_a_title_keeps_its_body():
    title, body = split_lines(pieces("\nonly body", (), ()))
    assert title == []
    assert body[0].text == "only body"
