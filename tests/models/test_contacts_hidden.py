"""Contacts that an ad hides from machines: every disguise over numbers of many countries, drawn with a seed.

The numbers are reserved for fiction (Ofcom, BNetzA) or have a subscriber part of zeros that no operator gives out.
"""

import random
from collections.abc import Callable

import pytest

from models.contacts import find_contacts

SEED = 20260101
PER_DISGUISE = 60
_NUMBERS = (
    # E.164 without its last two digits, how it is written nationally, language of the ad
    ("373690000", "0690000", "ro"), ("373690000", "0690000", "ru"), ("407000000", "07000000", "ro"),
    ("3805000000", "05000000", "uk"), ("79000000", "89000000", "ru"), ("35988000", "088000", "bg"),
    ("4850000", "50000", "pl"), ("3630000", "0630000", "hu"), ("4477009001", "077009001", "en"),
    ("49176040690", "0176040690", "de"),
)  # fmt: skip
_LENGTHS = {"373": 11, "40": 11, "380": 12, "7": 11, "359": 12, "48": 11, "36": 11, "44": 12, "49": 13}
_SPOKEN = {
    "ro": "zero unu doi trei patru cinci șase șapte opt nouă",
    "ru": "ноль один два три четыре пять шесть семь восемь девять",
    "uk": "нуль один два три чотири п'ять шість сім вісім дев'ять",
    "bg": "нула едно две три четири пет шест седем осем девет",
    "pl": "zero jeden dwa trzy cztery pięć sześć siedem osiem dziewięć",
    "hu": "nulla egy kettő három négy öt hat hét nyolc kilenc",
    "cs": "nula jedna dva tři čtyři pět šest sedm osm devět",
    "nl": "nul een twee drie vier vijf zes zeven acht negen",
    "de": "null eins zwei drei vier fünf sechs sieben acht neun",
    "en": "zero one two three four five six seven eight nine",
}
_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_WIDE = {ord(str(d)): chr(0xFF10 + d) for d in range(10)} | {ord("+"): "＋"}
_BOLD = {ord(str(d)): chr(0x1D7CE + d) for d in range(10)}
_CIRCLED = str.maketrans("0123456789", "⓪①②③④⑤⑥⑦⑧⑨")
Disguise = Callable[[str, str, random.Random], str]
"""(number with plus or nationally, language, randomness) → what the ad writes."""


def _groups(number: str, draw: random.Random) -> list[str]:
    """The number cut into groups of two or three digits; a plus stays with the first."""
    parts: list[str] = []
    rest = number
    while rest:
        size = draw.choice((2, 3)) + (rest[0] == "+")
        parts.append(rest[:size])
        rest = rest[size:]
    if len(parts) > 1 and len(parts[-1]) == 1:
        parts[-2:] = [parts[-2] + parts[-1]]
    return parts


def _joined(mark: str) -> Disguise:
    return lambda number, language, draw: mark.join(_groups(number, draw))


def _spaced(mark: str) -> Disguise:
    return lambda number, language, draw: ("+ " if number[0] == "+" else "") + mark.join(number.lstrip("+"))


def _spoken(number: str, language: str, draw: random.Random) -> str:
    plus = {"ru": "плюс ", "uk": "плюс ", "bg": "плюс "}.get(language, "plus ")
    said = _SPOKEN[language].split(" ")
    return (plus if number[0] == "+" else "") + " ".join(said[int(digit)] for digit in number.lstrip("+"))


def _half_spoken(number: str, language: str, draw: random.Random) -> str:
    said = _SPOKEN[language].split(" ")
    first = 1 if number[0] == "+" else 0
    return number[: first + 3] + " " + " ".join(said[int(digit)] for digit in number[first + 3 :])


def _look_alikes(number: str, language: str, draw: random.Random) -> str:
    at = draw.sample([i for i, digit in enumerate(number) if digit == "0" and i > 2], 2)
    letters = ["O", "О", "о", "o"]
    return "".join(draw.choice(letters) if i in at else digit for i, digit in enumerate(number))


def _bracketed(number: str, language: str, draw: random.Random) -> str:
    return "".join(f"({part})" if place == 1 else part for place, part in enumerate(_groups(number, draw)))


def _each(pattern: str) -> Disguise:
    """Every digit dressed so; the plus as emoji keyboards have it."""
    return lambda number, language, draw: (
        ("➕" if number[0] == "+" else "") + "".join(pattern.format(digit) for digit in number.lstrip("+"))
    )


DISGUISES: dict[str, Disguise] = {
    "groups": _joined(" "),
    "dots": _joined("."),
    "dashes": _joined("-"),
    "long dashes": _joined("–"),
    "underscores": _joined("_"),
    "slashes": _joined("/"),
    "wide blanks": _joined("\u2009"),
    "dash between blanks": _joined(" - "),
    "tildes": _joined("~"),
    "hearts": _joined("💋"),
    "hearts between blanks": _joined(" ❤️ "),
    "brackets": _bracketed,
    "every digit in brackets": _each("[{}]"),
    "single digits": _spaced(" "),
    "single digits and dashes": _spaced("-"),
    "single digits and dots": _spaced("."),
    "two blanks": _spaced("  "),
    "a digit a line": _spaced("\n"),
    "broken over a line": lambda number, language, draw: "тел. " + number[:6] + "\n" + number[6:],
    "keycaps": _each("{}\ufe0f\u20e3"),
    "keycaps between blanks": _each(" {}\ufe0f\u20e3"),
    "full width": lambda number, language, draw: number.translate(_WIDE),
    "superscript": lambda number, language, draw: number.translate(_SUPERSCRIPT),
    "bold": lambda number, language, draw: number.translate(_BOLD),
    "circled": lambda number, language, draw: number.translate(_CIRCLED),
    "zero width": lambda number, language, draw: "\u200b".join(number),
    "joiners": lambda number, language, draw: "\u200d\u2060".join(number),
    "letters for zeros": _look_alikes,
    "letters for zeros in groups": lambda *given: " ".join(_groups(_look_alikes(*given), given[2])),
    "read out": _spoken,
    "read out with commas": lambda number, language, draw: _spoken(number, language, draw).replace(" ", ", "),
    "read out in capitals": lambda number, language, draw: _spoken(number, language, draw).upper(),
    "half read out": _half_spoken,
    "dialled": lambda number, language, draw: "tel: " + ".".join(_groups(number, draw)),
    "glued": lambda number, language, draw: f"tel.{number}Text",
}  # fmt: skip
_SENTENCES = ("{}", "Tel. {}", "Job 18-35 ani, 1500-2000 €.\n{}\n24/7", "Пишите: {} (звонить до 20:00)", "☎ {}!")


def _drawn(draw: random.Random) -> tuple[str, str, str, str]:
    """(E.164, number as the ad knows it, language, sentence around it)."""
    international, national, language = draw.choice(_NUMBERS)
    code = next(code for code in sorted(_LENGTHS, key=len, reverse=True) if international.startswith(code))
    tail = f"{draw.randrange(100):02d}"
    missing = _LENGTHS[code] - len(international) - 2
    value = "+" + international + "0" * missing + tail
    written = value if draw.random() < 0.5 else national + "0" * missing + tail
    return value, written, language, draw.choice(_SENTENCES)


@pytest.mark.parametrize("name", DISGUISES)
def test_a_disguised_number_is_found(name: str) -> None:
    """At least 98 of 100 numbers, each with its exact place."""
    draw = random.Random(f"{SEED} {name}")
    missed: list[str] = []
    for _ in range(PER_DISGUISE):
        value, written, language, sentence = _drawn(draw)
        text = sentence.format(DISGUISES[name](written, language, draw))
        found = find_contacts(text, language=language, country=_country(language, value))
        if [contact.value for contact in found if contact.value.lstrip("+").isdigit()] != [value]:
            missed.append(f"{text!r} {value}: {[contact.value for contact in found]}")
        assert all(text[contact.start : contact.end] == contact.raw for contact in found)
    assert len(missed) <= 0.02 * PER_DISGUISE, missed


def _country(language: str, value: str) -> str | None:
    """The board's country: none where the language says enough."""
    return "md" if value.startswith("+373") else {"en": "gb"}.get(language)


@pytest.mark.parametrize("language", sorted(_SPOKEN))
def test_digits_are_read_out_in_every_language(language: str) -> None:
    (contact,) = find_contacts(f"☎ {_spoken('+447700900123', language, random.Random(SEED))}", language=language)
    assert contact.value == "+447700900123"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("ноль шестьдесят девять ноль ноль ноль ноль двенадцать", "+37369000012"),
        ("плюс триста семьдесят три шестьдесят девять ноль ноль ноль ноль двенадцать", "+37369000012"),
        ("zero șaizeci și nouă zero zero zero zero doisprezece", "+37369000012"),
        ("plus vierundvierzig siebenundsiebzig null null neun null null einhundertdreiundzwanzig", "+447700900123"),
        ("plus negyvennégy hetvenhét nulla nulla kilenc nulla nulla százhuszonhárom", "+447700900123"),
        ("plus vierenveertig zevenenzeventig nul nul negen nul nul twaalf drie", "+447700900123"),
        ("плюс четиридесет и четири седемдесет и седем нула нула девет нула нула сто двадесет и три", "+447700900123"),
        ("plus forty-four double seven double oh nine double oh one two three", "+447700900123"),
        ("nol shest devyat nol nol nol nol odin dva", "+37369000012"),
        ("069 ноль ноль ноль ноль 12", "+37369000012"),
    ],
)
def test_numbers_read_out_in_tens_and_hundreds(text: str, value: str) -> None:
    (contact,) = find_contacts(text, country="md")
    assert contact.value == value
    assert contact.raw == text


@pytest.mark.parametrize("digits", ["4️⃣4️⃣ 7700 900 388", "4⃣4⃣ 7700 900 388", "４４ 7700 900 388"])
def test_disguised_digits_are_a_telephone_of_any_country_without_its_plus(digits: str) -> None:
    (found,) = find_contacts(f"Выезд завтра. {digits}", language="ru", country="ua")
    assert (found.value, found.raw) == ("+447700900388", digits)


def test_plain_digits_without_a_plus_are_no_telephone_of_a_country_nobody_named() -> None:
    assert not find_contacts("Код вакансии в каталоге. 44 7700 900 388", language="ru", country="ua")
