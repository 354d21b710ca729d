"""The root of a day: one digest that stands for every capture of that day, for the audit log up to then, and, through
the root before it, for all earlier days. Published, printed or time-stamped, it fixes what nobody can put in later.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from zorya.domain import merkle

FORMAT = "zorya-evidence-root 1"


@dataclass(frozen=True, slots=True)
class DayRoot:
    """The Merkle root (hex) over `leaves` records: the root before, the head of the audit log, then the captures."""

    day: date
    made_at: datetime
    leaves: int
    root: str
    audit_seq: int
    """Number of the newest audit entry then, 0 where there was none; `audit_hash` is its hash, empty where none."""
    audit_hash: str
    previous_day: date | None = None
    previous_root: str = ""

    def document(self) -> bytes:
        """As it is published and time-stamped: one line of JSON, sorted keys, UTF-8."""
        previous = {"day": self.previous_day.isoformat(), "root": self.previous_root} if self.previous_day else None
        told = {
            "format": FORMAT,
            "day": self.day.isoformat(),
            "made_at": self.made_at.astimezone(UTC).isoformat(),
            "leaves": self.leaves,
            "root": self.root,
            "audit": {"seq": self.audit_seq, "hash": self.audit_hash},
            "previous": previous,
        }
        return _canonical(told) + b"\n"

    def first_leaves(self) -> list[bytes]:
        """The leaves before those of captures."""
        head = {"kind": "audit", "seq": self.audit_seq, "hash": self.audit_hash}
        day = self.previous_day.isoformat() if self.previous_day else None
        before = {"kind": "root", "day": day, "root": self.previous_root}
        return [merkle.leaf(_canonical(before)), merkle.leaf(_canonical(head))]


@dataclass(frozen=True, slots=True)
class Proof:
    """Where a capture stands in the tree of a day, and the hashes (hex) that lead from it to the root."""

    day: date
    position: int
    leaves: int
    path: tuple[str, ...]


def read_document(data: bytes) -> DayRoot:
    """A root from its document; ValueError for anything that `DayRoot.document` would not have written."""
    try:
        told = json.loads(data)
        previous = told["previous"]
        root = DayRoot(
            day=date.fromisoformat(told["day"]),
            made_at=datetime.fromisoformat(told["made_at"]),
            leaves=int(told["leaves"]),
            root=str(told["root"]),
            audit_seq=int(told["audit"]["seq"]),
            audit_hash=str(told["audit"]["hash"]),
            previous_day=date.fromisoformat(previous["day"]) if previous else None,
            previous_root=str(previous["root"]) if previous else "",
        )
    except (KeyError, TypeError, AttributeError, RecursionError) as exc:
        raise ValueError(f"no root of a day: {exc}") from exc
    if root.document() != data:
        raise ValueError("no root of a day as Zorya writes it")
    return root


def capture_leaf(*, capture: str, fetched_at: datetime, payload_sha256: str, file_sha256: str) -> bytes:
    """The leaf of a capture. Its id covers the address too."""
    told = {
        "kind": "capture",
        "capture": capture,
        "fetched_at": fetched_at.astimezone(UTC).isoformat(),
        "payload_sha256": payload_sha256,
        "file_sha256": file_sha256,
    }
    return merkle.leaf(_canonical(told))


def proves(proof: Proof, leaf: bytes, root: DayRoot) -> bool:
    """Whether a proof leads from a capture's leaf to a root."""
    if proof.day != root.day or proof.leaves != root.leaves:
        return False
    steps = [bytes.fromhex(step) for step in proof.path]
    return merkle.proves(leaf, proof.position, root.leaves, steps, bytes.fromhex(root.root))


def _canonical(told: Mapping[str, Any]) -> bytes:
    return json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
