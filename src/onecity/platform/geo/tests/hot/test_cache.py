"""Tiles kept in a process: bounded, true, and never older than a change that was heard."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.platform.geo.hot.cache import OVERHEAD, Kept, Key, TileCache, mark_of
from onecity.platform.geo.rules.tiles import Tile

HERE, FAR = Tile(4, 13, 5), Tile(4, 2, 9)
ROADS, WATER = ("geo.roads",), ("geo.water",)


def listening(largest: int = 100_000) -> TileCache:
    cache = TileCache(largest=largest)
    cache.hear()
    return cache


def keep(cache: TileCache, key: Key, body: bytes = b"tile") -> bool:
    return cache.put(key, Kept(body, mark_of(body)), generation=cache.generation(key[0]))


def test_kept_tile_is_found_again() -> None:
    cache = listening()
    assert keep(cache, (ROADS, HERE))
    found = cache.get((ROADS, HERE))
    assert found is not None
    assert found.body == b"tile"
    assert cache.get((ROADS, FAR)) is None


def test_deaf_cache_keeps_nothing() -> None:
    cache = TileCache(largest=100_000)
    assert not keep(cache, (ROADS, HERE))
    cache.hear()
    keep(cache, (ROADS, HERE))
    cache.deafen()
    assert (len(cache), cache.size) == (0, 0)
    assert not keep(cache, (ROADS, HERE))


def test_change_takes_the_layer_within_its_box() -> None:
    cache = listening()
    keep(cache, (ROADS, HERE))
    keep(cache, (ROADS, FAR))
    keep(cache, (WATER, HERE))
    west, south, east, north = HERE.box
    cache.changed("geo.roads", box=((west + east) / 2, (south + north) / 2, east, north))
    assert cache.get((ROADS, HERE)) is None
    assert cache.get((ROADS, FAR)) is not None
    assert cache.get((WATER, HERE)) is not None


def test_change_without_a_box_takes_the_whole_layer() -> None:
    cache = listening()
    keep(cache, (ROADS, HERE))
    keep(cache, (ROADS, FAR))
    cache.changed("geo.roads", box=None)
    assert (len(cache), cache.size) == (0, 0)


def test_tile_of_several_layers_goes_with_any_of_them() -> None:
    cache = listening()
    keep(cache, ((*ROADS, *WATER), HERE))
    cache.changed("geo.water", box=None)
    assert len(cache) == 0


def test_tile_begun_before_a_change_is_not_kept_after_it() -> None:
    cache = listening()
    before = cache.generation(ROADS)
    cache.changed("geo.roads", box=FAR.box)
    assert not cache.put((ROADS, HERE), Kept(b"old", "1"), generation=before)
    assert keep(cache, (ROADS, HERE))


def test_tile_begun_while_deaf_is_not_kept_once_it_hears() -> None:
    cache = TileCache(largest=100_000)
    before = cache.generation(ROADS)
    cache.hear()
    assert not cache.put((ROADS, HERE), Kept(b"old", "1"), generation=before)


def test_least_used_goes_first() -> None:
    cache = listening(largest=9 * (OVERHEAD + 4))
    keys: list[Key] = [(ROADS, Tile(8, x, 0)) for x in range(9)]
    for key in keys:
        keep(cache, key)
    cache.get(keys[0])
    keep(cache, (ROADS, HERE))
    assert cache.get(keys[0]) is not None
    assert cache.get(keys[1]) is None


def test_tile_larger_than_an_eighth_is_not_kept() -> None:
    cache = listening(largest=80_000)
    assert not keep(cache, (ROADS, HERE), b"x" * 10_001)


def test_packed_form_is_made_once_and_counted() -> None:
    cache = listening()
    body = b"tile" * 1_000
    keep(cache, (ROADS, HERE), body)
    kept = cache.get((ROADS, HERE))
    assert kept is not None
    before = cache.size
    packed = cache.packed((ROADS, HERE), kept)
    assert gzip.decompress(packed) == body
    assert cache.packed((ROADS, HERE), kept) is packed
    assert cache.size == before + len(packed)


def test_packing_a_tile_that_has_gone_is_not_counted() -> None:
    cache = listening()
    keep(cache, (ROADS, HERE))
    kept = cache.get((ROADS, HERE))
    assert kept is not None
    cache.changed("geo.roads", box=None)
    cache.packed((ROADS, HERE), kept)
    assert cache.size == 0


def test_mark_is_weak_and_follows_the_bytes() -> None:
    assert mark_of(b"a") == mark_of(b"a")
    assert mark_of(b"a") != mark_of(b"b")
    assert mark_of(b"a").startswith('W/"')


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("put"), st.integers(0, 30), st.integers(0, 3_000)),
            st.tuples(st.just("get"), st.integers(0, 30), st.just(0)),
            st.tuples(st.just("pack"), st.integers(0, 30), st.just(0)),
            st.tuples(st.just("change"), st.integers(0, 30), st.just(0)),
            st.tuples(st.just("deafen"), st.just(0), st.just(0)),
            st.tuples(st.just("hear"), st.just(0), st.just(0)),
        ),
        max_size=60,
    )
)
def test_size_is_always_right_and_within_bounds(steps: list[tuple[str, int, int]]) -> None:
    cache = listening(largest=30_000)
    for what, number, length in steps:
        key: Key = (ROADS if number % 2 else WATER, Tile(8, number, 0))
        kept = cache.get(key)
        if what == "put":
            keep(cache, key, b"x" * length)
        elif what == "pack" and kept is not None:
            cache.packed(key, kept)
        elif what == "change":
            cache.changed(key[0][0], box=key[1].box)
        elif what in {"deafen", "hear"}:
            getattr(cache, what)()
        assert cache.size == sum(item.size for item in cache._kept.values())
        assert cache.size <= 30_000
        assert {found for keys in cache._keys.values() for found in keys} == set(cache._kept)


@pytest.mark.parametrize("body", [b"", b"x"])
def test_empty_tiles_are_kept_too(body: bytes) -> None:
    cache = listening()
    assert keep(cache, (ROADS, HERE), body)
