"""What `zorya doctor` says of the ways to partners: keys, programs and addresses that a delivery will need."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from zorya.cli.checks import Check
from zorya.domain.sharing import Marking
from zorya.errors import ZoryaError
from zorya.settings import Settings, is_secure

if TYPE_CHECKING:
    from alerts.partners import Partner

_SOON = timedelta(days=30)


def channels(settings: Settings) -> Iterator[Check]:
    """One line for each thing that a partner's channel lacks, and for each key."""
    from alerts.channels import apprise
    from alerts.mail import signing_key
    from alerts.partners import load_all

    partners, signer = load_all(settings).partners.values(), signing_key(settings)
    if signer or any(partner.key for partner in partners):
        yield _gpg()
    if signer:
        yield _signing(signer)
    if settings.digest.answer_url and not is_secure(settings.digest.answer_url):
        said = f"mails lead to {settings.digest.answer_url}: whoever is on the way reads the links, and what they open"
        yield Check("channels", "bad", said, "put TLS in front of the app and set `digest.answer_url` to https://…")
    for partner in partners:
        if partner.key:
            yield _key(partner, partner.key)
        if not settings.digest.answer_url and _leads_to_a_page(partner):
            said = f"{partner.id}: what may leave only as a link has no page to lead to"
            yield Check("channels", "bad", said, "set `digest.answer_url`, or give the partner `pgp:`")
        for channel in partner.spec.channels:
            if channel.kind == "apprise" and (fault := apprise.fault(settings, channel.key)):
                yield Check("channels", "bad", f"{partner.id}: {fault}", f"then `zorya partner test {partner.id}`")


def _leads_to_a_page(partner: "Partner") -> bool:
    """Whether something that this partner may get leaves only as a link."""
    kinds = {channel.kind for channel in partner.spec.channels}
    is_above = not partner.spec.tlp_ceiling.within(Marking.AMBER) and partner.key is None
    return bool(kinds & {"apprise", "feed"}) or is_above


def _gpg() -> Check:
    found = shutil.which("gpg")
    if found is None:
        return Check("gpg", "bad", "not on PATH, and mails are to be encrypted or signed", "install GnuPG")
    return Check("gpg", "ok", found)


def _key(partner: "Partner", file: Path) -> Check:
    from alerts import pgp

    try:
        key = pgp.read_key(file)
    except ZoryaError as exc:
        return Check("keys", "bad", f"{partner.id}: {exc}", "until then what is encrypted waits")
    until = f", until {key.expires_at:%-d %B %Y}" if key.expires_at else ""
    told = f"{partner.id}: {key.fingerprint} {key.owner}{until}"
    if key.expires_at and key.expires_at < datetime.now(UTC) + _SOON:
        return Check("keys", "bad", told, "ask the partner for a key that holds longer")
    return Check("keys", "ok", told)


def _signing(file: Path) -> Check:
    """The key that signs our mails: without it none leaves, and an old one makes partners' programs warn."""
    from alerts import pgp

    try:
        key = pgp.read_signing_key(file)
    except ZoryaError as exc:
        return Check("signing", "bad", str(exc), "until then no mail leaves; or empty `digest.signing_key`")
    until = f", until {key.expires_at:%-d %B %Y}" if key.expires_at else ""
    told = f"{key.fingerprint} {key.owner}{until}"
    if key.expires_at and key.expires_at < datetime.now(UTC) + _SOON:
        return Check("signing", "bad", told, "prolong it, and give partners the public half anew")
    return Check("signing", "ok", told)
