"""The `apprise` channel: a short word by a chat or push service of others, some hundred of them (library Apprise).

The service's address holds its secrets, so it stands in the keys folder and the partner file names that file. What is
carried is decided by `alerts.disclosure`: above TLP:GREEN the subject and a link. A service knows no Message-ID, so
that a copy after a crash is seen as one more word.
"""

import logging
import stat
from pathlib import Path
from typing import Any

from alerts.mail import Letter
from zorya.errors import NotReached, SettingsError
from zorya.settings import Settings

_LIMIT_S = 30.0


def send(letter: Letter, settings: Settings, *, key: str) -> None:
    """Hand a letter to the service of `keys/KEY.apprise`; raises when it did not take it."""
    library = _library()
    said = library.AppriseAsset(http_redirects=False, storage_mode="memory", service_timeout=_LIMIT_S, app_id="Zorya")
    service = library.Apprise(asset=said)
    file = file_of(settings, key)
    if not service.add(_address(file)):
        raise SettingsError(f"{file}: Apprise knows no such service; write one address as its documentation says")
    result = service.notify(body=letter.text, title=letter.subject, body_format=library.NotifyFormat.TEXT)
    if not result:
        words = [entry.message for entry in result.logs() if entry.level >= logging.WARNING]
        raise NotReached(f"the service of {file.name} took no message ({words[-1] if words else 'no word why'})")


def file_of(settings: Settings, key: str) -> Path:
    """Where the address of a service stands."""
    return settings.keys_dir / f"{key}.apprise"


def fault(settings: Settings, key: str) -> str:
    """What is missing for a service to be asked, empty when nothing is; sends nothing."""
    try:
        _library()
        _address(file_of(settings, key))
    except SettingsError as exc:
        return str(exc)
    return ""


def _library() -> Any:
    try:
        import apprise
    except ImportError as exc:
        raise SettingsError("the channel `apprise` needs its library: pip install 'zorya[apprise]'") from exc
    logging.getLogger("apprise").setLevel(logging.CRITICAL)  # what went wrong is in the outbox
    return apprise


def _address(file: Path) -> str:
    try:
        lines = [line.strip() for line in file.read_text(encoding="utf-8").splitlines()]
        others = file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    except (OSError, UnicodeDecodeError) as exc:
        why = exc.strerror if isinstance(exc, OSError) else "not UTF-8"
        raise SettingsError(f"{file}: put the Apprise address of the service here, one line ({why})") from exc
    if others:
        raise SettingsError(f"{file} can be read by others: chmod 600 {file}")
    addresses = [line for line in lines if line and not line.startswith("#")]
    if len(addresses) != 1:
        raise SettingsError(f"{file}: expected one address, found {len(addresses)}; each service has a file of its own")
    return addresses[0]
