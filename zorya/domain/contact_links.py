"""Links to messengers and networks: each opens a chat, a channel, a group or a profile.

A link must mean the same contact wherever it stands, in an ad's words or behind a button of its page: crawlers and
models both read it here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from zorya.domain.ads import ContactKind

_NUMBERED = frozenset({ContactKind.WHATSAPP, ContactKind.VIBER})


@dataclass(frozen=True, slots=True)
class FoundLink:
    """A link at [start, end) of a text: what kind of contact, its normalised value, and whether it was spelled out."""

    kind: ContactKind
    value: str
    start: int
    end: int
    spelled: bool


@dataclass(frozen=True)
class _Link:
    """One of `hints` must stand in the lower-case text; the pattern's group is the value."""

    kind: ContactKind
    hints: tuple[str, ...]
    source: str
    group: str = ""
    """For links to a group of people: what stands before its code in the value."""

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Compiled with the first text that has a hint."""
        return re.compile(self.source, re.I)


def _link(kind: ContactKind, hints: str, pattern: str, group: str = "") -> _Link:
    before = r"(?<![^\W_])(?<![@.-])(?:https?://)?(?:www\.)?"
    return _Link(kind, tuple(hints.split("|")), before + pattern, group)


_DOT = r"(?:\s?\.\s?|\s?[\[(]\s?(?:\.|dot|точка)\s?[\])]\s?|\s(?:dot|точка)\s)"
_TELEGRAM_HOST = rf"(?:t{_DOT}me|telegram{_DOT}(?:me|dog))"
_NOT_TELEGRAM = r"(?!(?:share|c|iv|proxy|socks|addstickers|addemoji|setlanguage|bg|login|invoice)\b)"
_TELEGRAM_HINTS = "me/|me /|dog/"
_LINKS = (
    _link(ContactKind.TELEGRAM, _TELEGRAM_HINTS, rf"{_TELEGRAM_HOST}\s?/\s?(?:joinchat/|\+)([\w-]{{8,40}})", "+"),
    _link(ContactKind.TELEGRAM, _TELEGRAM_HINTS, rf"{_TELEGRAM_HOST}\s?/\s?(?:s/|@)?{_NOT_TELEGRAM}(\w{{3,40}})"),
    _link(ContactKind.TELEGRAM, "tg:", r"tg:/{0,2}resolve\?(?:phone=\d+&)?domain=(\w{3,40})"),
    _link(ContactKind.TELEGRAM, "tg:", r"tg:/{0,2}resolve\?phone=(?:\+|%2B)?(\d{7,15})(?!\d|&domain)", "+"),
    _link(ContactKind.TELEGRAM, "tg:", r"tg:/{0,2}join\?invite=([\w-]{8,40})", "+"),
    _link(ContactKind.TELEGRAM, ".t.me", r"(\w{4,32})\.t\.me\b"),
    _link(
        ContactKind.WHATSAPP,
        "wa.me",
        r"wa\.me/(?:message/)?\+?(\d{7,15})",
    ),
    _link(
        ContactKind.WHATSAPP,
        "phone=",
        r"(?:(?:api|web)\.whatsapp\.com/send/?|whatsapp:/{0,2}send/?)\?\S{0,40}?phone=(?:\+|%2B)?(\d{7,15})",
    ),
    _link(ContactKind.WHATSAPP, "chat.whatsapp", r"chat\.whatsapp\.com/(?:invite/)?(\w{10,40})", "chat.whatsapp.com/"),
    _link(ContactKind.VIBER, "viber:", r"viber://\S{0,20}number=(?:%2B|\+)?(\d{7,15})"),
    _link(ContactKind.VIBER, "viber.c", r"invite\.viber\.com/\?g2?=([\w%-]{8,80})", "invite.viber.com/"),
    _link(ContactKind.VIBER, "viber.c", r"chats\.viber\.com/([\w.-]{3,60})", "chats.viber.com/"),
    _link(
        ContactKind.INSTAGRAM,
        "instagram.com|instagr.am",
        r"instagr(?:am\.com|\.am)/(?:_u/|stories/)?(?!(?:p|reels?|explore|stories|tv|accounts)\b)([\w.]{2,30})",
    ),
    _link(
        ContactKind.VK,
        "vk.|vkontakte.",
        r"(?:m\.)?(?:vk\.com|vk\.ru|vkontakte\.ru|vk\.me)/(?!(?:wall|album|video|photo|topic|clip|feed|away|market|app|doc|share|audio|im)[-\d.]*\b)([\w.]{2,40})",
    ),
)
_SPELLED = re.compile(r"[\s\[(]")


def contact_links(text: str, low: str | None = None) -> Iterator[FoundLink]:
    """Links of a text that reach somebody, kind by kind. `low`: the text in lower case, where it is at hand."""
    low = text.lower() if low is None else low
    for link in _LINKS:
        if any(hint in low for hint in link.hints):
            for match in link.pattern.finditer(text):
                yield FoundLink(link.kind, _value(link, match), *match.span(), bool(_SPELLED.search(match.group())))


def _value(link: _Link, match: re.Match[str]) -> str:
    if link.group:
        # Codes of groups tell capitals apart; Telegram's have always been kept in lower case here.
        return link.group + (match[1].lower() if link.kind is ContactKind.TELEGRAM else match[1])
    return f"+{match[1]}" if link.kind in _NUMBERED else match[1].lower().rstrip(".")
