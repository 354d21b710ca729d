"""A stored digest for a page of ours, where its contents may not travel: its own words, less what was recalled."""

import re
from collections.abc import Collection

from alerts import links, sealing
from alerts.partners import Partner
from alerts.words import Words
from zorya.domain import ids
from zorya.domain.partner_desk import DigestPart, DigestReading
from zorya.domain.sharing import AlertState, Digest, Marking
from zorya.errors import PolicyRefusal
from zorya.settings import Settings
from zorya.store import Store, sharing

_BETWEEN = "-" * 70
_CARD = re.compile(r"[0-9]+\. ")


def reading(store: Store, settings: Settings, partner: Partner, digest: Digest, *, by_link: bool) -> DigestReading:
    """What the partner may read now. PolicyRefusal for what is above its ceiling, or changed after it was rendered."""
    if not digest.marking.within(partner.spec.tlp_ceiling) and digest.alert_ids:
        raise PolicyRefusal(f"{digest.marking} is above the partner's {partner.spec.tlp_ceiling}")
    if by_link and digest.marking is Marking.RED:
        raise PolicyRefusal("TLP:RED is shown to named persons only")
    if digest.seal != ids.seal(sealing.key_of(settings), digest.sealed):
        raise PolicyRefusal("this digest was changed after it was rendered")
    with store.reading() as connection:
        alerts = sharing.alerts_by_id(connection, digest.alert_ids)
    recalled = {alert.id for alert in alerts if alert.state is AlertState.RECALLED}
    words = Words.of(partner.spec.language, partner.spec.zone)

    def leads_to(referral: str, version: int) -> str:
        if by_link:
            return f"/answers/{links.token_of(settings, referral, partner.id, version)}"
        return f"/referrals/{referral}"

    bars = {digest.marking.value, words.marking(digest.marking)}  # the page has its own above and below
    blocks = [
        [line for line in links.lines(block, leads_to) if line[0] and line[0] not in bars] for block in _blocks(digest)
    ]
    parts = [_part(block, recalled, words) for block in blocks if block]
    return DigestReading(
        id=digest.id,
        partner=partner.spec.name,
        language=words.code,
        marking=digest.marking,
        permits=words.marking(digest.marking),
        subject=digest.subject,
        sent_at=digest.created_at,
        parts=tuple(parts),
    )


def _blocks(digest: Digest) -> list[str]:
    return [block.strip() for block in digest.text.split(_BETWEEN)]


def _part(block: list[tuple[str, str]], recalled: Collection[str], words: Words) -> DigestPart:
    """A block of the digest; of a recalled alert its name and a word alone, be it a card or a line in brief."""
    first = block[0][0]
    if _gone(first, recalled):
        return DigestPart(first, ((words.text("notice_recalled"), ""), (words.text("recalled_ask"), "")))
    told = [
        (f"{name} · {words.text('notice_recalled')}", "") if (name := _gone(line[0], recalled)) else line
        for line in block
    ]
    is_card = _CARD.match(first) is not None
    return DigestPart(first if is_card else "", tuple(told[1:] if is_card else told))


def _gone(line: str, recalled: Collection[str]) -> str:
    """The recalled alert that a line names; empty when it names none."""
    return next((alert for alert in recalled if alert in line), "")
