import json
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from botwarden.core.errors import ConfigError
from botwarden.core.packet import HAS_IP, HAS_PORTS, PACKET, TCP, PacketBatch
from botwarden.core.snapshot import FeatureSchema
from botwarden.features.extractor import LARGEST_MAX_STREAMS, Extractor
from botwarden.features.schema import DECAYS, NBAIOT115
from botwarden.sources.capture import CaptureSource

SHARED = Path(os.environ.get("BOTWARDEN_SHARED", Path(__file__).parents[3] / "shared"))
CAMERA = SHARED / "data/parity/camera_lan.pcap"
COLUMN = {name: i for i, name in enumerate(NBAIOT115.columns)}


def batch(rows: Any) -> PacketBatch:
    return PacketBatch(np.zeros(0, np.uint8), rows)


def tcp_rows(ts: Any, src: Any, dst: Any, src_port: Any = 1, dst_port: Any = 2, length: Any = 60) -> Any:
    """One PACKET row per element of the longest argument; addresses are small numbers."""
    n = max(np.size(x) for x in (ts, src, dst, src_port, dst_port, length))
    rows = np.zeros(n, PACKET)
    rows["ts"], rows["wire_len"], rows["proto"], rows["ip_version"] = ts, length, TCP, 4
    rows["src_mac"], rows["src_ip_lo"], rows["dst_ip_lo"] = 7, src, dst
    rows["src_port"], rows["dst_port"], rows["flags"] = src_port, dst_port, HAS_IP | HAS_PORTS
    return rows


class Stream:
    """The definitions, word by word: one stream and one decay."""

    def __init__(self, t: float) -> None:
        self.w = self.ls = self.ss = self.residual = 0.0
        self.t = t

    def decay(self, decay: float, t: float) -> None:
        if t > self.t:
            factor = 2 ** (-decay * (t - self.t))
            self.w, self.ls, self.ss, self.t = self.w * factor, self.ls * factor, self.ss * factor, t
            if self.w < sys.float_info.min:  # as good as never seen
                self.w = self.ls = self.ss = 0.0

    def add(self, decay: float, t: float, v: float) -> None:
        self.decay(decay, t)
        self.w, self.ls, self.ss = self.w + 1, self.ls + v, self.ss + v * v

    def mean(self) -> float:
        return self.ls / self.w if self.w else 0.0

    def variance(self) -> float:
        return abs(self.ss / self.w - self.mean() ** 2) if self.w else 0.0


class Pair:
    """Two streams that are each other's reverse."""

    def __init__(self, t: float) -> None:
        self.sr, self.t, self.k, self.e = 0.0, t, 0, 0.0


class Reference:
    """A plain transcription of the definitions, with dictionaries that grow."""

    def __init__(self) -> None:
        self.streams: dict[Any, Stream] = {}
        self.pairs: dict[Any, Pair] = {}

    def row(self, p: Any) -> list[float]:
        t, v = float(p["ts"]), float(p["wire_len"])
        src, dst = int(p["src_ip_lo"]), int(p["dst_ip_lo"])
        values: list[float] = []
        for key in (("MI", int(p["src_mac"]), src), ("H", src)):
            for decay in DECAYS:
                values += self.single((*key, decay), decay, t, v, t)
        values += self.paired(("HH",), src, dst, t, v)
        for decay in DECAYS:
            key = ("jit", src, dst, decay)
            gap = max(0.0, t - (self.streams[key].t if key in self.streams else 0.0))
            values += self.single(key, decay, t, gap, 0.0)
        return values + self.paired(("HpHp",), (src, int(p["src_port"])), (dst, int(p["dst_port"])), t, v)

    def single(self, key: Any, decay: float, t: float, v: float, start: float) -> list[float]:
        stream = self.streams.setdefault(key, Stream(start))
        stream.add(decay, t, v)
        return [stream.w, stream.mean(), stream.variance()]

    def paired(self, family: Any, a: Any, b: Any, t: float, v: float) -> list[float]:
        values: list[float] = []
        for decay in DECAYS:
            i = self.streams.setdefault((family, a, b, decay), Stream(t))
            j = self.streams.setdefault((family, b, a, decay), Stream(t))
            pair = self.pairs.setdefault((family, frozenset((a, b)), decay), Pair(t))
            i.add(decay, t, v)
            j.decay(decay, t)
            g = max(0.0, t - pair.t)
            if pair.k % 2 == 0:
                pair.e = g
            for stream in {i, j}:
                stream.residual *= 2 ** (-decay * g)
            residual = v - i.mean()
            pair.sr = pair.sr * 2 ** (-decay * (g + pair.e)) + residual * j.residual
            i.residual, pair.t, pair.k = residual, max(t, pair.t), pair.k + 1
            covariance, product = 2 * pair.sr / (i.w + j.w), math.sqrt(i.variance() * j.variance())
            values += [i.w, i.mean(), math.sqrt(i.variance()), math.hypot(i.mean(), j.mean())]
            values += [math.hypot(i.variance(), j.variance()), covariance, covariance / product if product else 0.0]
        return values


def assert_close(values: NDArray[np.float64], expected: NDArray[np.float64]) -> None:
    """Equal but for rounding, which a difference of squares and a quotient by it magnify."""
    assert np.isfinite(values).all()
    for name, column in COLUMN.items():
        where = np.ones(len(values), bool)
        if name.endswith("_pcc"):
            where = expected[:, column - 4] > 1e-2  # std; without any spread, the quotient is of rounding errors
            where &= expected[:, column - 2] > expected[:, column - 4] ** 2 + 1e-2  # the same of the reverse
        np.testing.assert_allclose(values[where, column], expected[where, column], rtol=1e-6, atol=1e-2, err_msg=name)


steps = st.sampled_from([0.0, 0.0, 1e-6, 0.001, 0.1, 1.0, 7.0, 400.0, -0.5, -300.0])
packet = st.tuples(
    steps, st.integers(0, 3), st.integers(0, 3), st.integers(0, 1), st.integers(0, 1), st.integers(0, 1600)
)


@settings(max_examples=60, deadline=None)
@given(st.lists(packet, min_size=1, max_size=60))
def test_the_rows_are_those_of_the_definitions(packets: list[tuple[float, int, int, int, int, int]]) -> None:
    gap, src, dst, src_port, dst_port, length = (np.array(field) for field in zip(*packets, strict=True))
    rows = tcp_rows(np.maximum(0, 1000 + np.cumsum(gap)), src, dst, src_port, dst_port, length)
    reference = Reference()
    expected = np.array([reference.row(row) for row in rows])
    assert_close(Extractor().update(batch(rows)).values, expected)


@pytest.mark.skipif(not CAMERA.is_file(), reason="needs the shared captures")
def test_the_published_rows_are_reproduced(tmp_path: Path) -> None:
    extractor = Extractor()
    parts = [extractor.update(part).values for part in CaptureSource([CAMERA]).batches()]
    table = tmp_path / "camera.csv"
    np.savetxt(table, np.concatenate(parts), "%.9g", ",", header=",".join(NBAIOT115.columns), comments="")
    command = [sys.executable, str(SHARED / "tools/parity.py"), str(table)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout
    assert float(result.stdout.splitlines()[-1].split()[2]) > 0.9999


def mixed_rows(n: int) -> Any:
    """Packets of every kind between a few machines, at times that also jump back."""
    rng = np.random.default_rng(5)
    rows = tcp_rows(
        1.7e9 + np.cumsum(rng.choice([0, 1e-4, 0.02, 3, -1], n)),
        rng.integers(0, 6, n),
        rng.integers(0, 6, n),
        rng.integers(0, 3, n),
        rng.integers(0, 3, n),
        rng.integers(60, 1515, n),
    )
    rows["flags"] = rng.choice([0, HAS_IP, HAS_IP | HAS_PORTS], n)
    rows["proto"] = rng.choice([1, 6, 17, 47, 58], n)
    rows["ethertype"] = rng.choice([0x0800, 0x0806], n)
    rows["dst_mac"] = rng.integers(0, 9, n)
    return rows


PLAIN = """
import json, sys
import numpy as np
from botwarden.core.packet import PACKET, PacketBatch
from botwarden.features.extractor import Extractor
rows = np.load(sys.argv[1]).view(PACKET)
extractor = Extractor(max_streams=20)
values = [extractor.update(PacketBatch(np.zeros(0, np.uint8), part)).values for part in np.array_split(rows, 3)]
np.save(sys.argv[2], np.concatenate(values))
print(json.dumps(extractor.evictions))
"""


def test_plain_python_gives_the_same_to_the_last_bit(tmp_path: Path) -> None:
    rows = mixed_rows(400)
    np.save(tmp_path / "rows.npy", rows)
    command = [sys.executable, "-W", "error", "-c", PLAIN, str(tmp_path / "rows.npy"), str(tmp_path / "values.npy")]
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    extractor = Extractor(max_streams=20)
    values = extractor.update(batch(rows)).values
    np.testing.assert_array_equal(np.load(tmp_path / "values.npy"), values)
    assert json.loads(result.stdout) == extractor.evictions
    assert extractor.evictions["HpHp"] > 0


def test_batches_of_any_size_give_the_same_rows() -> None:
    rows = mixed_rows(1000)
    whole = Extractor(max_streams=300).update(batch(rows)).values
    for size in (1, 7, 128, 129, 999):
        extractor = Extractor(max_streams=300)
        parts = [extractor.update(batch(rows[at : at + size])).values for at in range(0, len(rows), size)]
        np.testing.assert_array_equal(np.concatenate(parts), whole)


def test_the_seed_changes_nothing() -> None:
    rows = mixed_rows(500)
    first, second = (Extractor(max_streams=30, seed=seed) for seed in (1, 2**64 - 1))
    np.testing.assert_array_equal(first.update(batch(rows)).values, second.update(batch(rows)).values)
    assert first.evictions == second.evictions


def test_snapshots_carry_their_packets_and_schema() -> None:
    rows = mixed_rows(3)
    snapshots = Extractor().update(batch(rows))
    assert snapshots.schema is NBAIOT115
    assert snapshots.values.shape == (3, 115)
    assert snapshots.packets is rows
    assert Extractor().update(batch(rows[:0])).values.shape == (0, 115)


def test_rows_that_lie_apart_in_memory_or_cannot_be_written_are_read_all_the_same() -> None:
    rows = mixed_rows(50)
    apart = np.repeat(rows, 2)[::2]
    fixed = rows.copy()
    fixed.flags.writeable = False
    expected = Extractor().update(batch(rows)).values
    np.testing.assert_array_equal(Extractor().update(batch(apart)).values, expected)
    np.testing.assert_array_equal(Extractor().update(batch(fixed)).values, expected)


def test_forged_sources_push_out_only_what_is_silent() -> None:
    extractor = Extractor(max_streams=100)
    flood = tcp_rows(np.arange(5000) * 1e-3, np.arange(5000), 5, src_port=np.arange(5000))
    flood["src_ip_lo"][::50] = -1  # a machine that goes on talking meanwhile
    flood["src_port"][::50] = 9
    values = extractor.update(batch(flood)).values
    assert values[-50, COLUMN["H_L0.01_weight"]] > 90
    assert (np.delete(values, np.s_[::50], 0)[:, COLUMN["H_L0.01_weight"]] == 1).all()
    assert extractor.evictions == {"MI_dir": 4801, "H": 4801, "HH": 4801, "HpHp": 4801}
    assert not any(extractor.expirations.values())


def test_what_has_decayed_is_counted_apart() -> None:
    extractor = Extractor(max_streams=1)
    extractor.update(batch(tcp_rows([0.0, 5000.0, 5001.0], [1, 2, 3], 9)))
    assert extractor.expirations == {"MI_dir": 1, "H": 1, "HH": 1, "HpHp": 1}
    assert extractor.evictions == {"MI_dir": 1, "H": 1, "HH": 1, "HpHp": 1}


def test_below_the_limit_nothing_is_given_up() -> None:
    extractor = Extractor(max_streams=1000)
    values = extractor.update(batch(tcp_rows(np.arange(2000.0), np.arange(2000) % 1000, 5000))).values
    assert not any(extractor.evictions.values())
    assert (values[1000:, COLUMN["H_L0.01_weight"]] > 1).all()


wild = st.floats(allow_nan=False) | st.sampled_from([0.0, 1.0, 2.0**32, 1.7e9, 1e18, -1e18])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(wild, st.integers(0, 1), st.integers(0, 1), st.integers(0, 2**32 - 1)), min_size=1))
def test_no_times_and_lengths_give_anything_but_numbers(packets: list[tuple[float, int, int, int]]) -> None:
    ts, src, dst, length = zip(*packets, strict=True)
    values = Extractor(max_streams=3).update(batch(tcp_rows(ts, src, dst, length=length))).values
    assert np.isfinite(values).all()


@settings(max_examples=30, deadline=None)
@given(st.binary(min_size=PACKET.itemsize, max_size=20 * PACKET.itemsize))
def test_no_row_at_all_gives_anything_but_numbers(data: bytes) -> None:
    rows = np.frombuffer(data[: len(data) // PACKET.itemsize * PACKET.itemsize], PACKET).copy()
    rows["ts"] = np.nan_to_num(rows["ts"])
    assert np.isfinite(Extractor(max_streams=3).update(batch(rows)).values).all()


@pytest.mark.parametrize("max_streams", [0, -1, LARGEST_MAX_STREAMS + 1])
def test_an_unusable_number_of_streams_is_refused(max_streams: int) -> None:
    with pytest.raises(ConfigError, match="number of streams"):
        Extractor(max_streams=max_streams)


def test_an_unknown_schema_is_refused() -> None:
    with pytest.raises(ConfigError, match="'other'"):
        Extractor(FeatureSchema("other", ("a",)))
