"""A table of streams: from a key to one of a fixed number of slots, the longest unused slot being given up first.

Exact LRU (a doubly linked list through the slots, hash chains through the same slots) rather than buckets with
eviction inside a bucket, for three reasons. A stream is lost only when as many others as the table holds have been seen
since its last packet, whatever their hashes. The values that follow do not depend on the hash or its seed. And under a
flood of fresh keys the slots are recycled in the order of their memory, so that the state behind them is written
sequentially and the flood is no slower than ordinary traffic.

The state of a stream (counters, statistics) is the caller's: arrays with a row per slot.
"""

from typing import Any, Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

KEY_WORDS: Final = 5
"""A key is five signed 64-bit words, compared in full: two addresses of two words each, and ports or a kind of key."""

FOUND: Final = 0
FREE: Final = 1
EVICTED: Final = 2

_HASH = 0  # columns of StreamTable.links
_CHAIN = 1
_OLDER = 2
_NEWER = 3

_MASK32 = 0xFFFFFFFF
_MASK31 = 0x7FFFFFFF


class StreamTable(NamedTuple):
    """The arrays of one table. Memory is touched only as slots come into use.

    heads : int32[b], b a power of two: slot + 1 of each bucket's first stream, 0 for none
    links : int32[capacity + 1, 4]: the stream's hash, slot + 1 of the next in its bucket, and its neighbours in
        order of use. Row ``capacity`` is no stream: its neighbours are the most and the least recently used ones.
    keys : int64[capacity, KEY_WORDS]
    secrets : int64[2 * KEY_WORDS], the hash's secret multipliers
    used : int64[1], slots in use
    """

    heads: NDArray[np.int32]
    links: NDArray[np.int32]
    keys: NDArray[np.int64]
    secrets: NDArray[np.int64]
    used: NDArray[np.int64]


def new_table(capacity: int, seed: int) -> StreamTable:
    """An empty table of ``capacity`` slots (1 to 2^24). ``seed`` makes its hash unpredictable to a forger of keys."""
    if not 1 <= capacity <= 1 << 24:
        raise ValueError(f"a table has 1 to {1 << 24} slots, not {capacity}")
    buckets = 1 << (2 * capacity - 1).bit_length()
    links = np.zeros((capacity + 1, 4), np.int32)
    links[capacity, _OLDER] = links[capacity, _NEWER] = capacity
    return StreamTable(
        np.zeros(buckets, np.int32),
        links,
        np.zeros((capacity, KEY_WORDS), np.int64),
        _secrets(seed),
        np.zeros(1, np.int64),
    )


def _secrets(seed: int) -> NDArray[np.int64]:
    """SplitMix64 (Steele, Lea, Flood 2014), which turns any seed into well spread words."""
    words, state, mask = [], seed, (1 << 64) - 1
    for _ in range(2 * KEY_WORDS):
        state = state + 0x9E3779B97F4A7C15 & mask
        z = (state ^ state >> 30) * 0xBF58476D1CE4E5B9 & mask
        z = (z ^ z >> 27) * 0x94D049BB133111EB & mask
        words.append(z ^ z >> 31)
    return np.array(words, np.uint64).view(np.int64)


@njit(inline="always")
def _half_product(word: Any, secrets: Any, i: Any) -> Any:
    return (secrets[2 * i] + (word & _MASK32)) * (secrets[2 * i + 1] + ((word >> 32) & _MASK32))


@njit(inline="always")
def _leave_order(links: Any, slot: Any) -> None:
    older = np.int64(links[slot, _OLDER])
    newer = np.int64(links[slot, _NEWER])
    links[older, _NEWER] = newer
    links[newer, _OLDER] = older


@njit(inline="always")
def _become_newest(links: Any, slot: Any, end: Any) -> None:
    newest = np.int64(links[end, _OLDER])
    links[slot, _OLDER] = newest
    links[slot, _NEWER] = end
    links[newest, _NEWER] = slot
    links[end, _OLDER] = slot


@njit(inline="always")
def _leave_bucket(heads: Any, links: Any, slot: Any) -> None:
    bucket = links[slot, _HASH] & (len(heads) - 1)
    after = links[slot, _CHAIN]
    at = np.int64(heads[bucket]) - 1
    if at == slot:
        heads[bucket] = after
        return
    while links[at, _CHAIN] - 1 != slot:
        at = np.int64(links[at, _CHAIN]) - 1
    links[at, _CHAIN] = after


@njit(nogil=True)
def claim_all(table: Any, keys: Any, n: Any, slots: Any, origins: Any) -> None:
    """Find or make room for the streams of ``n`` packets, in order.

    keys : int64[≥n, KEY_WORDS]
    slots : int64[≥n], filled with each packet's slot
    origins : int64[≥n], filled with FOUND, FREE (a new stream in a slot never used) or EVICTED (a new stream whose slot
        holds the state of one that was given up)

    With n no larger than the capacity, no slot handed out in a call is given up in the same call: the caller may read
    or reset the slots' state afterwards. As plain Python, call it under ``numpy.errstate(over="ignore")``.
    """
    heads, links, stored, secrets, used = table
    end = len(links) - 1
    for i in range(n):
        a = keys[i, 0]
        b = keys[i, 1]
        c = keys[i, 2]
        d = keys[i, 3]
        e = keys[i, 4]
        # Multilinear hashing by half multiplications (Lemire, Kaser 2014), modulo 2^64: universal in the secrets, so
        # that whoever does not know them cannot choose keys that meet in a bucket.
        total = _half_product(a, secrets, 0) + _half_product(b, secrets, 1) + _half_product(c, secrets, 2)
        total = total + _half_product(d, secrets, 3) + _half_product(e, secrets, 4)
        code = (total >> 32) & _MASK31
        bucket = code & (len(heads) - 1)
        slot = np.int64(heads[bucket]) - 1
        while slot >= 0:
            if (
                links[slot, _HASH] == code
                and stored[slot, 0] == a
                and stored[slot, 1] == b
                and stored[slot, 2] == c
                and stored[slot, 3] == d
                and stored[slot, 4] == e
            ):
                break
            slot = np.int64(links[slot, _CHAIN]) - 1
        if slot >= 0:
            origins[i] = FOUND
            if links[slot, _NEWER] != end:
                _leave_order(links, slot)
                _become_newest(links, slot, end)
        else:
            slot = used[0]
            if slot < end:
                origins[i] = FREE
                used[0] = slot + 1
            else:
                origins[i] = EVICTED
                slot = np.int64(links[end, _NEWER])
                _leave_bucket(heads, links, slot)
                _leave_order(links, slot)
            stored[slot, 0] = a
            stored[slot, 1] = b
            stored[slot, 2] = c
            stored[slot, 3] = d
            stored[slot, 4] = e
            links[slot, _HASH] = code
            links[slot, _CHAIN] = heads[bucket]
            heads[bucket] = slot + 1
            _become_newest(links, slot, end)
        slots[i] = slot
