"""Which of a set hang together, in numpy: all ties at once, whatever their order."""

import numpy as np

from models.campaigns.sketch import Ints


def components(size: int, one: Ints, other: Ints) -> Ints:
    """For each number 0 … size-1 the smallest that it hangs together with by the ties (one[i], other[i]).

    Hook and shortcut (Shiloach & Vishkin 1982): in each round the greater root of a tie takes the smaller as its own.
    """
    root = np.arange(size)
    while len(one):
        first, second = root[one], root[other]
        open_still = first != second
        one, other, first, second = one[open_still], other[open_still], first[open_still], second[open_still]
        np.minimum.at(root, np.maximum(first, second), np.minimum(first, second))
        while True:
            above = root[root]
            if (above == root).all():
                break
            root = above
    return root
