"""What a campaign's portrait says, in the reader's language: its sentences are stored in English, numbers filled in."""

import re
from collections.abc import Mapping
from datetime import datetime

from labeling.web.speech import N_, Speech
from labeling.web.telling import SECTORS, Say, Told, form, told
from labeling.web.wording import WORDS
from zorya.domain.language_names import code_of

_COUNTED = re.compile(r"(?P<name>[^()]+?) \((?P<number>[\d,]+)(?: ads?)?\)")
_DAY = r"\d{1,2} \w{3} \d{4}"
_ADS, _SITES = r"(?P<ads>[\d,]+) ads?", r"(?P<sites>[\d,]+) sites?"


def portrayed(text: str, spoken: Speech) -> Told:
    """A sentence of a portrait; marked as English where no form fits."""
    return told(text, spoken, {}, FORMS)


def _whole(value: str) -> int:
    return int(value.replace(",", ""))


def _day(value: str, spoken: Speech, _titles: Mapping[str, str]) -> str:
    return spoken.day(datetime.strptime(value, "%d %b %Y").date())  # noqa: DTZ007 — a day, in UTC as it was written


def _counted(value: str, spoken: Speech, name_of: Say) -> list[str]:
    found = (re.sub(r"^(?:, | and |; )", "", each[0]) for each in re.finditer(_COUNTED, value))
    pairs = [_COUNTED.fullmatch(each) for each in found]
    return [f"{name_of(p['name'], spoken, {})} ({spoken.number(_whole(p['number']))})" for p in pairs if p]


def _languages(value: str, spoken: Speech, _titles: Mapping[str, str]) -> str:
    names = _counted(value, spoken, lambda name, said, _: str(said.locale.languages.get(code_of(name) or "", name)))
    return "; " + spoken.say(N_("languages: %(listed)s"), listed=spoken.listed(names))


def _countries(value: str, spoken: Speech, _titles: Mapping[str, str]) -> str:
    return spoken.listed(_counted(value, spoken, lambda code, said, _: said.country(code)))


def _country(value: str, spoken: Speech, _titles: Mapping[str, str]) -> str:
    return spoken.country(value)


def _sectors(value: str, spoken: Speech, _titles: Mapping[str, str]) -> str:
    return "; ".join(_counted(value, spoken, lambda name, said, _: said.say(SECTORS.get(name, name))))


def _gone(value: str, spoken: Speech, _titles: Mapping[str, str]) -> str:
    return "; " + spoken.say(N_("gone: %(number)s"), number=spoken.number(_whole(value)))


def _stood(value: str, spoken: Speech, _titles: Mapping[str, str]) -> str:
    if not value[0].isdigit():
        return spoken.say(N_("less than a day"))
    return spoken.plural("%(num)s day", "%(num)s days", _whole(value.partition(" ")[0]))


def _mask(value: str, spoken: Speech, _titles: Mapping[str, str]) -> str:
    kind, _, mask = value.partition(" ")
    return f"{spoken.told(WORDS['channel'], kind)} {mask}"


FORMS = (
    form(
        rf"{_ADS} on {_SITES}(?:, in (?P<languages>.+))?; seen from (?P<first>{_DAY}) to (?P<last>{_DAY})"
        r"(?:; (?P<gone>[\d,]+) (?:is|are) gone)?\.",
        N_("Ads: %(ads)s; sites: %(sites)s%(languages)s; seen from %(first)s to %(last)s%(gone)s."),
        languages=_languages,
        first=_day,
        last=_day,
        gone=_gone,
    ),
    form(
        rf"Ads that are gone stood for (?P<stood>.+) in the middle \({_ADS}\)\.",
        N_("Ads that are gone stood for %(stood)s in the middle (ads: %(ads)s)."),
        stood=_stood,
    ),
    form(
        r"All work named is of one kind: (?P<kinds>.+)\.",
        N_("All work named is of one kind: %(kinds)s."),
        kinds=_sectors,
    ),
    form(r"Work named: (?P<kinds>.+)\.", N_("Work named: %(kinds)s."), kinds=_sectors),
    form(r"Destinations: (?P<countries>.+)\.", N_("Destinations: %(countries)s."), countries=_countries),
    form(
        rf"(?P<country>[A-Z]{{2}}) is named since (?P<day>{_DAY}) only\.",
        N_("Named since %(day)s only: %(country)s."),
        country=_country,
        day=_day,
    ),
    form(
        rf"(?P<country>[A-Z]{{2}}) is no longer named since (?P<day>{_DAY})\.",
        N_("No longer named since %(day)s: %(country)s."),
        country=_country,
        day=_day,
    ),
    form(
        rf"Pay from (?P<low>[\d,]+) to (?P<high>[\d,]+) euro a month, (?P<middle>[\d,]+) in the middle "
        rf"\({_ADS} of (?P<all>[\d,]+) say it\)\.",
        N_("Pay from %(low)s to %(high)s euro a month, %(middle)s in the middle (said in %(ads)s of %(all)s ads)."),
    ),
    form(
        rf"Pay of (?P<low>[\d,]+) euro a month \({_ADS} of (?P<all>[\d,]+) say it\)\.",
        N_("Pay of %(low)s euro a month (said in %(ads)s of %(all)s ads)."),
    ),
    form(
        rf"(?P<contacts>[\d,]+) contacts; (?P<mask>.+) stands in {_ADS} on {_SITES}\.",
        N_("Contacts: %(contacts)s; the one in most ads is %(mask)s (ads: %(ads)s, sites: %(sites)s)."),
        mask=_mask,
    ),
    form(
        rf"One contact, (?P<mask>.+), in {_ADS} on {_SITES}\.",
        N_("One contact, %(mask)s (ads: %(ads)s, sites: %(sites)s)."),
        mask=_mask,
    ),
)
