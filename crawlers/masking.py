"""Ads for the eyes of an operator: what reaches a person is masked before it is shown."""

import re
from dataclasses import replace

from zorya.domain.ads import Posting
from zorya.redact import mask_value, redact

_DAY = re.compile(r"((?<!\d)(?:\d{1,2}[./-]\d{1,2}[./-]\d{4}|\d{4}-\d\d-\d\d)(?!\d))")


def masked(posting: Posting) -> Posting:
    """A copy for people's eyes: every contact masked, in the fields and in the text."""
    title, body = posting.title, posting.body
    for contact in sorted(posting.contacts, key=lambda one: -len(one.raw)):
        if len(contact.raw) > 3:
            shown = mask_value(contact.kind, contact.value)
            title, body = title.replace(contact.raw, shown), body.replace(contact.raw, shown)
    contacts = tuple(
        replace(contact, value=mask_value(contact.kind, contact.value), raw="", start=-1, end=-1)
        for contact in posting.contacts
    )
    return replace(posting, title=redacted(title), body=redacted(body), contacts=contacts)


def redacted(text: str) -> str:
    """Masked once more by shape; days, which look like numbers to call, are left readable."""
    return "".join(piece if _DAY.fullmatch(piece) else redact(piece) for piece in _DAY.split(text))
