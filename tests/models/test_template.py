"""The template of nearly alike ads: constant text, slots of a kind, optional parts; whatever the order of the ads."""

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.campaigns.template import copies, lay_out, template_of
from models.campaigns.units import LONGEST, Ad, ad_of
from models.contacts import find_contacts
from zorya.domain.portraits import Fixed, Slot, SlotKind, Template

_TEXT = (
    "Hostess {city}\nWir suchen Mädchen für eine Bar in {city}, {pay} Euro im Monat. Frag {name}, {phone}. Bis bald!"
)
_FILL = [
    ("Wien", "1500", "Petra", "+44 7700 900101"),
    ("Berlin", "2000-2500", "Irena", "+44 7700 900102"),
    ("Prag", "1800", "Diana", "+44 7700 900103"),
]


def _ad(name: str, text: str) -> Ad:
    return ad_of(name, text, contacts=find_contacts(text, language="de"), language="de")


def _filled() -> list[Ad]:
    names = ("city", "pay", "name", "phone")
    return [_ad(f"p-{n}", _TEXT.format(**dict(zip(names, fill, strict=True)))) for n, fill in enumerate(_FILL)]


def _plain(template: Template) -> str:
    """Constant text as it is, slots as their kind."""
    return "".join(part.lead + (part.text if isinstance(part, Fixed) else f"<{part.kind}>") for part in template.parts)


def test_slots_have_the_kind_of_what_stands_in_them() -> None:
    expected = _TEXT.format(city="<place>", pay="<pay>", name="<name>", phone="<phone>")
    assert _plain(template_of(_filled())) == expected


def test_values_of_a_slot_are_counted_and_name_an_ad() -> None:
    template = template_of([*_filled(), _ad("p-9", _filled()[1].text)])
    first = template.slots[0]
    assert [(value.text, value.count, value.posting_id) for value in first.values] == [
        ("Berlin", 2, "p-1"),
        ("Wien", 1, "p-0"),
        ("Prag", 1, "p-2"),
    ]


def test_no_contact_stands_in_a_template_unmasked() -> None:
    same = [
        _ad(f"p-{n}", f"Bar in {city} sucht Personal. Ruf an: +44 7700 900101") for n, (city, *_) in enumerate(_FILL)
    ]
    for ads in (_filled(), same):
        kept = json.dumps(template_of(ads).as_json())
        assert "900101" not in kept
        assert "+44 … 01" in json.loads(f'"{kept}"') if '"' not in kept else "01" in kept


def test_a_contact_that_all_share_is_constant() -> None:
    template = template_of(
        [_ad(f"p-{n}", f"Bar in {fill[0]} sucht dich. Ruf an: +44 7700 900101") for n, fill in enumerate(_FILL)]
    )
    assert [slot.kind for slot in template.slots] == [SlotKind.PLACE]


def test_one_other_number_among_many_ads_is_a_slot_and_not_a_misspelling() -> None:
    pays = ["1500"] * 9 + ["9500"]
    ads = [
        _ad(f"p-{n}", f"Wir suchen Bedienung, {pay} Euro im Monat, auch am Wochenende.") for n, pay in enumerate(pays)
    ]
    (slot,) = template_of(ads).slots
    assert [(value.text, value.count) for value in slot.values] == [("1500", 9), ("9500", 1)]


def test_a_word_misspelt_in_one_of_many_ads_stays_constant() -> None:
    wanted = "Wir suchen eine nette Bedienung für unsere kleine Bar am Hafen."
    texts = [wanted] * 9 + [wanted.replace("nette", "nettte")]
    template = template_of(_ad(f"p-{n}", text) for n, text in enumerate(texts))
    (part,) = template.parts
    assert isinstance(part, Fixed)
    assert (part.text, part.present, [value.count for value in part.otherwise]) == (wanted, 9, [1])


def test_a_sentence_that_some_ads_lack_is_an_optional_part() -> None:
    head, more, tail = (
        "Wir suchen eine Bedienung.",
        "Zimmer und Essen sind frei.",
        "Schreib uns noch heute eine Nachricht.",
    )
    texts = [f"{head} {more} {tail}"] * 4 + [f"{head} {tail}"] * 3
    template = template_of(_ad(f"p-{n}", text) for n, text in enumerate(texts))
    assert not template.slots
    shown = [(part.text, part.present) for part in template.parts if isinstance(part, Fixed)]
    assert shown == [(head, 7), (more, 4), (tail, 7)]


def test_a_copy_in_disguise_is_constant_text() -> None:
    plain = "Робота в барі: шукаємо дівчат, житло безкоштовне, виїзд завтра"
    hidden = plain.replace("о", "o").replace("шукаємо", "шу\u200bкаємо")
    assert not template_of([_ad("p-1", plain), _ad("p-2", hidden)]).slots


@pytest.mark.parametrize(
    "copy",
    [
        "✨ Wir suchen nette 🔥 Mädchen für die Bar, Zimmer ⭐ frei und gutes Geld",
        "Wir suchen n e t t e Mädchen für die Bar, Zimmer frei und gutes G e l d",
        "Wir suchen nette Mädch3n für die Bar, Zimmer frei und gut3s Geld",
    ],
)
def test_ornament_spacing_and_digits_in_words_make_no_slots(copy: str) -> None:
    plain = "Wir suchen nette Mädchen für die Bar, Zimmer frei und gutes Geld"
    ads = [*(_ad(f"p-{n}", plain) for n in range(5)), _ad("p-9", copy)]
    assert not template_of(ads).slots


def test_an_ad_with_its_sentences_in_another_order_is_not_aligned() -> None:
    parts = ["Wir suchen nette Mädchen für die Bar.", "Zimmer und Essen sind frei.", "Schreib uns noch heute kurz."]
    ads = [*(_ad(f"p-{n}", " ".join(parts)) for n in range(3)), _ad("p-9", " ".join(parts[::-1]))]
    template = template_of(ads)
    assert (template.aligned, template.members, template.slots) == (3, 4, ())


def test_words_of_a_slot_are_not_cut_at_a_small_word_they_share() -> None:
    works = ["Hilfe in der Küche", "Dame in einer Bar", "Kraft in meinem Hotel"]
    ads = [_ad(f"p-{n}", f"Gesucht wird eine {work} und zwar ab sofort, bitte melden") for n, work in enumerate(works)]
    assert [{value.text for value in slot.values} for slot in template_of(ads).slots] == [set(works)]


def test_scripts_from_right_to_left_and_without_spaces_have_slots() -> None:
    for text, fills in (
        ("نبحث عن فتيات للعمل في {0} السكن مجاني", ["برلين", "دبي"]),
        ("我们招聘在{0}工作的女孩免费住宿", ["柏林", "东京"]),
        ("เรากำลังมองหาสาวทำงานใน {0} ที่พักฟรี", ["ปราก", "โรม"]),
    ):
        template = template_of(_ad(f"p-{n}", text.format(fill)) for n, fill in enumerate(fills))
        assert "".join(v.text for slot in template.slots for v in slot.values[:1]) in fills
        assert _plain(template).startswith(text.partition("{")[0].strip())


def test_one_ad_has_no_slots_and_an_empty_one_no_parts() -> None:
    assert template_of([_ad("p-1", "Bar sucht Personal.")]).parts == (Fixed("Bar sucht Personal.", 1),)
    assert template_of([_ad("p-1", "\n")]).parts == ()


def test_of_many_ads_a_sample_is_aligned_and_said() -> None:
    template = template_of(_ad(f"p-{n:03}", f"Bar Nummer {n} sucht eine Bedienung") for n in range(60))
    assert (template.aligned, template.members) == (50, 60)
    assert (len(template.slots[0].values), template.slots[0].distinct) == (20, 50)


def test_a_very_long_ad_is_compared_as_far_as_said() -> None:
    template = template_of([_ad(f"p-{n}", "Wort " * (LONGEST + 1)) for n in range(2)])
    assert template.cut


def test_a_template_survives_its_json_form() -> None:
    template = template_of(_filled())
    assert Template.from_json(json.loads(json.dumps(template.as_json()))) == template


def test_ads_of_other_wording_are_other_copies() -> None:
    other = [_ad(f"q-{n}", f"Шукаємо няню з проживанням, місто {city}, дітям три роки") for n, city in enumerate("абв")]
    assert [[ad.id for ad in group] for group in copies([*other[:2], *_filled()])] == [
        ["p-0", "p-1", "p-2"],
        ["q-0", "q-1"],
    ]


_WORDS = st.sampled_from(
    [*"abc", "Wien", "в", "Бар", "بار", "1500 €", "18-25", "+44 7700 900101", ",", ".", "\n", "½", "…"]
)
_TEXTS = st.lists(st.lists(_WORDS, max_size=12).map(" ".join), min_size=1, max_size=7)


@given(_TEXTS, st.randoms(use_true_random=False))
def test_any_order_of_ads_gives_one_template(texts: list[str], rnd: random.Random) -> None:
    ads = [_ad(f"p-{number}", text) for number, text in enumerate(texts)]
    shuffled = rnd.sample(ads, len(ads))
    assert template_of(shuffled) == template_of(ads)
    assert copies(shuffled) == copies(ads)


@given(st.one_of(_TEXTS, st.lists(st.text(max_size=40), min_size=1, max_size=5)))
def test_what_an_ad_has_in_the_parts_joins_to_its_text(texts: list[str]) -> None:
    laid = lay_out([_ad(f"p-{number}", text) for number, text in enumerate(texts)])
    for row, ad in enumerate(laid.ads):
        joined = "".join(laid.lead(r, row) + laid.text(r, row, masked=False) for r in laid.regions)
        bare = ad.text[ad.units[0].start : ad.units[-1].end] if ad.units else ""
        assert joined == bare
        assert not [char for char in ad.text.replace(bare, "", 1) if char.isalnum()]


@given(_TEXTS)
def test_constant_text_stands_in_as_many_ads_as_it_says(texts: list[str]) -> None:
    template = template_of(_ad(f"p-{number}", text) for number, text in enumerate(texts))
    for part in template.parts:
        if isinstance(part, Fixed):
            assert part.present + sum(value.count for value in part.otherwise) == template.aligned
        if isinstance(part, Slot):
            assert sum(value.count for value in part.values) + part.absent == template.aligned
