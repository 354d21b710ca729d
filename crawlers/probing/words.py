"""The probe's word lists: `words.yml`, read once."""

import re
from functools import cache
from pathlib import Path

from zorya.datafiles import DataModel, load

FILE = Path(__file__).with_name("words.yml")


class LabelWords(DataModel):
    """Words by the field of an ad that they announce."""

    native_id: tuple[str, ...] = ()
    url: tuple[str, ...] = ()
    title: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    employer: tuple[str, ...] = ()
    place: tuple[str, ...] = ()
    pay: tuple[str, ...] = ()
    posted_on: tuple[str, ...] = ()
    contact: tuple[str, ...] = ()

    def field_of(self, label: str) -> str | None:
        """The field a label announces, if it is known; case, spaces, `_`, `-` and a final colon do not count."""
        wanted = _key(label)
        for name in type(self).model_fields:
            if any(_key(word) == wanted for word in getattr(self, name)):
                return name
        return None

    def rank(self, name: str, label: str) -> int:
        """Place of a label in the list of a field: the earlier, the surer."""
        return [_key(word) for word in getattr(self, name)].index(_key(label))


class Words(DataModel):
    """Schema of `words.yml`."""

    next: tuple[str, ...]
    labels: LabelWords
    json_keys: LabelWords
    dating: tuple[str, ...]
    own_ads: tuple[str, ...]
    own_ads_in_text: tuple[str, ...]
    recruits: tuple[str, ...]


@cache
def words() -> Words:
    """The shipped lists."""
    return load(FILE, Words)


def mentions(text: str, phrases: tuple[str, ...]) -> list[str]:
    """The phrases that a text contains as whole words."""
    lowered = text.casefold()
    return [phrase for phrase in phrases if re.search(rf"(?<!\w){re.escape(phrase.casefold())}(?!\w)", lowered)]


def _key(label: str) -> str:
    return re.sub(r"[\s_\-:.]+", "", label.casefold())
