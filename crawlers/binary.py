"""Telling text from what is none: an image, a PDF or noise behind an ad's link holds no ad."""

import re

_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\ufffd]")
"""Characters that no page is written in: controls but white space and escape, and what could not be decoded."""
_HEAD, _BODY = 256, 20_000
_HANDFUL, _SHARE = 8, 0.02
"""Random bytes read as any one-byte encoding have about a tenth; a damaged page has a handful."""


def is_binary(body: bytes, text: str) -> bool:
    """True when bytes, decoded to `text`, are no text. A NUL at the beginning, or a control, makes it look closer."""
    if b"\0" not in body[:8000] and not _CONTROLS.search(text[:_HEAD]):
        return False
    part = text[:_BODY]
    return len(_CONTROLS.findall(part)) > max(_HANDFUL, _SHARE * len(part))
