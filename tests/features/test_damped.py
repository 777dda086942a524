import math
from typing import Any

import numpy as np
import pytest

from botwarden.core.packet import PACKET
from botwarden.features.damped import PAIR_WIDTH, STREAM_WIDTH, add_gaps, add_lengths, add_pairs
from botwarden.features.keys import SELF
from botwarden.features.schema import DECAYS
from botwarden.features.table import EVICTED, FOUND, FREE

WEIGHT, MEAN, VARIANCE = 0, 1, 2
STD, MAGNITUDE, RADIUS, COVARIANCE, PCC = 2, 3, 4, 5, 6


class Streams:
    """One slot with the statistics of whatever packets it is given."""

    def __init__(self) -> None:
        self.state = np.zeros((1, STREAM_WIDTH))
        self.gaps = np.zeros((2, STREAM_WIDTH))
        self.pair = np.zeros((1, PAIR_WIDTH))
        self.evicted = np.zeros(2, np.int64)
        self.pair_evicted = np.zeros(2, np.int64)
        self.origin = FREE

    def add(self, *packets: tuple[float, int, int]) -> tuple[Any, Any, Any]:
        """Take (ts, length, side) packets; the rows of lengths, gaps and pairs of the last one, one line per decay."""
        rows = np.zeros(len(packets), PACKET)
        sides = np.zeros(len(packets), np.int64)
        for i, (ts, length, side) in enumerate(packets):
            rows[i]["ts"], rows[i]["wire_len"], sides[i] = ts, length, side
        n = len(rows)
        slots, origins = np.zeros(n, np.int64), np.full(n, FOUND, np.int64)
        origins[0] = self.origin
        self.origin = FOUND
        single, gaps, pair = np.zeros((n, 15)), np.zeros((n, 15)), np.zeros((n, 35))
        f, s = np.zeros(5), np.zeros(5)
        add_lengths(rows, 0, n, slots, origins, self.state, f, self.evicted, single, 0)
        add_gaps(rows, 0, n, slots, origins, sides, self.gaps, f, gaps, 0)
        add_pairs(rows, 0, n, slots, origins, sides, self.pair, f, s, self.pair_evicted, pair, 0)
        return single[-1].reshape(5, 3), gaps[-1].reshape(5, 3), pair[-1].reshape(5, 7)


def test_the_first_packet_is_its_own_mean() -> None:
    single, gaps, pair = Streams().add((1e9, 60, 0))
    assert single.tolist() == [[1, 60, 0]] * 5
    assert gaps.tolist() == [[1, 1e9, 0]] * 5  # the flaw of the published data
    assert pair.tolist() == [[1, 60, 0, 60, 0, 0, 0]] * 5


@pytest.mark.parametrize("gap", [1e-6, 0.2, 1.0, 37.5, 1000.0])
def test_every_decay_halves_in_its_own_time(gap: float) -> None:
    single, _, _ = Streams().add((1e9, 60, 0), (1e9 + gap, 100, 0))
    gap = 1e9 + gap - 1e9  # as a double has it
    for line, decay in zip(single, DECAYS, strict=True):
        old = 2 ** (-decay * gap)
        assert line[WEIGHT] == pytest.approx(old + 1, rel=1e-12)
        mean = (60 * old + 100) / (old + 1)
        assert line[MEAN] == pytest.approx(mean, rel=1e-12)
        assert line[VARIANCE] == pytest.approx((3600 * old + 10000) / (old + 1) - mean**2, rel=1e-9, abs=1e-9)


def test_a_late_packet_decays_nothing() -> None:
    single, gaps, _ = Streams().add((1e9, 60, 0), (1e9 - 50, 60, 0), (1e9, 60, 0))
    assert (single[:, WEIGHT] == 3).all()
    assert gaps[0].tolist() == pytest.approx([3, 1e9 / 3, 2e18 / 9])  # its gap is 0


def test_gaps_belong_to_one_direction() -> None:
    streams = Streams()
    _, gaps, _ = streams.add((100.0, 60, 0), (101.0, 60, 1), (103.0, 60, 0))
    w = 2 ** (-DECAYS[0] * 3)
    assert gaps[0][MEAN] == pytest.approx((100 * w + 3) / (w + 1))
    _, gaps, _ = streams.add((105.0, 60, 1))
    w = 2 ** (-DECAYS[0] * 4)
    assert gaps[0][MEAN] == pytest.approx((101 * w + 4) / (w + 1))


def test_a_pair_joins_both_directions() -> None:
    _, _, pair = Streams().add((10.0, 60, 0), (10.0, 100, 0), (10.0, 300, 1), (10.0, 500, 1), (10.0, 500, 1))
    mean, variance, mean_reverse, variance_reverse = 1300 / 3, (90000 + 500000) / 3 - (1300 / 3) ** 2, 80, 400
    # residuals: 0, 20, 0, 100, 66.7; each times the last one of the other direction
    covariance = 2 * (0 * 20 + 100 * 20 + (500 - mean) * 20) / (3 + 2)
    for line in pair:
        assert line[WEIGHT] == 3
        assert line[MEAN] == pytest.approx(mean)
        assert line[STD] == pytest.approx(math.sqrt(variance))
        assert line[MAGNITUDE] == pytest.approx(math.hypot(mean, mean_reverse))
        assert line[RADIUS] == pytest.approx(math.hypot(variance, variance_reverse))
        assert line[COVARIANCE] == pytest.approx(covariance)
        assert line[PCC] == pytest.approx(covariance / math.sqrt(variance * variance_reverse))


def test_the_gap_before_last_decays_the_residuals_product_every_second_time() -> None:
    times = [(0.0, 60, 0), (0.0, 100, 0), (0.0, 60, 1), (0.5, 300, 1)]  # the gap e becomes 0, then stays 0
    _, _, pair = Streams().add(*times)
    sums = [20 * 2 ** (-d * 0.5) * (300 - (60 * 2 ** (-d * 0.5) + 300) / (2 ** (-d * 0.5) + 1)) for d in DECAYS]
    weights = [2 * 2 ** (-d * 0.5) + 2 ** (-d * 0.5) + 1 for d in DECAYS]
    assert pair[:, COVARIANCE] == pytest.approx([2 * s / w for s, w in zip(sums, weights, strict=True)])
    _, _, pair = Streams().add(*times, (0.75, 300, 1))  # the fifth packet takes its own gap, 0.25, for e
    for line, decay, total in zip(pair, DECAYS, sums, strict=True):
        first, second = 2 ** (-decay * 0.5), 2 ** (-decay * 0.25)
        w = (first + 1) * second + 1
        residual = 300 - ((60 * first + 300) * second + 300) / w
        total = total * second * second + residual * 20 * first * second  # noqa: PLW2901
        assert line[COVARIANCE] == pytest.approx(2 * total / (w + 2 * first * second))


def test_the_reverse_of_an_address_to_itself_is_itself() -> None:
    _, _, pair = Streams().add((10.0, 60, SELF), (10.0, 100, SELF))
    assert pair[0][WEIGHT] == 2
    assert pair[0][MAGNITUDE] == pytest.approx(math.sqrt(2) * 80)
    assert pair[0][RADIUS] == pytest.approx(math.sqrt(2) * 400)


def test_a_long_silence_leaves_no_trace_and_no_subnormal_numbers() -> None:
    streams = Streams()
    _, _, pair = streams.add((0.0, 60, 0), (0.0, 90, 0), (0.0, 500, 1), (2e5, 70, 1), (3e5, 70, 1))
    assert pair[0].tolist() == [1, 70, 0, 70, 0, 0, 0]
    values = np.abs(streams.pair[streams.pair != 0])
    assert values.min() > 1e-300


@pytest.mark.parametrize(("silence", "live"), [(0.0, 1), (1300.0, 1), (1400.0, 0)])
def test_streams_given_up_are_told_apart_by_what_is_left_of_them(silence: float, live: int) -> None:
    streams = Streams()
    streams.add((1e9, 60, 1))
    streams.origin = EVICTED
    single, gaps, pair = streams.add((1e9 + silence, 100, 0))
    assert streams.evicted.tolist() == streams.pair_evicted.tolist() == [1 - live, live]
    assert single[:, MEAN].tolist() == [100] * 5  # nothing of the old stream is left in the new one
    assert gaps[:, MEAN].tolist() == [1e9 + silence] * 5
    assert pair[:, MAGNITUDE].tolist() == [100] * 5


@pytest.mark.parametrize("ts", [-1e300, -1.0, 0.0, 1e300, np.inf, -np.inf])
def test_no_time_is_too_absurd(ts: float) -> None:
    streams = Streams()
    for at in (ts, 1e9, ts, 0.0, ts, 1e9):
        for side in (0, 1, 0):
            for rows in streams.add((at, 2**32 - 1, side), (at, 0, side)):
                assert np.isfinite(rows).all()
