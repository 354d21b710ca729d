"""Pieces of words and their places in a table of weights: the hash that training and serving share.

A word is read as its letter sequences (a space stands for its edges), as a whole, and together with the word before it.
Each piece has a slot: sequences in the first half of the table, words and pairs in the second. The hash is a polynomial
over code points modulo 2^32, multiplied out and cut to its upper bits (Knuth, The Art of Computer Programming 3, §6.4):
the same on every machine, in plain Python and over whole arrays (`models.grams_batch`).
"""

from itertools import pairwise

BITS = 16
"""The upper bits that a slot is made of."""
HALF = 1 << BITS
SLOTS = 2 * HALF
BASE, MIX, TURN = 0x01000193, 0x9E3779B1, 0x85EBCA6B
"""Multipliers of the polynomial, of the last step, and of the first word of a pair."""
MASK = 0xFFFFFFFF


def words_of(text: str) -> list[str]:
    """The words of a masked text, in order."""
    return [word for word in text.split(" ") if word]


def word_hash(word: str) -> int:
    """Hash of a word or of a letter sequence."""
    value = 0
    for code in map(ord, word):
        value = (value * BASE + code) & MASK
    return value


def word_slots(word: str, length: int) -> list[int]:
    """Slots of a word's letter sequences of this length (3 at least), and of the word itself."""
    edged = f" {word} "
    hashes = [word_hash(edged[start : start + length]) for start in range(len(edged) - length + 1)]
    return [HALF + _mixed(word_hash(word)), *map(_mixed, hashes)]


def pair_slots(hashes: list[int]) -> list[int]:
    """Slots of the pairs of neighbours among words given by their hashes."""
    return [HALF + _mixed(first * TURN + second) for first, second in pairwise(hashes)]


def _mixed(value: int) -> int:
    return (value * MIX & MASK) >> (32 - BITS)
