from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from detect.plain import plain

table = plain("table", "botwarden.protocols")
WORDS = st.integers(-(2**63), 2**63 - 1)


def mix(h: int, value: int) -> int:
    with np.errstate(over="ignore"):
        return int(table.mix(np.int64(h), np.int64(value)))


@given(WORDS, WORDS)
def test_a_fingerprint_is_never_free_and_never_negative(h: int, value: int) -> None:
    assert 0 < mix(h, value) < 2**63


def test_fingerprints_differ_by_seed_and_value_and_spread_over_the_sets() -> None:
    keys = [mix(1, value) for value in range(20_000)]
    assert len(set(keys)) == len(keys)
    assert not set(keys) & {mix(2, value) for value in range(20_000)}
    fullest = Counter(key % 1000 for key in keys).most_common(1)[0][1]
    assert fullest < 50  # 20 on average


def test_the_compiled_hash_is_the_plain_one() -> None:
    from botwarden.protocols.table import mix as compiled

    assert [int(compiled(np.int64(5), np.int64(v))) for v in (0, 1, -1, 2**62)] == [
        mix(5, v) for v in (0, 1, -1, 2**62)
    ]


def take(keys: np.ndarray, seen: np.ndarray, key: int, ts: float) -> tuple[int, bool]:
    slot, found = table.locate(keys, seen, np.int64(key))
    keys[slot], seen[slot] = key, ts
    return int(slot), bool(found)


def test_a_key_is_found_again() -> None:
    keys, seen = np.zeros(16, np.int64), np.zeros(16)
    first = take(keys, seen, 8, 1.0)
    take(keys, seen, 10, 2.0)
    assert first[1] is False
    assert take(keys, seen, 8, 3.0) == (first[0], True)


def test_a_full_set_gives_up_its_oldest_entry_and_no_other() -> None:
    keys, seen = np.zeros(16, np.int64), np.zeros(16)
    for n in range(8):
        take(keys, seen, 2 * (n + 1), float(n))  # even keys: the first of two sets
    take(keys, seen, 2, 9.0)  # the oldest is used again
    assert take(keys, seen, 100, 10.0)[1] is False
    assert set(keys.tolist()) == {2, 6, 8, 10, 12, 14, 16, 100, 0}


@given(st.lists(st.integers(1, 200), max_size=300))
def test_a_table_holds_each_key_once(wanted: list[int]) -> None:
    keys, seen = np.zeros(32, np.int64), np.zeros(32)
    for ts, key in enumerate(wanted):
        take(keys, seen, key, float(ts))
        assert key in keys
    used = keys[keys != 0].tolist()
    assert len(used) == len(set(used))
