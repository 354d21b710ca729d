"""Union-find: which members hang together, whatever the order in which they were tied. Trees can be taken apart again.

Members of a tree also form a ring, so that a tree that must be rebuilt is listed without a look at the others. Eight
bytes a member.
"""

from array import array
from collections.abc import Iterable
from typing import Any

import numpy as np

from models.campaigns.sketch import Ints


class Forest:
    """Numbers 0 … n-1 in trees; the root of a tree is its smallest number."""

    def __init__(self, size: int = 0) -> None:
        self._parent = array("I", range(size))
        self._ring = array("I", range(size))

    def __len__(self) -> int:
        return len(self._parent)

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return 2 * self._parent.itemsize * len(self._parent)

    def grow(self, size: int) -> None:
        """Add single members up to `size`."""
        self._parent.extend(range(len(self._parent), size))
        self._ring.extend(range(len(self._ring), size))

    def root(self, member: int) -> int:
        """The smallest number of the member's tree."""
        parent = self._parent
        while parent[member] != member:
            parent[member] = parent[parent[member]]
            member = parent[member]
        return member

    def roots(self, members: np.ndarray[Any, Any] | None = None) -> Ints:
        """Root of each of the members, or of all."""
        parent = np.frombuffer(self._parent, dtype=np.uint32) if self._parent else np.zeros(0, dtype=np.uint32)
        found = parent if members is None else parent[members]
        while True:
            above = parent[found]
            if (above == found).all():
                break
            found = above
        if members is not None:
            parent[members] = found  # shorter paths for the next time
        return found.astype(np.int64)

    def tie(self, one: int, other: int) -> tuple[int, int] | None:
        """Join two trees: the root that stays and the one that is a root no more; None when they were one already."""
        one, other = self.root(one), self.root(other)
        if one == other:
            return None
        low, high = (one, other) if one < other else (other, one)
        self._parent[high] = low
        self._ring[low], self._ring[high] = self._ring[high], self._ring[low]
        return low, high

    def members(self, member: int) -> list[int]:
        """Everybody in the member's tree."""
        found, at = [member], self._ring[member]
        while at != member:
            found.append(at)
            at = self._ring[at]
        return found

    def part(self, members: Iterable[int]) -> None:
        """Make whole trees single members again; `members` must be everybody in them."""
        for member in members:
            self._parent[member] = self._ring[member] = member
