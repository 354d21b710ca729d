"""What each way may carry of a digest: all of it, all of it encrypted, or a link to our page.

| marking | mail, folder, webhook | Apprise | feed |
|---|---|---|---|
| CLEAR, GREEN | whole | whole | link |
| AMBER | whole | link | link |
| AMBER+STRICT | encrypted to the partner's key, else a link | link | link |
| RED | never | never | never |

A partner with a key gets everything encrypted that a mail, a file or a webhook holds. What is not whole has a subject
that tells the marking and the number alone, once it is above AMBER.
"""

from dataclasses import replace
from enum import StrEnum
from pathlib import Path

from alerts.mail import Letter
from alerts.render import note
from alerts.words import Words
from zorya.domain.sharing import Digest, Marking
from zorya.errors import PolicyRefusal, SettingsError


class Form(StrEnum):
    """How much of a letter a channel carries."""

    WHOLE = "whole"
    ENCRYPTED = "encrypted"
    LINK = "link"


_OPEN_UP_TO = {"apprise": Marking.GREEN}
"""Services of others keep what they carry; other ways end at the partner's own machine."""


def form_of(marking: Marking, kind: str, *, has_key: bool) -> Form:
    """What a channel of a kind may carry. PolicyRefusal for TLP:RED, which leaves by none."""
    if marking is Marking.RED:
        raise PolicyRefusal("TLP:RED leaves by no channel: it is for named persons, on our page")
    if kind == "feed":
        return Form.LINK
    if has_key and kind != "apprise":
        return Form.ENCRYPTED
    return Form.WHOLE if marking.within(_OPEN_UP_TO.get(kind, Marking.AMBER)) else Form.LINK


def cover(marking: Marking, sequence: int, words: Words) -> str:
    """A subject that tells the marking and the number of a digest, and nothing of it."""
    return words.text("cover_subject", marking=marking.value, sequence=sequence)


def title_of(letter: Letter | Digest, words: Words) -> str:
    """The subject of a letter where its contents stay behind: above TLP:AMBER a cover."""
    is_told = letter.marking.within(Marking.AMBER)
    return letter.subject if is_told else cover(letter.marking, letter.sequence, words)


def encrypted(letter: Letter, key: Path, words: Words) -> Letter:
    """The letter, to be encrypted with a key where it is put together."""
    return replace(letter, key=key, cover=cover(letter.marking, letter.sequence, words))


def link_only(letter: Letter, link: str, words: Words) -> Letter:
    """Plain text that leads to our page: marking, number and link. SettingsError where there is no page to lead to."""
    if not link:
        raise SettingsError(
            f"{letter.marking.value} leaves here only as a link or encrypted: set `digest.answer_url`, or give the "
            "partner `pgp:`"
        )
    body = f"{words.text('link_body')}\n\n{link}"
    drawn = note(words, letter.marking, title_of(letter, words), body)
    return replace(letter, subject=drawn.subject, text=drawn.text, html="")
