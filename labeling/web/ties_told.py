"""Why two ads are tied, or may be, in the reader's language: `models.campaigns` stores these sentences in English.

What two ways of writing, or two language versions of an offer, have in common stays in English and is marked so.
"""

import re
from collections.abc import Mapping

from labeling.web.speech import N_, Speech
from labeling.web.telling import Form, Told, form, told

_POSTINGS = r"(?P<where> \(p-[0-9a-f]+, p-[0-9a-f]+\))?"
_DIFFER = N_("A person said they differ.")


def tied(text: str, spoken: Speech) -> Told:
    """A reason of a tie; marked as English where no form fits."""
    plain = text.removesuffix(f" {_DIFFER}")
    said = told(plain, spoken, {}, FORMS)
    if said.english:
        return Told(text, english=True)
    return said if plain == text else Told(f"{said.text} {spoken.say(_DIFFER)}")


def _share(value: str, spoken: Speech, _titles: Mapping[str, str]) -> str:
    return spoken.percent(int(value) / 100)


def _plainly(sentence: str) -> Form:
    return form(re.escape(sentence), sentence)


FORMS = (
    form(rf"The same wording\.{_POSTINGS}", N_("The same wording.%(where)s")),
    form(
        rf"(?P<share>\d+)% of the wording is the same\.{_POSTINGS}",
        N_("In common of the wording: %(share)s.%(where)s"),
        share=_share,
    ),
    form(rf"Both give the same contact\.{_POSTINGS}", N_("Both give the same contact.%(where)s")),
    form(rf"Both show the same picture\.{_POSTINGS}", N_("Both show the same picture.%(where)s")),
    _plainly(N_("A person said that they are the same.")),
    _plainly(N_("An ad was changed: what tied it is gone.")),
    _plainly(N_("What tied them is boilerplate: it stands in many ads of otherwise different text.")),
    _plainly(N_("They share a wording with employers who differ: whose each ad is, nobody can say.")),
    _plainly(N_("The contact, picture or offer that tied them is one of many: a switchboard, a board, a usual wage.")),
)
