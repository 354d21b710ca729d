"""The machine's sentences in the reader's language. Screening stores them in English, titles and numbers filled in.

Each form below is one sentence that `models` writes; what is filled in is said again in the language. A sentence that
no form fits is shown as it is and marked as English. A test holds these forms against what screening really says.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from babel import Locale

from labeling.web.speech import N_, Speech
from labeling.web.wording import PATTERN_WORDS, WORDS
from zorya.domain.language_names import code_of

_LISTED = re.compile(r", | and ")
_DIMENSIONS = {
    "deceptive recruitment": N_("deceptive recruitment"),
    "coercive recruitment": N_("coercive recruitment"),
    "recruitment by abuse of vulnerability": N_("recruitment by abuse of vulnerability"),
    "exploitative conditions of work": N_("exploitative conditions of work"),
    "coercion at destination": N_("coercion at destination"),
    "abuse of vulnerability at destination": N_("abuse of vulnerability at destination"),
}
_OUTCOMES = {
    "no dimension is positive": N_("no dimension is positive"),
    "one dimension is positive": N_("one dimension is positive"),
    "several dimensions are positive": N_("several dimensions are positive"),
}
_CHECKED = {
    "": "",
    ", wording not yet checked against the brochure": N_(", wording not yet checked against the brochure"),
}
_DIMENSION = re.compile(r"(?P<name>[a-z ]+?) (?P<positive>positive|not positive) \((?P<counts>[^)]*)\)")
_POSITIVE = {"positive": N_("positive"), "not positive": N_("not positive")}
SECTORS = {
    "bar, hostess or dance": N_("bar, hostess or dance"),
    "massage": N_("massage"),
    "escort or companion": N_("escort or companion"),
    "modelling or webcam": N_("modelling or webcam"),
    "care in a household": N_("care in a household"),
}
"""Kinds of work by the name that `models` gives them; a test holds the two together."""
_SECTOR = re.compile("|".join(re.escape(name) for name in sorted(SECTORS, key=len, reverse=True)))
_EXCHANGED = {"place": N_("place"), "contact": N_("contact"), "employer": N_("employer"), "pay": N_("pay")}


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence as it is shown; `english` where it could not be said in the reader's language."""

    text: str
    english: bool = False


Say = Callable[[str, Speech, Mapping[str, str]], str]
"""(what was filled in, the reader's language, English title → title) → what is filled in now."""


@dataclass(frozen=True, slots=True)
class Form:
    """One sentence: how it is written in English, how it is said, and how each part of it is said."""

    written: re.Pattern[str]
    said: str
    parts: Mapping[str, Say] = field(default_factory=dict)


def _of(words: Mapping[str, str]) -> Say:
    return lambda value, spoken, _: spoken.say(words.get(value, value))


def _title(value: str, _spoken: Speech, titles: Mapping[str, str]) -> str:
    return titles.get(value, value)


def _number(value: str, spoken: Speech, _titles: Mapping[str, str]) -> str:
    plain = value.replace(",", "")
    return spoken.number(float(plain) if "." in plain else int(plain))


def _country(value: str, spoken: Speech, _titles: Mapping[str, str]) -> str:
    return spoken.country(_countries()[value]) if value in _countries() else value


def _language(value: str, spoken: Speech, _titles: Mapping[str, str]) -> str:
    return spoken.language(code_of(value) or value)


def _listed(words: Mapping[str, str]) -> Say:
    return lambda value, spoken, _: spoken.listed([spoken.say(words.get(each, each)) for each in _LISTED.split(value)])


def _codes(value: str, spoken: Speech, _titles: Mapping[str, str]) -> str:
    return spoken.listed([spoken.country(code) for code in _LISTED.split(value)])


def _work(value: str, spoken: Speech, _titles: Mapping[str, str]) -> str:
    return _SECTOR.sub(lambda found: spoken.say(SECTORS[found[0]]), value).replace(" and ", " + ")


def _form_name(value: str, spoken: Speech, _titles: Mapping[str, str]) -> str:
    return spoken.say(PATTERN_WORDS.get(value.replace(" ", "_"), value)).lower()


def _dimensions(value: str, spoken: Speech, _titles: Mapping[str, str]) -> str:
    said = []
    for found in _DIMENSION.finditer(value):
        counts = [each.partition(" ") for each in found["counts"].split(", ") if each]
        numbers = ", ".join(f"{number} {spoken.told(WORDS['strength'], strength)}" for number, _, strength in counts)
        name, positive = (
            spoken.say(_DIMENSIONS.get(found["name"].strip(), found["name"].strip())),
            spoken.say(_POSITIVE[found["positive"]]),
        )
        said.append(f"{name} {positive} ({numbers})")
    return "; ".join(said)


@cache
def _countries() -> Mapping[str, str]:
    """English name of a country → its code."""
    return {name: code for code, name in Locale.parse("en_GB").territories.items() if len(code) == 2}


_NUMBERS = ("ads", "jobs", "dates", "signs", "kinds", "countries", "again", "brief", "days", "sites", "all", "contacts")


def form(written: str, said: str, **parts: Say) -> Form:
    """A sentence as a pattern, and how it is said; parts that are numbers by their name need no word."""
    numbers = dict.fromkeys((*_NUMBERS, "low", "middle", "high"), _number)
    return Form(re.compile(written, re.DOTALL), said, numbers | parts)


FORMS = (
    form(
        r"Denied or answered in the text: (?P<title>.+)", N_("Denied or answered in the text: %(title)s"), title=_title
    ),
    form(
        r"Wording that reviewed concern ads use: (?P<words>.+)", N_("Wording that reviewed concern ads use: %(words)s")
    ),
    form(
        r"The text warns about, reports on or asks about such offers; it only quotes them",
        N_("The text warns about, reports on or asks about such offers; it only quotes them"),
    ),
    form(
        r"The text warns about, reports on or asks about such offers; it only quotes (?P<codes>.+)",
        N_("The text warns about, reports on or asks about such offers; it only quotes %(codes)s"),
    ),
    form(r"Only the first (?P<ads>[\d,]+) characters were read", N_("Only the first %(ads)s characters were read")),
    form(
        r"Fewer than two indicators beside the sector: never flagged on one alone",
        N_("Fewer than two indicators beside the sector: never flagged on one alone"),
    ),
    form(r"Unsure: ads of both kinds have read like this one", N_("Unsure: ads of both kinds have read like this one")),
    form(
        r"ILO decision rule for (?P<form>[a-z ]+) \(2009(?P<checked>[^)]*)\): (?P<outcome>[a-z ]+): "
        r"(?P<dimensions>.+)\. Not a finding: an ad shows the offer only, and the rule also asks what happened at "
        r"the destination\.",
        N_(
            "ILO decision rule for %(form)s (2009%(checked)s): %(outcome)s: %(dimensions)s. Not a finding: an ad shows "
            "the offer only, and the rule also asks what happened at the destination."
        ),
        form=_form_name,
        checked=_of(_CHECKED),
        outcome=_of(_OUTCOMES),
        dimensions=_dimensions,
    ),
    form(
        r"(?P<title>[^:]+): (?P<pay>[\d,]+) EUR for a full-time month is (?P<ratio>[\d.]+) times what (?P<whom>.+) "
        r"usually earn in (?P<country>.+) \((?P<usual>[\d,]+) EUR (?P<tax>net|gross), (?P<year>\d{4})\)",
        N_(
            "%(title)s: %(pay)s EUR for a full-time month is %(ratio)s times what is usual in %(country)s for: "
            "%(whom)s (%(usual)s EUR %(tax)s, %(year)s)"
        ),
        title=_title,
        pay=_number,
        ratio=_number,
        usual=_number,
        country=_country,
        whom=_of({"employees of all occupations": N_("employees of all occupations")}),
        tax=_of({"net": N_("net"), "gross": N_("gross")}),
    ),
    form(
        r"One contact stands in (?P<jobs>\d+) job offers? and in (?P<dates>\d+) dating ads?\.",
        N_("One contact stands in job offers (%(jobs)s) and in dating ads (%(dates)s)."),
    ),
    form(
        r"One contact stands in (?P<jobs>\d+) job offers? and in (?P<dates>\d+) dating ads?, (?P<signs>\d+) of them "
        r"with signs of paid company\.",
        N_(
            "One contact stands in job offers (%(jobs)s) and in dating ads (%(dates)s); with signs of paid company: "
            "%(signs)s."
        ),
    ),
    form(
        r"One contact stands in offers of (?P<kinds>\d+) unrelated kinds \((?P<which>.+)\) in (?P<countries>\d+) "
        r"countries \((?P<codes>.+)\), (?P<ads>\d+) ads(?P<same>; all name the same employer)?\.",
        N_(
            "One contact stands in offers of unrelated kinds (%(which)s) in several countries (%(codes)s); ads: "
            "%(ads)s%(same)s."
        ),
        which=_work,
        codes=_codes,
        same=_of({"; all name the same employer": N_("; all name the same employer")}),
    ),
    form(
        r"(?P<ads>\d+) ads share nearly one text; what differs is the (?P<slots>.+)\.",
        N_("Nearly one text in several ads (%(ads)s); what differs: %(slots)s."),
        slots=_listed(_EXCHANGED),
    ),
    form(
        r"The (?P<one>\w+) and the (?P<other>\w+) version of one offer name the same work: (?P<work>.+)\.",
        N_("Two language versions of one offer (%(one)s, %(other)s) name the same work: %(work)s."),
        one=_language,
        other=_language,
        work=_work,
    ),
    form(
        r"The (?P<one>\w+) and the (?P<other>\w+) version of one offer name different work: (?P<work>.+), and "
        r"(?P<else>.+)\.",
        N_("Two language versions of one offer (%(one)s, %(other)s) name different work: %(work)s; %(else)s."),
        one=_language,
        other=_language,
        work=_work,
        **{"else": _work},
    ),
    form(
        r"In this campaign the ad gives a number of (?P<codes>.+), neither the board's country nor one the ad names\.",
        N_("The ad gives a number of %(codes)s, neither the board's country nor one the ad names."),
        codes=_codes,
    ),
    form(
        r"In this campaign (?P<ads>\d+) of (?P<all>\d+) ads gives? a number of (?P<codes>.+), neither the board's "
        r"country nor one the ad names\.",
        N_("Ads with a number of %(codes)s, neither the board's country nor one the ad names: %(ads)s of %(all)s."),
        codes=_codes,
    ),
    form(
        r"Of (?P<ads>\d+) ads (?P<again>\d+) were put up again in the same words\.",
        N_("Put up again in the same words: %(again)s of %(ads)s ads."),
    ),
    form(
        r"Of (?P<ads>\d+) ads (?P<brief>\d+) were gone within (?P<days>\d+) days\.",
        N_("Gone within days (%(days)s): %(brief)s of %(ads)s ads."),
    ),
    form(
        r"Of (?P<ads>\d+) ads (?P<again>\d+) were put up again in the same words and (?P<brief>\d+) were gone within "
        r"(?P<days>\d+) days\.",
        N_("Of %(ads)s ads, put up again in the same words: %(again)s; gone within days (%(days)s): %(brief)s."),
    ),
    form(
        r"(?P<ads>\d+) ads? ha(?:s|ve) appeared since (?P<partners>\d+) partners? w(?:as|ere) alerted to this campaign "
        r"on (?P<day>.+)\.",
        N_("Ads since partners (%(partners)s) were alerted to this campaign on %(day)s: %(ads)s."),
    ),
)


def told(text: str, spoken: Speech, titles: Mapping[str, str], forms: Sequence[Form] = FORMS) -> Told:
    """A sentence of the machine in the reader's language. `titles`: English title of an indicator → its title there."""
    if spoken.code == "en":
        return Told(text)
    if text in titles:
        return Told(titles[text])
    for each in forms:
        found = each.written.fullmatch(text)
        if found:
            parts = {
                name: each.parts[name](value, spoken, titles) if name in each.parts and value else value or ""
                for name, value in found.groupdict().items()
            }
            return Told(spoken.say(each.said, **parts))
    return Told(text, english=True)
