"""From what is known of an offer to what somebody who thinks of going should read, in their language.

The advice never falls below what was seen: no sign found is *no sign found*, never *safe*.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.numbers import format_decimal

from alerts.offers.advice import advice, countries_for
from alerts.words import Catalogue, Words
from zorya.datafiles import load
from zorya.domain.findings import Strength
from zorya.domain.offers import OfferReading, PayOffered, SeenBefore, Sign

FILE = Path(__file__).parent / "words.yml"
LANGUAGES = ("en", "ro", "uk", "nl", "ru")
_CONTEXT = "F"
"""Group of the sector: what the work is, no sign by itself."""
Texts = Mapping[tuple[str, int], tuple[str, str]]
"""(code, revision) of an indicator → its title and why it matters, in the reader's language."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and lines below it; a line's second part explains the first."""

    key: str
    heading: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What is shown. `level` is serious, known, some, none or unread: for tone, never instead of the words."""

    language: str
    level: str
    first: str
    sections: tuple[Section, ...]
    last: tuple[str, ...]


@cache
def catalogue() -> Catalogue:
    """The words as shipped."""
    return load(FILE, Catalogue)


def words_in(language: str) -> Words:
    """The words of one language; English for one that is not spoken."""
    code = language if language in LANGUAGES else "en"
    spoken = getattr(catalogue(), code)
    return Words(code, spoken, Locale.parse(spoken.locale), ZoneInfo("UTC"))


def answer(
    reading: OfferReading, seen: SeenBefore | None, *, language: str, texts: Texts, asker: str | None = None
) -> Answer:
    """The answer. `seen` is None where nothing could be looked up; `asker` is the country of who asks, ISO alpha-2."""
    words = words_in(language)
    level, first = _first(reading, seen)
    whom = _whom(words, reading, asker)
    first_of_all = whom[1:] if level in {"serious", "known"} else ()
    sections = [
        *first_of_all,
        _signs(words, "present", reading.present, texts),
        _signs(words, "contradicted", reading.contradicted, texts),
        Section("unsaid", words.text("h_unsaid"), tuple((words.text(f"ask_{each}"), "") for each in reading.unsaid)),
        _pay(words, reading),
        _seen(words, seen),
        *(section for section in whom if section not in first_of_all),
    ]
    last = [words.text("sure"), words.text("kept"), words.text("draft")]
    return Answer(
        words.code,
        level,
        words.text(first),
        tuple(section for section in sections if section.lines),
        tuple(line for line in last if line),
    )


def _first(reading: OfferReading, seen: SeenBefore | None) -> tuple[str, str]:
    """(level, key of the first sentence): the gravest thing known comes first."""
    signs = [sign for sign in reading.present if sign.hit.code[0] != _CONTEXT]
    if seen and seen.confirmed:
        return "known", "contact_known"
    if reading.warns and not (reading.band and reading.band.flagged):
        return "none", "warns"
    if (reading.band and reading.band.flagged) or any(sign.hit.strength is Strength.STRONG for sign in signs):
        return "serious", "serious"
    if signs:
        return "some", "some"
    if not reading.is_text:
        return "unread", "contact_only" if reading.contacts else "too_little"
    return ("none", "none") if reading.band else ("unread", "too_little")


def _signs(words: Words, key: str, signs: tuple[Sign, ...], texts: Texts) -> Section:
    order = {Strength.STRONG: 0, Strength.MEDIUM: 1, Strength.WEAK: 2}
    lines = []
    for sign in sorted(signs, key=lambda each: (order[each.hit.strength], each.hit.code)):
        if key == "present" and sign.hit.code[0] == _CONTEXT:
            continue
        title, why = texts.get((sign.hit.code, sign.hit.revision), (sign.hit.title, ""))
        quoted = " · ".join(f"“{quote}”" for quote in sign.quotes)
        lines.append((f"{title}: {quoted}" if quoted else title, why if key == "present" else ""))
    return Section(key, words.text(f"h_{key}"), tuple(lines))


def _pay(words: Words, reading: OfferReading) -> Section:
    if reading.pay is PayOffered.UNKNOWN:
        return Section("pay", words.text("h_pay"), ())
    ratio = format_decimal(reading.ratio or 0, "0.0", locale=words.locale)
    return Section("pay", words.text("h_pay"), ((words.text(f"pay_{reading.pay}", ratio=ratio), ""),))


def _seen(words: Words, seen: SeenBefore | None) -> Section:
    heading = words.text("h_seen")
    if seen is None:
        return Section("seen", heading, ())
    if not seen.ads or seen.first is None or seen.last is None:
        return Section("seen", heading, ((words.text("seen_none"), ""),))
    found = {"ads": words.plural("ads", seen.ads), "sites": words.plural("sites", seen.sources)}
    lines = [words.text("seen", **found, first=words.day(seen.first), last=words.day(seen.last))]
    if seen.confirmed:
        lines.append(words.text("seen_confirmed", ads=words.plural("ads", seen.confirmed)))
    if seen.ordinary:
        lines.append(words.text("seen_ordinary", ads=words.plural("ads", seen.ordinary)))
    if not (seen.confirmed or seen.ordinary):
        lines.append(words.text("seen_undecided"))
    return Section("seen", heading, tuple((line, "") for line in lines))


def _whom(words: Words, reading: OfferReading, asker: str | None) -> tuple[Section, Section]:
    """Registers and lines of the asker's country and of those the offer leads to."""
    known, check, call = advice(), [], []
    for code in countries_for(asker, reading.countries):
        country, name = known.countries[code], words.countries([code])[0]
        check += [(f"{name}: {register.name}", str(register.address)) for register in country.registers]
        for line in country.lines:
            abroad = f", {words.text('from_abroad', call=_whole(line.from_abroad))}" if line.from_abroad else ""
            call.append((f"{name}: {_whole(line.call)}{abroad}", line.name))
    call.append((words.text("emergency", call=known.emergency.call), ""))
    if check:
        check.insert(0, (words.text("agency"), ""))
    return Section("check", words.text("h_check"), tuple(check)), Section("call", words.text("h_call"), tuple(call))


def _whole(number: str) -> str:
    """A number that no line end tears apart."""
    return number.replace(" ", "\u00a0")
