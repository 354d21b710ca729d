"""The check value of a digest, and what a folder of saved mails proves: a gap, a change, or that all are there.

Each mail holds in its head its own check value and that of the mail with the number before. The value covers whose it
is, its number, the value before, what was held back, subject, text and HTML: what a reader sees. A mail that was
changed fits neither its own value nor the one that the next mail names; a missing number is a gap, unless a later mail
says that it was held back. The newest mail is vouched for by the next one alone.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from enum import StrEnum
from itertools import pairwise
from pathlib import Path

from zorya.domain.ids import content_digest

KEY_HEADER, CHAIN_HEADER = "X-Zorya-Digest", "X-Zorya-Chain"
PREVIOUS_HEADER, HELD_BACK_HEADER = "X-Zorya-Previous", "X-Zorya-Held-Back"
_KEY = re.compile(r"([a-z0-9][a-z0-9-]{0,59})/([0-9]{4,})(?:\s|$)")


class Finding(StrEnum):
    """What is wrong with the mails of one partner."""

    GAP = "gap"
    CHANGED = "changed"
    TWICE = "twice"
    """Two mails of one number that say different things."""
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong; `where` is a file or the number that is missing."""

    finding: Finding
    partner: str
    where: str
    words: str


@dataclass(frozen=True, slots=True)
class Saved:
    """A mail as it was saved. `computed` is the value of what it says, None where its words are encrypted or left
    out; `chain` is the value that its head states."""

    path: Path
    partner: str
    sequence: int
    previous: str
    chain: str
    held_back: tuple[int, ...]
    computed: str | None


@dataclass(frozen=True, slots=True)
class Check:
    """What the mails prove: those that were read, what is wrong, and numbers that the house says never left."""

    mails: tuple[Saved, ...]
    faults: tuple[Fault, ...]
    held_back: tuple[tuple[str, int], ...]


def value_of(
    partner: str, sequence: int, previous: str, held_back: Iterable[int], *, subject: str, text: str, html: str
) -> str:
    """SHA-256 (hex) of a digest as its recipient reads it; line ends and outer blanks do not count."""
    said = {"subject": " ".join(subject.split()), "text": _lines(text), "html": _lines(html)}
    stands = {"partner": partner, "sequence": sequence, "previous": previous, "held_back": list(held_back)}
    return content_digest(stands | said)


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def check(paths: Iterable[Path]) -> Check:
    """Read saved mails (.eml) of any number of partners and say what they prove."""
    mails: list[Saved] = []
    faults: list[Fault] = []
    for path in sorted(paths):
        found = _read(path)
        if isinstance(found, Fault):
            faults.append(found)
        else:
            mails.append(found)
    held: list[tuple[str, int]] = []
    for partner in sorted({mail.partner for mail in mails}):
        of_partner = sorted((mail for mail in mails if mail.partner == partner), key=lambda mail: mail.sequence)
        faults += _faults(of_partner, held)
    return Check(tuple(mails), tuple(faults), tuple(held))


def _faults(mails: list[Saved], held: list[tuple[str, int]]) -> list[Fault]:
    """What is wrong with the mails of one partner, in the order of their numbers."""
    said = {number for mail in mails for number in mail.held_back}
    faults = [fault for mail in mails if (fault := _changed(mail))]
    for one, two in pairwise(mails):
        if one.sequence == two.sequence:
            if one.chain != two.chain:
                words = f"{one.path.name} and {two.path.name} have the same number and say different things"
                faults.append(Fault(Finding.TWICE, one.partner, two.path.name, words))
            continue
        for number in range(one.sequence + 1, two.sequence):
            if number in said:
                held.append((one.partner, number))
            else:
                words = f"no. {number:04d} is missing between {one.path.name} and {two.path.name}"
                faults.append(Fault(Finding.GAP, one.partner, f"{number:04d}", words))
        if two.sequence == one.sequence + 1 and two.previous != one.chain:
            words = f"{one.path.name} is not the mail that {two.path.name} follows: one of them was changed"
            faults.append(Fault(Finding.CHANGED, one.partner, one.path.name, words))
    return faults


def _changed(mail: Saved) -> Fault | None:
    if mail.computed is None or mail.computed == mail.chain:
        return None
    words = f"{mail.path.name} does not say what its check value stands for: it was changed after it was made"
    return Fault(Finding.CHANGED, mail.partner, mail.path.name, words)


def _read(path: Path) -> Saved | Fault:
    try:
        mail = BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(path.read_bytes())
        key = _KEY.match(str(mail[KEY_HEADER] or ""))
        if key is None or not mail[CHAIN_HEADER]:
            return Fault(Finding.UNREADABLE, "", path.name, f"{path.name} is no digest with a check value")
        held_back = tuple(int(number) for number in str(mail[HELD_BACK_HEADER] or "").replace(",", " ").split())
        previous = str(mail[PREVIOUS_HEADER] or "").strip().removeprefix("none")
        partner, sequence = key[1], int(key[2])
        computed = _computed(mail, partner, sequence, previous, held_back)
        return Saved(path, partner, sequence, previous, str(mail[CHAIN_HEADER]).strip(), held_back, computed)
    except (OSError, ValueError, LookupError, KeyError, AttributeError, TypeError) as exc:
        return Fault(Finding.UNREADABLE, "", path.name, f"{path.name} cannot be read as a mail: {type(exc).__name__}")


def _computed(mail: EmailMessage, partner: str, sequence: int, previous: str, held_back: tuple[int, ...]) -> str | None:
    """The value of what a mail says; None when its words are not in it (encrypted, or behind a link)."""
    parts = {part.get_content_type(): part for part in mail.walk() if not part.is_multipart()}
    if mail.get_content_type() == "multipart/encrypted" or "text/html" not in parts or "text/plain" not in parts:
        return None
    said = {"text": parts["text/plain"].get_content(), "html": parts["text/html"].get_content()}
    return value_of(partner, sequence, previous, held_back, subject=str(mail["Subject"] or ""), **said)
