from collections import OrderedDict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from botwarden.features.table import EVICTED, FOUND, FREE, KEY_WORDS, StreamTable, claim_all, new_table


def claim(table: StreamTable, keys: list[tuple[int, ...]]) -> list[tuple[int, int]]:
    """(slot, origin) per key; keys are padded with zeros."""
    words = np.zeros((len(keys), KEY_WORDS), np.int64)
    for row, key in zip(words, keys, strict=True):
        row[: len(key)] = key
    slots, origins = np.zeros(len(keys), np.int64), np.zeros(len(keys), np.int64)
    with np.errstate(over="ignore"):
        claim_all(table, words, len(keys), slots, origins)
    return list(zip(slots.tolist(), origins.tolist(), strict=True))


def test_a_key_keeps_its_slot() -> None:
    table = new_table(4, seed=1)
    (a, first), (b, _), (again, then) = claim(table, [(1,), (2,), (1,)])
    assert (first, then) == (FREE, FOUND)
    assert a == again != b


def test_keys_that_differ_in_any_word_or_half_are_different() -> None:
    keys = [(0,) * KEY_WORDS]
    for word in range(KEY_WORDS):
        keys += [tuple(value if i == word else 0 for i in range(KEY_WORDS)) for value in (1, -1, 1 << 32, -(1 << 63))]
    table = new_table(64, seed=1)
    assert len({slot for slot, _ in claim(table, keys)}) == len(keys)


def test_the_longest_unused_is_given_up() -> None:
    table = new_table(2, seed=1)
    (a, _), (b, _), _ = claim(table, [(1,), (2,), (1,)])
    assert claim(table, [(3,)]) == [(b, EVICTED)]
    assert claim(table, [(1,)]) == [(a, FOUND)]
    assert claim(table, [(2,)]) == [(b, EVICTED)]


def test_a_table_of_one() -> None:
    assert claim(new_table(1, seed=1), [(1,), (1,), (2,), (1,)]) == [(0, FREE), (0, FOUND), (0, EVICTED), (0, EVICTED)]


def test_a_stream_outlives_a_flood_as_long_as_it_is_seen_once_per_table_full() -> None:
    table = new_table(64, seed=1)
    [(slot, _)] = claim(table, [(1, 1)])
    for start in range(0, 63 * 50, 63):
        claim(table, [(2, start + i) for i in range(63)])
        assert claim(table, [(1, 1)]) == [(slot, FOUND)]


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 12),
    st.integers(0, 2**64 - 1),
    st.lists(st.lists(st.tuples(st.integers(0, 3), st.integers(-3, 3)), max_size=12), max_size=12),
)
def test_it_is_exactly_lru_whatever_the_seed(capacity: int, seed: int, calls: list[list[tuple[int, int]]]) -> None:
    table = new_table(capacity, seed)
    expected: OrderedDict[tuple[int, int], int] = OrderedDict()
    for keys in calls:
        for key in keys:
            [(slot, origin)] = claim(table, [key])
            if key in expected:
                assert (slot, origin) == (expected[key], FOUND)
                expected.move_to_end(key)
            elif len(expected) < capacity:
                assert origin == FREE
                assert slot not in expected.values()
                expected[key] = slot
            else:
                assert (slot, origin) == (expected.popitem(last=False)[1], EVICTED)
                expected[key] = slot


@pytest.mark.parametrize("step", [1, 1 << 16, 1 << 32, (1 << 32) + 1, 1 << 47, 0x9E3779B97F4A7C15 - (1 << 64)])
def test_regular_addresses_do_not_pile_up_in_a_bucket(step: int) -> None:
    table = new_table(4096, seed=7)
    words = np.zeros((4096, KEY_WORDS), np.int64)
    with np.errstate(over="ignore"):
        words[:, 1] = np.arange(4096) * np.int64(step)
    slots, origins = np.zeros(4096, np.int64), np.zeros(4096, np.int64)
    with np.errstate(over="ignore"):
        claim_all(table, words, 4096, slots, origins)
    chains = np.bincount(table.links[:4096, 0] & (len(table.heads) - 1))
    assert chains.max() <= 12  # of 4,096 in 8,192 buckets; with every key in a random one, 7 would be unusual


def test_another_seed_fills_other_buckets() -> None:
    tables = [new_table(64, seed) for seed in (1, 2)]
    for table in tables:
        claim(table, [(i,) for i in range(64)])
    assert tables[0].heads.tolist() != tables[1].heads.tolist()


@pytest.mark.parametrize("capacity", [0, -1, (1 << 24) + 1])
def test_an_unusable_capacity_is_refused(capacity: int) -> None:
    with pytest.raises(ValueError, match="slots"):
        new_table(capacity, seed=1)
