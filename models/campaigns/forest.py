"""Union-find: which members hang together, whatever the order in which they were tied."""


class Forest:
    """Numbers 0 … n-1 in trees; the root of a tree is its smallest number."""

    def __init__(self, size: int) -> None:
        self._parent = list(range(size))

    def root(self, member: int) -> int:
        """The smallest number of the member's tree."""
        parent = self._parent
        while parent[member] != member:
            parent[member] = parent[parent[member]]
            member = parent[member]
        return member

    def tie(self, one: int, other: int) -> bool:
        """Join two trees; False when they were one already."""
        low, high = sorted((self.root(one), self.root(other)))
        self._parent[high] = low
        return low != high

    def roots(self) -> list[int]:
        """Root of every member."""
        return [self.root(member) for member in range(len(self._parent))]
