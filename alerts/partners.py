"""The catalog of partners: every partner file, with a faulty one reported and the others read all the same."""

import hashlib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from alerts import pgp
from alerts.partner_spec import PartnerSpec
from alerts.routes import FILE, Route, RouteFile
from zorya import __version__
from zorya.datafiles import load
from zorya.domain.referrals import LEAD
from zorya.domain.sharing import Marking
from zorya.errors import DataFileError, PolicyRefusal, ZoryaError
from zorya.settings import Settings, config_file

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")


@dataclass(frozen=True, slots=True)
class Partner:
    """A partner file as read; `id` is its stem."""

    id: str
    spec: PartnerSpec
    path: Path

    @property
    def key(self) -> Path | None:
        """The file of the partner's public key; None where it has none."""
        return self.path.parent / self.spec.pgp if self.spec.pgp else None

    @property
    def fingerprint(self) -> str:
        """SHA-256, in hex, of what decides which campaigns are for the partner: scope, ceiling and redaction of its
        file, and the release whose rules read them."""
        decisive = self.spec.model_dump(mode="json", include={"scope", "tlp_ceiling", "redact"})
        return hashlib.sha256(json.dumps([__version__, decisive], sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Catalog:
    """All partners by id, and the files that could not be read."""

    partners: dict[str, Partner]
    faults: tuple[DataFileError, ...]
    routes: tuple[Route, ...] = ()
    lead: Partner | None = None
    """The leads of this house as recipients of mail; None where `digest.lead_address` is not set."""

    @property
    def fingerprints(self) -> dict[str, str]:
        """Partner → its fingerprint."""
        return {partner.id: partner.fingerprint for partner in self.partners.values()}

    def recipient(self, recipient_id: str) -> Partner | None:
        """Who receives: a partner or the leads; None where there is no such, or its file is broken."""
        return self.lead if recipient_id == LEAD else self.partners.get(recipient_id)

    def get(self, partner_id: str) -> Partner:
        """One partner; raises with the fault of its file, or the ids there are."""
        if partner_id in self.partners:
            return self.partners[partner_id]
        for fault in self.faults:
            if fault.path.stem == partner_id:
                raise fault
        known = ", ".join(sorted(self.partners)) or "none; add one with `zorya partner add FILE`"
        raise ZoryaError(f"no partner {partner_id!r}; known: {known}")


def read(path: Path) -> Partner:
    """Read one partner file; raises DataFileError with line and remedy."""
    if path.stem == LEAD:
        raise DataFileError(path, "`lead` stands for the leads of this house; give the partner another id")
    if not _ID.fullmatch(path.stem):
        raise DataFileError(path, "the file name is the partner's id: use a-z, 0-9 and hyphens, as in la-strada.yml")
    partner = Partner(path.stem, load(path, PartnerSpec), path)
    if partner.key and not partner.key.is_file():
        raise DataFileError(path, f"`pgp` names {partner.key}, which is not there; put the partner's public key there")
    return partner


def load_all(settings: Settings) -> Catalog:
    """Every partner of `settings.partner_dirs` and of `partners/` in the home folder."""
    found: dict[str, Partner] = {}
    faults: list[DataFileError] = []
    for path in _files(settings):
        try:
            if isinstance(path, DataFileError):
                raise path
            partner = read(path)
            if partner.id in found:
                raise DataFileError(
                    path, f"partner `{partner.id}` is in {found[partner.id].path} already; keep one file"
                )
            found[partner.id] = partner
        except DataFileError as fault:
            faults.append(fault)
    return Catalog(found, tuple(faults), _routes(settings, found, faults), _lead(settings))


def _lead(settings: Settings) -> Partner | None:
    """The leads, who get notices by mail and never a digest."""
    address = settings.digest.lead_address
    if not address:
        return None
    values = {"name": "Zorya", "org_type": "other", "language": settings.language, "tlp_ceiling": Marking.AMBER}
    spec = PartnerSpec(**values, channels=({"kind": "smtp", "to": address},))  # type: ignore[arg-type]
    return Partner(LEAD, spec, config_file())


def _routes(settings: Settings, partners: dict[str, Partner], faults: list[DataFileError]) -> tuple[Route, ...]:
    """The routes of every folder, in the order of the folders; a route that names nobody known is a fault."""
    routes: list[Route] = []
    for folder in dict.fromkeys((*settings.partner_dirs, home_folder(settings))):
        path = folder / FILE
        if not path.is_file():
            continue
        try:
            routes += load(path, RouteFile).routes
        except DataFileError as fault:
            faults.append(fault)
    broken = {fault.path.stem for fault in faults}
    for route in routes:
        for name in route.organisations:
            if name not in partners and name not in broken:
                words = (
                    f"route `{route.name}` names `{name}`, which no partner file has; add the file or take the name out"
                )
                faults.append(DataFileError(FILE, words))
    return tuple(routes)


def add(settings: Settings, file: Path) -> Partner:
    """Check a partner file and copy it, with its key, to the home folder; refuses an id that exists."""
    partner = read(file)
    if partner.key:
        pgp.read_key(partner.key)
    taken = load_all(settings).partners.get(partner.id)
    target = home_folder(settings) / f"{partner.id}.yml"
    if taken or target.exists():
        raise PolicyRefusal(f"partner `{partner.id}` exists: edit {taken.path if taken else target} instead")
    if partner.key:
        _copy(partner.key, target.parent / partner.spec.pgp)
    _copy(file, target)
    return Partner(partner.id, partner.spec, target)


def _copy(file: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    draft.write_bytes(file.read_bytes())
    draft.replace(target)


def home_folder(settings: Settings) -> Path:
    """Where `zorya partner add` puts files."""
    return settings.home / "partners"


def _files(settings: Settings) -> Iterator[Path | DataFileError]:
    for folder in settings.partner_dirs:
        if not folder.is_dir():
            yield DataFileError(
                folder, "this folder of `partner_dirs` does not exist; create it or correct the setting"
            )
    for folder in dict.fromkeys((*settings.partner_dirs, home_folder(settings))):
        yield from sorted(
            path for path in folder.glob("*.y*ml") if path.suffix in {".yml", ".yaml"} and path.name != FILE
        )
