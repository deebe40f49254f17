"""The tree against RFC 6962's own definition, written here a second time, the recursive way."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.merkle import (
    EMPTY_ROOT,
    add_leaf,
    compute_root,
    compute_root_of,
    hash_leaf,
    pack_frontier,
    unpack_frontier,
)


def define_root(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + define_root(leaves[:split]) + define_root(leaves[split:])).digest()


class TestComputeRoot:
    @given(st.lists(st.binary(max_size=8), max_size=70))
    def test_is_the_root_that_rfc_6962_defines(self, leaves: list[bytes]) -> None:
        assert compute_root_of(hash_leaf(leaf) for leaf in leaves) == define_root(leaves)

    def test_an_empty_tree_has_the_hash_of_nothing(self) -> None:
        assert compute_root([]) == EMPTY_ROOT

    @pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9])
    def test_the_frontier_has_one_hash_for_each_one_bit_of_the_size(self, size: int) -> None:
        frontier: list[bytes] = []
        for number in range(size):
            frontier = add_leaf(frontier, number, hash_leaf(bytes([number])))
        assert len(frontier) == size.bit_count()
        assert unpack_frontier(pack_frontier(frontier)) == frontier
