"""What others can say about a package: authorities that time-stamped it, and roots of days that were handed out before.

A package alone can be made up whole. What a checker holds from elsewhere (`Held`) cannot.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from zorya.domain import ids
from zorya.domain.day_roots import DayRoot, Proof, capture_leaf, proves, read_document
from zorya.errors import EvidenceError
from zorya.evidence import timestamps
from zorya.evidence.archive import moment
from zorya.evidence.opening import Opened
from zorya.evidence.packaging import FOLDER, MANIFEST, SUMS, root_name


@dataclass(frozen=True, slots=True)
class Damage:
    """One thing that is wrong: a file `missing`, `altered`, `extra` (named by nobody), `unproven` by what is held."""

    kind: str
    file: str
    detail: str


@dataclass(frozen=True, slots=True)
class Held:
    """What the checker got by another way than the package, as far as they did: the digest of SHA256SUMS (hex), roots
    of days (hex), and the certificates (PEM) of a time-stamp authority.
    """

    digest: str = ""
    roots: frozenset[str] = frozenset()
    certificates: bytes = b""


@dataclass(frozen=True, slots=True)
class Stamped:
    """A time-stamp that holds: over which file, by whom, when. `trusted` when it leads to certificates that the checker
    held; else it was checked against those that came with the package.
    """

    file: str
    authority: str
    at: datetime
    trusted: bool


@dataclass(slots=True)
class Witness:
    """What time-stamps and roots say."""

    stamped: tuple[Stamped, ...] = ()
    roots: dict[str, str] = field(default_factory=dict)
    under_root: int = 0
    damages: list[Damage] = field(default_factory=list)


def stamped_and_rooted(package: Opened, manifest: Mapping[str, Any], sums: bytes, held: Held) -> Witness:
    """Check all time-stamps and proofs of a package, and against what is held."""
    found = Witness()
    digest = ids.sha256_hex(sums)
    if held.digest and held.digest != digest:
        found.damages.append(Damage("unproven", SUMS, f"its digest is {digest}, not the one you were told"))
    found.stamped = tuple(_stamps(package, manifest, held, found.damages))
    if held.certificates and not any(one.trusted and one.file == SUMS for one in found.stamped):
        why = "no authority under the certificates you gave has time-stamped this package"
        found.damages.append(Damage("unproven", SUMS, why))
    try:
        _roots(package, manifest, held, found)
    except (KeyError, TypeError, ValueError, AttributeError) as exc:
        found.damages.append(Damage("altered", MANIFEST, f"its roots and proofs cannot be read: {exc}"))
    return found


def _stamps(package: Opened, manifest: Mapping[str, Any], held: Held, damages: list[Damage]) -> Iterator[Stamped]:
    """Every time-stamp that holds; one that does not is a damage."""
    tokens = [(SUMS, SUMS, name) for name in manifest["authorities"]]
    for root in manifest["roots"]:
        tokens += [(root_name(root["day"]), f"root-{root['day']}", name) for name in root["authorities"]]
    for file, stem, name in tokens:
        token, own = f"{FOLDER}{stem}.{name}.tsr", f"{FOLDER}{name}.pem"
        if not {token, file} <= package.names:
            continue  # said already
        data, answer = package.read(file), package.read(token)
        at = _moment(answer, data, held.certificates)
        trusted = at is not None
        if at is None and own in package.names:
            at = _moment(answer, data, package.read(own))
        if at is not None:
            yield Stamped(file, name, at, trusted)
        elif own in package.names:
            damages.append(Damage("altered", token, "this time-stamp does not hold for what it lies beside"))


def _moment(token: bytes, data: bytes, certificates: bytes) -> datetime | None:
    try:
        return timestamps.check(token, data, certificates) if certificates else None
    except EvidenceError:
        return None


def _roots(package: Opened, manifest: Mapping[str, Any], held: Held, found: Witness) -> None:
    """Read the roots, lead every capture to its own, and see whether those are the ones held."""
    roots: dict[date, DayRoot] = {}
    for told in manifest["roots"]:
        name = root_name(told["day"])
        if name not in package.names:
            continue  # said already
        try:
            root = read_document(package.read(name))
        except (ValueError, EvidenceError) as exc:
            found.damages.append(Damage("altered", name, str(exc)))
            continue
        if (root.day.isoformat(), root.root, moment(told["made_at"])) != (told["day"], told["root"], root.made_at):
            found.damages.append(Damage("altered", name, f"{MANIFEST} speaks of another root"))
        roots[root.day] = root
        found.roots[root.day.isoformat()] = root.root
    for one in manifest["captures"]:
        root_of_it = _root_of(one, roots)
        found.under_root += root_of_it is not None
        if one["proof"] is not None and root_of_it is None:
            found.damages.append(Damage("altered", str(one["file"]), "its proof does not lead to the root of its day"))
        if held.roots and (root_of_it is None or root_of_it.root not in held.roots):
            found.damages.append(Damage("unproven", str(one["file"]), "it is under none of the roots you gave"))


def _root_of(one: Mapping[str, Any], roots: Mapping[date, DayRoot]) -> DayRoot | None:
    """The root that a capture's proof leads to; None where it has no proof, or one that leads nowhere."""
    told, at = one["proof"], moment(one["fetched_at"])
    if told is None or at is None:
        return None
    proof = Proof(date.fromisoformat(told["day"]), told["position"], told["leaves"], tuple(told["path"]))
    root = roots.get(proof.day)
    file_sha256 = one["file_sha256"] if told["whole_file"] else ""
    leaf = capture_leaf(
        capture=one["capture"], fetched_at=at, payload_sha256=one["payload_sha256"], file_sha256=file_sha256
    )
    return root if root is not None and proves(proof, leaf, root) else None
