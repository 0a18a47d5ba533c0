"""The tree of a journal and its proofs: published values, ours, every small tree, and forgeries."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sogoc.errors import BrokenLog
from sogoc.trust.tiles import (
    WIDTH,
    Tile,
    TiledHashes,
    bundle,
    bundle_path,
    tile_at,
    tiles_between,
    tiles_of,
    unbundled,
)
from sogoc.trust.tree import (
    EMPTY,
    GrowingTree,
    check_consistency,
    check_inclusion,
    consistency_path,
    inclusion_path,
    leaf_hash,
    root_of,
)

ENTRIES = [b"mot", b"hai", b"ba", b"bon", b"nam"]
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6135adb697e4bf006e3070286bb96758ef1826dc644041bca74fac7f123a6d6f",
    2: "72931f2e2e7dd7dab2dbbd6bf86163064ee0b67a61ad7e8241967a3df5e8e1f8",
    3: "abeeb1a936cd49dbd28d1cbd53c8115d635839f1d65ef829fac0f3bdf1f81778",
    4: "204956ffba0447e5cb7fbe7d6f96fde80c2673e2b53b156e6321f5a8088aa17d",
    5: "18463bbeb87b4fa9dd135029f0b6ec0ae77189c67bffc30c0046974f59f2276e",
}
INCLUSION_OF_2_IN_5 = [
    "98b3148e64bbd615eed8fd0403dc3b66f2d26dcd9040e0829eccdafce8810250",
    "72931f2e2e7dd7dab2dbbd6bf86163064ee0b67a61ad7e8241967a3df5e8e1f8",
    "fe6d34c5b97bb8a5bd0890869784e98917d637c5c6350b29a31b2e01e36aee76",
]
CONSISTENCY_OF_3_WITH_5 = [
    "703297c455eb56a358353182b5931dc9c672533f86dc3802efcd0d5faa98fe91",
    *INCLUSION_OF_2_IN_5,
]


# Certificate Transparency's own reference tree (certificate-transparency-go and transparency-dev's
# merkle, testonly): inputs, the root of every size, and paths between them.
CT_INPUTS = [
    bytes.fromhex(told)
    for told in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
CT_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
_0, _23, _4567 = (
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
)
_4, _67 = (
    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
)
CT_INCLUSION = {
    (0, 8): [_0, _23, _4567],
    (5, 8): [_4, _67, CT_ROOTS[4]],
    (2, 3): [CT_ROOTS[2]],
    (1, 5): [CT_ROOTS[1], _23, _4],
}
CT_CONSISTENCY = {
    (1, 8): [_0, _23, _4567],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        _67,
        CT_ROOTS[4],
    ],
    (2, 5): [_23, _4],
}


class KeptHashes:
    """Whole subtrees in memory, as a journal keeps them."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.tree = GrowingTree()
        self.kept: dict[tuple[int, int], bytes] = {}
        for leaf in leaves:
            for level, index, told in self.tree.append(leaf):
                self.kept[level, index] = told

    def at(self, level: int, index: int) -> bytes:
        return self.kept[level, index]


def leaves_of(size: int) -> list[bytes]:
    return [leaf_hash(str(number).encode()) for number in range(size)]


def defined_root(leaves: list[bytes]) -> bytes:
    """The definition of RFC 9162, 2.1.1, word for word."""
    if not leaves:
        return sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    both = defined_root(leaves[:split]) + defined_root(leaves[split:])
    return sha256(b"\x01" + both).digest()


def test_the_reference_tree_of_certificate_transparency_has_its_published_roots_and_paths() -> None:
    leaves = [leaf_hash(told) for told in CT_INPUTS]
    assert leaf_hash(b"L123456").hex() == (
        "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56"
    )
    kept = KeptHashes(leaves)
    for size, root in enumerate(CT_ROOTS):
        assert root_of(kept, size).hex() == root
    for (index, size), told in CT_INCLUSION.items():
        path, whole = [bytes.fromhex(one) for one in told], bytes.fromhex(CT_ROOTS[size])
        assert inclusion_path(kept, index, size) == path
        check_inclusion(leaves[index], index, size=size, path=path, root=whole)
    for (old, size), told in CT_CONSISTENCY.items():
        path = [bytes.fromhex(one) for one in told]
        before, after = ((n, bytes.fromhex(CT_ROOTS[n])) for n in (old, size))
        assert consistency_path(kept, old, size) == path
        check_consistency(before, after, path)
        with pytest.raises(BrokenLog):
            check_consistency(before, after, path[::-1])


def test_tiles_are_those_that_the_specification_counts() -> None:
    """C2SP tlog-tiles: a tree of 70,000, one of 256, and how an index is spelled."""
    widths = Counter((tile.level, tile.width) for tile in tiles_of(70_000))
    assert widths == {(0, 256): 273, (0, 112): 1, (1, 256): 1, (1, 17): 1, (2, 1): 1}
    assert {(tile.level, tile.width) for tile in tiles_of(256)} == {(0, 256), (1, 1)}
    assert bundle_path(1_234_067).endswith("entries/x001/x234/067")


@pytest.mark.parametrize("size", sorted(ROOTS))
def test_the_root_of_our_reference_is_made_again(size: int) -> None:
    tree = GrowingTree()
    tree.extend(leaf_hash(entry) for entry in ENTRIES[:size])
    assert tree.root().hex() == ROOTS[size]


def test_the_published_proofs_are_made_to_the_byte() -> None:
    hashes = KeptHashes([leaf_hash(entry) for entry in ENTRIES])
    assert [step.hex() for step in inclusion_path(hashes, 2, 5)] == INCLUSION_OF_2_IN_5
    assert [step.hex() for step in consistency_path(hashes, 3, 5)] == CONSISTENCY_OF_3_WITH_5


@pytest.mark.parametrize("size", range(1, 68))
def test_every_proof_of_a_small_tree_holds_and_no_other_leaf_fits_it(size: int) -> None:
    leaves = leaves_of(size)
    hashes = KeptHashes(leaves)
    root = root_of(hashes, size)
    assert root == defined_root(leaves)
    for index, leaf in enumerate(leaves):
        path = inclusion_path(hashes, index, size)
        check_inclusion(leaf, index, size=size, path=path, root=root)
        with pytest.raises(BrokenLog):
            check_inclusion(leaf_hash(b"other"), index, size=size, path=path, root=root)
        with pytest.raises(BrokenLog):
            check_inclusion(leaf, index, size=size, path=[*path, leaf], root=root)
        if path:
            with pytest.raises(BrokenLog):
                check_inclusion(leaf, index, size=size, path=path[:-1], root=root)
    for old in range(1, size + 1):
        steps = consistency_path(hashes, old, size)
        check_consistency((old, defined_root(leaves[:old])), (size, root), steps)
        with pytest.raises(BrokenLog):
            check_consistency((old, leaf_hash(b"other")), (size, root), steps)
        with pytest.raises(BrokenLog):
            check_consistency((old, defined_root(leaves[:old])), (size, root), [*steps, root])


@given(old=st.integers(1, 300), more=st.integers(1, 300), at=st.integers(0, 299))
def test_an_operator_who_rewrites_one_entry_cannot_prove_that_the_log_only_grew(
    old: int, more: int, at: int
) -> None:
    honest, size = leaves_of(old), old + more
    rewritten = leaves_of(size)
    rewritten[at % old] = leaf_hash(b"nothing happened")
    forged = KeptHashes(rewritten)
    steps = consistency_path(forged, old, size)
    with pytest.raises(BrokenLog):
        check_consistency((old, defined_root(honest)), (size, root_of(forged, size)), steps)


def test_the_empty_log_is_the_start_of_every_log_and_needs_no_proof() -> None:
    check_consistency((0, EMPTY), (5, bytes.fromhex(ROOTS[5])), [])
    with pytest.raises(BrokenLog):
        check_consistency((0, bytes(32)), (5, bytes.fromhex(ROOTS[5])), [])
    with pytest.raises(BrokenLog):
        check_consistency((5, bytes.fromhex(ROOTS[5])), (3, bytes.fromhex(ROOTS[3])), [])


@given(size=st.integers(0, 2000), more=st.integers(0, 50))
def test_a_tree_goes_on_from_its_edge_as_if_it_had_never_stopped(size: int, more: int) -> None:
    leaves = leaves_of(size + more)
    whole, begun = GrowingTree(), GrowingTree()
    whole.extend(leaves)
    begun.extend(leaves[:size])
    resumed = GrowingTree(begun.size, begun.edge)
    resumed.extend(leaves[size:])
    assert resumed.root() == whole.root()


def test_an_edge_that_cannot_be_of_that_size_is_refused() -> None:
    with pytest.raises(BrokenLog):
        GrowingTree(3, [bytes(32)])


@pytest.mark.parametrize("index", [-1, 5, 6])
def test_there_is_no_proof_of_an_entry_that_is_not_there(index: int) -> None:
    hashes = KeptHashes([leaf_hash(entry) for entry in ENTRIES])
    with pytest.raises(BrokenLog):
        inclusion_path(hashes, index, 5)
    with pytest.raises(BrokenLog):
        consistency_path(hashes, index, 4)


def served(leaves: list[bytes]) -> dict[str, bytes]:
    """What a log serves: every tile by its address."""
    kept = KeptHashes(leaves)
    return {
        tile.path: b"".join(
            kept.at(8 * tile.level, tile.index * WIDTH + at) for at in range(tile.width)
        )
        for tile in tiles_of(len(leaves))
    }


@pytest.mark.parametrize("size", [1, 255, 256, 257, 700])
def test_whoever_reads_tiles_alone_comes_to_the_same_root_and_proofs(size: int) -> None:
    leaves = leaves_of(size)
    files = served(leaves)
    tiled = TiledHashes(size, lambda tile: files[tile.path])
    root = root_of(tiled, size)
    assert root == root_of(KeptHashes(leaves), size)
    for index in {0, size // 2, size - 1}:
        path = inclusion_path(tiled, index, size)
        check_inclusion(leaves[index], index, size=size, path=path, root=root)


def test_a_short_tile_is_refused() -> None:
    files = served(leaves_of(300))
    tiled = TiledHashes(300, lambda tile: files[tile.path][:-1])
    with pytest.raises(BrokenLog):
        root_of(tiled, 300)
    with pytest.raises(BrokenLog):
        TiledHashes(3, lambda tile: bytes(32 * tile.width)).at(2, 0)
    with pytest.raises(BrokenLog):
        TiledHashes(3, lambda tile: bytes(32 * tile.width)).at(8, 0)


def test_the_tiles_of_seventy_thousand_entries_are_those_of_the_specification() -> None:
    tiles = tiles_of(70_000)
    count = {
        level: (
            sum(tile.width == WIDTH for tile in tiles if tile.level == level),
            [tile.width for tile in tiles if tile.level == level and tile.width < WIDTH],
        )
        for level in range(3)
    }
    assert count == {0: (273, [112]), 1: (1, [17]), 2: (0, [1])}


@given(old=st.integers(0, 3000), more=st.integers(0, 3000))
def test_new_tiles_are_those_that_the_smaller_log_did_not_have(old: int, more: int) -> None:
    assert set(tiles_between(old, old + more)) == set(tiles_of(old + more)) - set(tiles_of(old))


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 1_234_067), "tile/0/x001/x234/067"),
        (Tile(2, 0, 1), "tile/2/000.p/1"),
        (Tile(1, 1000, 17), "tile/1/x001/000.p/17"),
    ],
)
def test_a_tile_has_one_address(tile: Tile, path: str) -> None:
    assert tile.path == path
    assert tile_at(path) == tile


def test_a_bundle_of_entries_has_its_own_address() -> None:
    assert bundle_path(273, 112) == "tile/entries/273.p/112"
    assert tile_at("tile/entries/273.p/112") == Tile(-1, 273, 112)


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/x000/001",
        "tile/0/1",
        "tile/0/001.p/256",
        "tile/0/001.p/0",
        "tile/64/001",
        "tile/00/001",
    ],
)
def test_what_is_not_the_one_address_of_a_tile_names_none(path: str) -> None:
    assert tile_at(path) is None


@given(st.lists(st.binary(max_size=300), max_size=40))
def test_a_bundle_gives_back_its_entries(entries: list[bytes]) -> None:
    assert unbundled(bundle(entries)) == entries


@pytest.mark.parametrize("content", [b"\x00", b"\x00\x05abc"])
def test_a_bundle_cut_short_is_refused(content: bytes) -> None:
    with pytest.raises(BrokenLog):
        unbundled(content)


def test_an_entry_too_long_for_a_bundle_is_refused() -> None:
    with pytest.raises(BrokenLog):
        bundle([bytes(70_000)])
