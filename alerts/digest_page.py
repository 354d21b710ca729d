"""A stored digest for a page of ours, where its contents may not travel: its own words, less what was recalled."""

from collections.abc import Collection, Iterable

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

    parts = []
    for block in digest.text.split(_BETWEEN):
        told = links.lines(block.strip(), leads_to)
        gone = any(alert in told[0][0] for alert in recalled) if told else False
        parts.append(DigestPart(_gone(told[0][0], words) if gone else _less(told, recalled, words), gone))
    return DigestReading(
        id=digest.id,
        partner=partner.spec.name,
        language=words.code,
        marking=digest.marking,
        permits=words.marking(digest.marking),
        subject=digest.subject,
        sent_at=digest.created_at,
        parts=tuple(part for part in parts if part.lines),
    )


def _less(told: Iterable[tuple[str, str]], recalled: Collection[str], words: Words) -> tuple[tuple[str, str], ...]:
    """Lines, with a word in the place of those that tell of a recalled alert in brief."""
    return tuple(
        next(((f"{alert} · {words.text('notice_recalled')}", "") for alert in recalled if alert in line[0]), line)
        for line in told
    )


def _gone(heading: str, words: Words) -> tuple[tuple[str, str], ...]:
    return ((heading, ""), (words.text("notice_recalled"), ""), (words.text("recalled_ask"), ""))
