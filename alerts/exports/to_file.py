"""One export: what may leave is packed, logged with who asked for it, and then written whole."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from alerts.exports import collection, package
from alerts.exports.package import Package
from alerts.partners import load_all
from zorya.domain.ids import sha256_hex
from zorya.domain.reviews import Role
from zorya.errors import PolicyRefusal, ZoryaError
from zorya.settings import Settings
from zorya.store import Store, audit, people


class Format(StrEnum):
    """What an export can be."""

    STIX = "stix"
    MISP = "misp"
    CSV = "csv"
    HTCDS = "htcds"


@dataclass(frozen=True, slots=True)
class Asked:
    """Alerts by id; or a partner, with one of its digests or everything it was told."""

    alerts: tuple[str, ...] = ()
    partner: str = ""
    digest: str = ""

    def __post_init__(self) -> None:
        if bool(self.alerts) == bool(self.partner) or (self.digest and not self.partner):
            raise ZoryaError("name alerts, or a partner with --partner (and one of its digests with --digest)")


@dataclass(frozen=True, slots=True)
class Left:
    """What was written: the file, how many alerts, how many are held back."""

    path: Path
    alerts: int
    held: int


_ENDINGS = {Format.STIX: ".stix.json", Format.MISP: ".misp.json", Format.CSV: ".csv", Format.HTCDS: ".htcds.json"}


def export(store: Store, settings: Settings, asked: Asked, kind: Format, *, to: Path, by: str, as_of: datetime) -> Left:
    """Write an export to a folder or file; the marking stands at the head of the file's name.

    PolicyRefusal where something asked for may not leave or `by` is no lead; NothingToDo where there is nothing.
    """
    catalog = load_all(settings)
    with store.writing() as connection:
        account = people.user(connection, by)
        if account is None or account["role"] != Role.LEAD:
            raise PolicyRefusal(f"{by!r} may not export alerts: that takes the open account of a lead")
        made, held = package.of_alerts(connection, settings, catalog, asked.alerts) if asked.alerts else None, 0
        if made is None and asked.digest:
            made = package.of_digest(connection, settings, catalog, asked.partner, asked.digest)
        if made is None:
            made, held = collection.package_of(connection, settings, catalog, asked.partner)
        data = writer_of(kind)(made)
        path = _path(to, made, kind)
        what = f"{kind}, {made.marking}: {', '.join(item.alert.id for item in made.items)} [{sha256_hex(data)}]"
        name = f"{made.partner.id}/{made.name}"
        audit.add(connection, at=as_of, actor=by, action="alert.export", object=name, reason=what)
    _write_whole(path, data)
    return Left(path, len(made.items), held)


def writer_of(kind: Format) -> Callable[[Package], bytes]:
    """The format, imported when it is asked for."""
    from importlib import import_module

    module = {Format.CSV: "table"}.get(kind, kind.value)
    render: Callable[[Package], bytes] = import_module(f"alerts.exports.{module}").render
    return render


def _path(to: Path, made: Package, kind: Format) -> Path:
    """`TLP-AMBER_la-strada_g-….stix.json` in a folder; a name of one's own gets the marking before it."""
    marking = made.marking.value.replace(":", "-")  # a colon is not allowed in file names everywhere
    if to.is_dir():
        return to / f"{marking}_{made.partner.id}_{made.name}{_ENDINGS[kind]}"
    if not to.suffix:
        raise ZoryaError(f"{to} is no folder: create it, or name a file with an ending, as in {to}{_ENDINGS[kind]}")
    if not to.parent.is_dir():
        raise ZoryaError(f"there is no folder {to.parent}: create it, or name another with --to")
    return to if to.name.startswith(f"{marking}_") else to.with_name(f"{marking}_{to.name}")


def _write_whole(path: Path, data: bytes) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(data)
        draft.replace(path)
    except OSError as exc:
        raise ZoryaError(f"{path} cannot be written ({exc.strerror}): name a folder or file with --to") from exc
