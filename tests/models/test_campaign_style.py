"""Writing habits suggest that one hand wrote two groups of ads, in whatever language, where there is enough."""

from hypothesis import given
from hypothesis import strategies as st

from models.campaigns.style import Style, style_of, suggestion

PALMS_RO = [
    "🌴 Fete pentru club , plecare vineri!!\n🌴 cazare + bilet ,bani in fiecare seara!!\n🌴 scrie-mi , astept :)",
    "🌴 Caut fete , Limassol!!\n🌴 bilet platit , camera + masa!!\n🌴 poze pe whatsapp , astept mesaj :)",
    "🌴 Ultimul loc , plecare maine!!\n🌴 nu trebuie engleza , nimic!!\n🌴 nu sunati , scrieti , astept :)",
]
PALMS_RU = [
    "🌴 Девушки в клуб , выезд в пятницу!!\n🌴 жилье + билет , деньги каждый вечер!!\n🌴 пишите , жду :)",
    "🌴 Ищу девушек , Лимассол!!\n🌴 билет оплачен , комната + еда!!\n🌴 фото в телеграм , жду :)",
    "🌴 Последнее место , выезд завтра!!\n🌴 язык не нужен , опыт тоже!!\n🌴 не звоните , пишите , жду :)",
]
PLAIN = [
    "Hotel Gletscherblick sucht ein Zimmermädchen. Lohn 1780 € netto, Einzelzimmer und Verpflegung.",
    "Die Pension am See stellt ab März eine Köchin ein. Bewerbungen bitte schriftlich mit Lebenslauf.",
    "Wir suchen Helfer für die Weinlese. Unterkunft ist vorhanden. Der Vertrag wird vor Beginn unterschrieben.",
]


def _style(texts: list[str], language: str) -> Style:
    return style_of((text, language) for text in texts)


def test_one_hand_is_suggested_in_another_language_and_its_habits_are_named() -> None:
    found = suggestion(_style(PALMS_RO, "ro"), _style(PALMS_RU, "ru"))
    assert found is not None
    for habit in ("repeats exclamation marks", "begins lines with 🌴", "puts a blank before commas", "smiles"):
        assert habit in found[1]


def test_ads_written_as_anybody_writes_suggest_nothing() -> None:
    assert suggestion(_style(PLAIN, "de"), _style(list(reversed(PLAIN)), "de")) is None
    assert suggestion(_style(PALMS_RO, "ro"), _style(PLAIN, "de")) is None


def test_two_short_ads_are_too_little_and_copies_are_one() -> None:
    assert suggestion(_style(PALMS_RO[:2], "ro"), _style(PALMS_RU, "ru")) is None
    assert suggestion(_style(PALMS_RO[:1] * 5, "ro"), _style(PALMS_RU, "ru")) is None


def test_one_long_ad_is_enough() -> None:
    long = "\n".join(PALMS_RO * 4)
    assert suggestion(_style([long], "ro"), _style(PALMS_RU, "ru")) is not None


def test_greeting_closing_and_missing_diacritics_are_habits() -> None:
    text = (
        "Buna fetelor , caut doua colege pentru o cafenea mica din centru , program scurt si bani saptamanal , "
        "va astept cu drag, pupici"
    )
    found = _style([text], "ro").habits
    assert {"opens with hello", "closes with kisses", "writes without diacritics"} <= set(found)


@given(st.lists(st.text(max_size=80), max_size=4), st.lists(st.text(max_size=80), max_size=4))
def test_styles_add_up_and_the_suggestion_is_symmetric(one: list[str], other: list[str]) -> None:
    first, second = _style(one, "ro"), _style(other, "ru")
    apart = set(one).isdisjoint(other)
    both = style_of([*((text, "ro") for text in one), *((text, "ru") for text in other)])
    assert not apart or (first + second) == Style(both.ads, both.characters, both.habits)
    assert suggestion(first, second) == suggestion(second, first)
