"""Damped incremental statistics of streams and of pairs of streams, as the N-BaIoT data set has them.

A stream's state is a row of doubles: the time of its last packet, then per decay rate λ the weight w, the sum LS and
the sum of squares SS, all three halved every 1/λ seconds. A pair's state is one row for both directions: they are
always decayed to the same time. Definitions: Mirsky et al. 2018 (Kitsune), with the deviations of the published data.
"""

import math
from typing import Any, Final

import numpy as np
from numba import njit

from botwarden.features.keys import SELF
from botwarden.features.table import EVICTED, FOUND

STREAM_WIDTH: Final = 16  # doubles: time, then w, LS, SS for each of the five decay rates
PAIR_WIDTH: Final = 48  # time, stale gap, parity of the packet count; then nine for each decay rate, see _RESIDUAL

NEGLIGIBLE: Final = 1e-4  # a stream of less weight than this cannot be told from a new one at four digits
TS_LIMIT: Final = 1e12  # s, year 33658; later times are forged and could make sums of squares overflow
TINY: Final = 2.3e-308  # smaller numbers become 0: below it doubles are subnormal, imprecise and slow to compute with
NO_SPREAD: Final = 1e-200  # smaller products of two standard deviations are 0: a quotient by them could overflow

_GAP = 1  # columns of a pair's row
_ODD = 2
_RESIDUAL = 6  # columns of its part for one decay rate, after w, LS, SS of either side: both residuals, then SR
_SR = 8


@njit(inline="always", error_model="numpy")
def _clamped(ts: Any) -> Any:
    return min(max(ts, 0.0), TS_LIMIT)


@njit(inline="always", error_model="numpy")
def _decay_factors(gap: Any, factors: Any) -> None:
    """``factors[k] = 2^(-DECAYS[k] · gap)`` for a gap ≥ 0, s, exact to 1e-13: all are whole powers of two of them."""
    second = 1.0
    slow = 1.0
    if gap > 0.0:
        second = math.exp2(-gap)
        slow = math.exp2(-0.01 * gap)
    third = second * second * second
    slow2 = slow * slow
    slow5 = slow2 * slow2 * slow
    factors[0] = third * second * second
    factors[1] = third
    factors[2] = second
    factors[3] = slow5 * slow5
    factors[4] = slow


@njit(inline="always", error_model="numpy")
def _remembered(state: Any, row: Any, weight: Any, ts: Any) -> Any:
    """Whether a stream still counts at ``ts``, by its weight of the slowest decay, in column ``weight``."""
    age = max(0.0, ts - state[row, 0])
    return state[row, weight] * math.exp2(-0.01 * age) >= NEGLIGIBLE


@njit(inline="always", error_model="numpy")
def _stream(state: Any, row: Any, at: Any, decay: Any, value: Any, out: Any, i: Any, to: Any) -> None:
    """Add ``value`` to a stream's sums of one decay rate; write its weight, mean, variance to ``out[i, to:]``."""
    w = state[row, at] * decay + 1.0
    ls = state[row, at + 1] * decay + value
    ss = state[row, at + 2] * decay + value * value
    state[row, at] = w
    state[row, at + 1] = ls
    state[row, at + 2] = ss
    mean = ls / w
    out[i, to] = w
    out[i, to + 1] = mean
    out[i, to + 2] = abs(ss / w - mean * mean)


@njit(inline="always", error_model="numpy")
def _add(state: Any, row: Any, ts: Any, value: Any, factors: Any, out: Any, i: Any, to: Any) -> None:
    """Decay a stream to ``ts``, add ``value``, write its statistics."""
    gap = max(0.0, ts - state[row, 0])  # a late packet decays nothing
    state[row, 0] = max(state[row, 0], ts)
    _decay_factors(gap, factors)
    for k in range(5):
        _stream(state, row, 1 + 3 * k, factors[k], value, out, i, to + 3 * k)


@njit(nogil=True, error_model="numpy")
def add_lengths(
    packets: Any,
    start: Any,
    n: Any,
    slots: Any,
    origins: Any,
    state: Any,
    factors: Any,
    evicted: Any,
    out: Any,
    to: Any,
) -> None:
    """Add the frame lengths of ``n`` packets to their streams.

    packets : PACKET[≥start + n]; slots, origins : int64[≥n], as `botwarden.features.table.claim_all` filled them
    state : float64[capacity, STREAM_WIDTH]; factors : float64[5], scratch
    evicted : int64[2], counts the streams given up: those that no longer counted, those that still did
    out : float64[≥start + n, ≥to + 15], row ``start + i`` from column ``to`` on: weight, mean, variance per decay
    """
    for i in range(n):
        p = packets[start + i]
        ts = _clamped(p["ts"])
        row = slots[i]
        if origins[i] != FOUND:
            if origins[i] == EVICTED:
                evicted[np.int64(_remembered(state, row, 13, ts))] += 1
            state[row] = 0.0
            state[row, 0] = ts
        _add(state, row, ts, np.float64(p["wire_len"]), factors, out, start + i, to)


@njit(nogil=True, error_model="numpy")
def add_gaps(
    packets: Any, start: Any, n: Any, slots: Any, origins: Any, sides: Any, state: Any, factors: Any, out: Any, to: Any
) -> None:
    """Add the times since the packet before, of the same direction, of ``n`` packets to the streams of their gaps.

    As `add_lengths`, but with state : float64[2 * capacity, STREAM_WIDTH], the two directions of a pair side by side.
    """
    for i in range(n):
        ts = _clamped(packets[start + i]["ts"])
        row = 2 * slots[i]
        if origins[i] != FOUND:
            state[row] = 0.0
            state[row + 1] = 0.0
        row += sides[i] & 1
        # of a new stream, the value is the whole epoch time: a flaw of the published data that belongs to the schema
        _add(state, row, ts, max(0.0, ts - state[row, 0]), factors, out, start + i, to)


@njit(inline="always", error_model="numpy")
def _pair(
    state: Any, row: Any, at: Any, side: Any, decay: Any, stale: Any, value: Any, out: Any, i: Any, to: Any
) -> None:
    """Add ``value`` to one side of a pair's sums of one decay rate; write its seven statistics to ``out[i, to:]``."""
    mine = at + 3 * (side & 1)
    w = state[row, mine] * decay + 1.0
    ls = state[row, mine + 1] * decay + value
    ss = state[row, mine + 2] * decay + value * value
    state[row, mine] = w
    state[row, mine + 1] = ls
    state[row, mine + 2] = ss
    mean = ls / w
    variance = abs(ss / w - mean * mean)
    std = math.sqrt(variance)
    other_w = w  # of a stream that is its own reverse
    other_mean = mean
    other_variance = variance
    other_std = std
    last = at + _RESIDUAL
    if side != SELF:
        last += 1 - side
        other = at + 3 - 3 * side
        other_w = state[row, other] * decay
        other_mean = 0.0
        other_variance = 0.0
        other_std = 0.0
        if other_w > TINY:
            other_ls = state[row, other + 1] * decay
            other_ss = state[row, other + 2] * decay
            state[row, other] = other_w
            state[row, other + 1] = other_ls
            state[row, other + 2] = other_ss
            other_mean = other_ls / other_w
            other_variance = abs(other_ss / other_w - other_mean * other_mean)
            other_std = math.sqrt(other_variance)
        else:
            state[row, other] = 0.0
            state[row, other + 1] = 0.0
            state[row, other + 2] = 0.0
    residual = value - mean
    other_residual = state[row, last] * decay
    sr = state[row, at + _SR] * decay * stale + residual * other_residual
    state[row, last] = other_residual if abs(other_residual) > TINY else 0.0
    state[row, at + _RESIDUAL + (side & 1)] = residual
    state[row, at + _SR] = sr if abs(sr) > TINY else 0.0
    covariance = 2.0 * sr / (w + other_w)
    product = std * other_std
    out[i, to] = w
    out[i, to + 1] = mean
    out[i, to + 2] = std
    out[i, to + 3] = math.sqrt(mean * mean + other_mean * other_mean)
    out[i, to + 4] = math.sqrt(variance * variance + other_variance * other_variance)
    out[i, to + 5] = covariance
    out[i, to + 6] = covariance / product if product > NO_SPREAD else 0.0


@njit(nogil=True, error_model="numpy")
def add_pairs(
    packets: Any,
    start: Any,
    n: Any,
    slots: Any,
    origins: Any,
    sides: Any,
    state: Any,
    factors: Any,
    stale: Any,
    evicted: Any,
    out: Any,
    to: Any,
) -> None:
    """Add the frame lengths of ``n`` packets to their pairs of streams.

    As `add_lengths`, but with state : float64[capacity, PAIR_WIDTH], stale : float64[5], scratch, and 35 columns of
    ``out``: weight, mean, std, magnitude, radius, covariance, pcc per decay.
    """
    for i in range(n):
        p = packets[start + i]
        ts = _clamped(p["ts"])
        value = np.float64(p["wire_len"])
        row = slots[i]
        if origins[i] != FOUND:
            if origins[i] == EVICTED:
                live = _remembered(state, row, 39, ts) or _remembered(state, row, 42, ts)
                evicted[np.int64(live)] += 1
            state[row] = 0.0
            state[row, 0] = ts
        gap = max(0.0, ts - state[row, 0])
        state[row, 0] = max(state[row, 0], ts)
        if state[row, _ODD] == 0.0:
            state[row, _GAP] = gap
        state[row, _ODD] = 1.0 - state[row, _ODD]
        _decay_factors(gap, factors)
        _decay_factors(state[row, _GAP], stale)
        for k in range(5):
            _pair(state, row, 3 + 9 * k, sides[i], factors[k], stale[k], value, out, start + i, to + 7 * k)
