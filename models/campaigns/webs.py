"""Which ads of a live index are of one web: each knows its web's first and the next in the ring of its members."""

from typing import Any

import numpy as np

from models.campaigns.runs import Column
from models.campaigns.sketch import Ints


class Webs:
    """Eight bytes an ad."""

    def __init__(self) -> None:
        self._root, self._next = Column(np.uint32), Column(np.uint32)

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return self._root.nbytes + self._next.nbytes

    def add(self, count: int) -> None:
        """Add ads, each alone in its web."""
        numbers = np.arange(len(self._root), len(self._root) + count)
        self._root.add(numbers)
        self._next.add(numbers)

    @property
    def roots(self) -> Any:
        """The first of each ad's web (32 bits)."""
        return self._root.rows

    def join(self, roots: Ints, into: Ints) -> None:
        """Make one web of several: each of `roots`, all different, is joined to the root beside it, which is one of
        them. What is joined is walked through: join the small to the large."""
        absorbed = roots != into
        if not absorbed.any():
            return
        members = self.of(roots[absorbed])
        order = np.argsort(roots)
        target = into[order][np.searchsorted(roots[order], self._root.rows[members])]
        by_web = np.argsort(into, kind="stable")
        ring, own = roots[by_web], into[by_web]
        starts = np.flatnonzero(np.diff(own, prepend=-1))
        following = np.roll(ring, -1)
        following[np.append(starts[1:], len(ring)) - 1] = ring[starts]
        self._next.rows[ring] = self._next.rows[following]
        self._root.rows[members] = target

    def of(self, ads: Ints) -> Ints:
        """Everybody in the webs of these ads, ascending."""
        roots = np.unique(self._root.rows[ads])
        found, at = [roots], self._next.rows[roots]
        while len(roots):
            on = at != roots
            roots, at = roots[on], at[on]
            found.append(at)
            at = self._next.rows[at]
        return np.sort(np.concatenate(found)).astype(np.int64)

    def set(self, members: Ints, webs: Ints) -> None:
        """Make webs anew: `members` are everybody in them, `webs` gives each the place of the first of its web."""
        order = np.argsort(webs, kind="stable")
        ring, own = members[order], webs[order]
        starts = np.flatnonzero(np.diff(own, prepend=-1))
        following = np.roll(ring, -1)
        following[np.append(starts[1:], len(ring)) - 1] = ring[starts]
        self._next.rows[ring] = following
        self._root.rows[members] = members[webs]
