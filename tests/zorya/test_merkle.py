"""Merkle trees: the shapes of RFC 6962, and that a proof leads from a leaf to the root and from nothing else."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zorya.domain import merkle

RECORDS = st.lists(st.binary(max_size=8), min_size=1, max_size=70)


def by_definition(leaves: list[bytes]) -> bytes:
    """RFC 6962 §2.1, word for word: split at the largest power of two below the number."""
    if len(leaves) == 1:
        return leaves[0]
    size = 1
    while size * 2 < len(leaves):
        size *= 2
    return merkle.node(by_definition(leaves[:size]), by_definition(leaves[size:]))


def test_the_roots_are_those_of_the_certificate_transparency_vectors() -> None:
    """Inputs and roots of the reference implementation's own test."""
    inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    leaves = [merkle.leaf(bytes.fromhex(one)) for one in inputs]
    assert leaves[0].hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert merkle.root(leaves).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    assert merkle.root(leaves[:3]).hex() == "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"


def test_a_tree_without_leaves_has_the_root_of_nothing() -> None:
    assert merkle.root([]) == hashlib.sha256(b"").digest()


@given(RECORDS)
@settings(max_examples=60)
def test_the_root_is_the_one_of_the_definition(records: list[bytes]) -> None:
    leaves = [merkle.leaf(one) for one in records]
    assert merkle.root(leaves) == by_definition(leaves)


@given(RECORDS, st.data())
@settings(max_examples=60)
def test_every_leaf_is_proven_and_no_other_record_place_or_size(records: list[bytes], data: st.DataObject) -> None:
    leaves = [merkle.leaf(one) for one in records]
    top, index = merkle.root(leaves), data.draw(st.integers(0, len(leaves) - 1))
    steps = merkle.paths(leaves, [index])[index]
    assert merkle.proves(leaves[index], index, len(leaves), steps, top)
    assert not merkle.proves(merkle.leaf(b"another record"), index, len(leaves), steps, top)
    assert not merkle.proves(leaves[index], index, len(leaves), [*steps, bytes(32)], top)
    assert not merkle.proves(leaves[index], len(leaves), len(leaves), steps, top)
    if steps:
        assert not merkle.proves(leaves[index], index, len(leaves), steps[:-1], top)
        assert not merkle.proves(leaves[index], index ^ 1, len(leaves), steps, top) or leaves[index] in steps


@given(RECORDS, st.integers(0, 69), st.binary(max_size=8))
@settings(max_examples=60)
def test_any_other_record_makes_another_root(records: list[bytes], at: int, other: bytes) -> None:
    changed = [*records]
    changed[at % len(records)] = other
    same = merkle.root([merkle.leaf(one) for one in records]) == merkle.root([merkle.leaf(one) for one in changed])
    assert same == (records == changed)


def test_an_inner_node_does_not_pass_for_a_leaf() -> None:
    one, other = merkle.leaf(b"a"), merkle.leaf(b"b")
    assert merkle.leaf(one + other) != merkle.node(one, other)


def test_a_leaf_that_is_not_there_has_no_path() -> None:
    with pytest.raises(IndexError):
        merkle.paths([merkle.leaf(b"a")], [1])
