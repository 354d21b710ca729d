"""The `smtp` channel: one mail to one address. Raises on any failure; the outbox decides what comes next."""

import smtplib
import ssl
from email.utils import parseaddr

from alerts.mail import Letter, message
from zorya.errors import SettingsError
from zorya.settings import Settings

_TIMEOUT_S = 30


def send(letter: Letter, settings: Settings, *, to: str) -> None:
    """Hand the mail to the server of `settings.digest`; with STARTTLS and log-in where they are set."""
    digest = settings.digest
    if digest.smtp_user and not digest.smtp_starttls:
        raise SettingsError("`digest.smtp_user` is set: set `digest.smtp_starttls = true` too, a password needs it")
    with smtplib.SMTP(digest.smtp_host, digest.smtp_port, timeout=_TIMEOUT_S) as server:
        if digest.smtp_starttls:
            server.starttls(context=ssl.create_default_context())
        if digest.smtp_user:
            server.login(digest.smtp_user, _password(settings))
        # As bytes: `send_message` would write lines anew (`>From`), and a signature is one of bytes.
        server.sendmail(parseaddr(digest.sender)[1], [to], message(letter, settings, to=to).as_bytes())


def _password(settings: Settings) -> str:
    path = settings.keys_dir / "smtp.password"
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as exc:
        raise SettingsError(f"{path}: put the password of `digest.smtp_user` here ({exc.strerror})") from exc
