"""`Extractor`: packets in, one row of features per packet out."""

from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from botwarden.core.errors import ConfigError
from botwarden.core.packet import PACKET, PacketBatch
from botwarden.core.snapshot import FeatureSchema, Snapshots
from botwarden.features.damped import PAIR_WIDTH, STREAM_WIDTH, add_gaps, add_lengths, add_pairs
from botwarden.features.keys import CHANNEL, HOST, SOCKET, SOURCE, TABLES, fill_keys
from botwarden.features.schema import DECAYS, NBAIOT115, STATISTICS, first_column
from botwarden.features.table import KEY_WORDS, claim_all, new_table

MAX_STREAMS: Final = 1 << 14
"""Streams kept per family unless told otherwise: 25 MB in all, and at 16 new connections a second, which is a busy
office, each is kept until its slowest weight is down to a thousandth."""
LARGEST_MAX_STREAMS: Final = 1 << 22
"""A family of more streams than this takes several GB; whoever asks for it has mistyped."""

_CHUNK: Final = 128  # packets taken through one table after the other: their keys and rows stay in the cache
_NAMES: Final = ("MI_dir", "H", "HH", "HpHp")  # of the tables SOURCE, HOST, CHANNEL, SOCKET; HH_jit lives in HH


@njit(cache=True, nogil=True, error_model="numpy")
def _extract(packets: Any, tables: Any, states: Any, work: Any, evicted: Any, out: Any) -> None:
    keys, sides, slots, origins, factors, stale, columns = work
    source_table, host_table, channel_table, socket_table = tables
    source, host, channel, gaps, socket = states
    for start in range(0, len(packets), len(slots)):
        n = min(len(slots), len(packets) - start)
        fill_keys(packets, start, n, keys, sides)
        claim_all(source_table, keys[SOURCE], n, slots, origins)
        add_lengths(packets, start, n, slots, origins, source, factors, evicted[SOURCE], out, columns[0])
        claim_all(host_table, keys[HOST], n, slots, origins)
        add_lengths(packets, start, n, slots, origins, host, factors, evicted[HOST], out, columns[1])
        claim_all(channel_table, keys[CHANNEL], n, slots, origins)
        two = sides[CHANNEL]
        add_pairs(packets, start, n, slots, origins, two, channel, factors, stale, evicted[CHANNEL], out, columns[2])
        add_gaps(packets, start, n, slots, origins, two, gaps, factors, out, columns[3])
        claim_all(socket_table, keys[SOCKET], n, slots, origins)
        two = sides[SOCKET]
        add_pairs(packets, start, n, slots, origins, two, socket, factors, stale, evicted[SOCKET], out, columns[4])


class Extractor:
    """Computes the rows of a schema, packet by packet in the order given; keeps the streams in between.

    Takes the same time for every packet and, after construction, no further memory, whatever the packets are.
    """

    def __init__(self, schema: FeatureSchema = NBAIOT115, max_streams: int = MAX_STREAMS, seed: int = 0) -> None:
        """Reserve tables of ``max_streams`` streams for each family.

        max_streams : 1 to LARGEST_MAX_STREAMS; 1.5 kB each. Beyond it, the longest silent streams are forgotten.
        seed : of the tables' hash. It has no influence on the values; one that an attacker cannot know keeps
            forged addresses from slowing the tables down.

        Raises ConfigError for a schema that it does not compute and for an unusable ``max_streams``.
        """
        if schema != NBAIOT115:
            raise ConfigError(f"there is no way to compute the feature schema '{schema.name}' from packets")
        if not 1 <= max_streams <= LARGEST_MAX_STREAMS:
            raise ConfigError(f"the number of streams must be 1 to {LARGEST_MAX_STREAMS}, not {max_streams}")
        self.schema = schema
        self.max_streams = max_streams
        self._tables = tuple(new_table(max_streams, seed + table) for table in range(TABLES))
        self._states = (
            np.zeros((max_streams, STREAM_WIDTH)),
            np.zeros((max_streams, STREAM_WIDTH)),
            np.zeros((max_streams, PAIR_WIDTH)),
            np.zeros((2 * max_streams, STREAM_WIDTH)),
            np.zeros((max_streams, PAIR_WIDTH)),
        )
        self._work = _work_space(min(_CHUNK, max_streams))
        self._evicted: NDArray[np.int64] = np.zeros((TABLES, 2), np.int64)

    @property
    def evictions(self) -> dict[str, int]:
        """Streams given up while they still counted, per family; those of ``HH`` took their ``HH_jit`` along."""
        return {name: int(count) for name, count in zip(_NAMES, self._evicted[:, 1], strict=True)}

    @property
    def expirations(self) -> dict[str, int]:
        """Streams given up after their weights had decayed to nothing, per family."""
        return {name: int(count) for name, count in zip(_NAMES, self._evicted[:, 0], strict=True)}

    def update(self, batch: PacketBatch) -> Snapshots:
        """The rows of the packets of the next batch, in their order."""
        packets = np.require(batch.packets, PACKET, ["C_CONTIGUOUS", "ALIGNED", "WRITEABLE"])
        values = np.empty((len(packets), len(self.schema.columns)))
        with np.errstate(over="ignore"):  # as plain Python, the hash's wrapping is noticed
            _extract(packets, self._tables, self._states, self._work, self._evicted, values)
        return Snapshots(self.schema, batch.packets, values)


def _work_space(chunk: int) -> tuple[NDArray[Any], ...]:
    """The kernel's scratch arrays: keys, sides, slots, origins, two sets of decay factors, the families' columns."""
    return (
        np.zeros((TABLES, chunk, KEY_WORDS), np.int64),
        np.zeros((TABLES, chunk), np.int64),
        np.zeros(chunk, np.int64),
        np.zeros(chunk, np.int64),
        np.zeros(len(DECAYS)),
        np.zeros(len(DECAYS)),
        np.array([first_column(family) for family in STATISTICS]),
    )
