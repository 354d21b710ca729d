"""Merkle trees as RFC 6962 §2.1 builds them: one root stands for many records, and a short path shows that one of them
is among them. Leaves and inner nodes are hashed with different first bytes, so neither passes for the other.
"""

import hashlib
from collections.abc import Collection, Sequence

EMPTY = hashlib.sha256(b"").digest()
"""Root of a tree without leaves."""


def leaf(data: bytes) -> bytes:
    """SHA-256 of a record as a leaf (32 bytes)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node(left: bytes, right: bytes) -> bytes:
    """SHA-256 of two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """Root over hashed leaves, in their order."""
    return _levels(leaves)[-1][0] if leaves else EMPTY


def paths(leaves: Sequence[bytes], indexes: Collection[int]) -> dict[int, list[bytes]]:
    """For each of some leaves the hashes that lead from it to the root, lowest first; IndexError where there is no such
    leaf.
    """
    levels = _levels(leaves)[:-1]
    found: dict[int, list[bytes]] = {}
    for index in indexes:
        if not 0 <= index < len(leaves):
            raise IndexError(index)
        places = [(level, (index >> height) ^ 1) for height, level in enumerate(levels)]
        found[index] = [level[place] for level, place in places if place < len(level)]
    return found


def proves(start: bytes, index: int, size: int, steps: Sequence[bytes], top: bytes) -> bool:
    """Whether `steps` lead from leaf `index` of a tree of `size` leaves to its root (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < size:
        return False
    here, last, reached = index, size - 1, start
    for step in steps:
        if last == 0:
            return False
        if here % 2 or here == last:
            reached = node(step, reached)
            while here and here % 2 == 0:
                here, last = here // 2, last // 2
        else:
            reached = node(reached, step)
        here, last = here // 2, last // 2
    return last == 0 and reached == top


def _levels(leaves: Sequence[bytes]) -> list[list[bytes]]:
    """The tree from its leaves up; a node without a sibling is carried up as it is, which gives RFC 6962's shape."""
    levels = [list(leaves)]
    while len(levels[-1]) > 1:
        below = levels[-1]
        above = [node(*below[at : at + 2]) for at in range(0, len(below) - 1, 2)]
        levels.append(above + below[len(above) * 2 :])
    return levels
