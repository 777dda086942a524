"""Random numbers that depend on a seed and a place alone, the same on every processor.

Batches and first weights are drawn by hashing where they are needed (network, epoch, row) instead of from a stream.
So a network is trained on the same batches whether it is trained alone or among thousands, on a CPU or a GPU, and
training that was stopped goes on without a generator's state. The hash is the finaliser of SplitMix64 (Steele, Lea and
Flood 2014).
"""

import math
from typing import Final

import torch
from torch import Tensor

_STEP: Final = -7046029254386353131  # 0x9E3779B97F4A7C15 as a signed word
_FIRST: Final = -4658895280553007687  # 0xBF58476D1CE4E5B9
_SECOND: Final = -7723592293110705685  # 0x94D049BB133111EB


def _shift(word: Tensor, bits: int) -> Tensor:
    """Shift to the right, filling with zeros."""
    return (word >> bits) & ((1 << (64 - bits)) - 1)


def _mix(word: Tensor) -> Tensor:
    word = (word ^ _shift(word, 30)) * _FIRST
    word = (word ^ _shift(word, 27)) * _SECOND
    return word ^ _shift(word, 31)


def words(seeds: Tensor, *places: Tensor | int) -> Tensor:
    """int64, any value equally likely: one per seed and place, of the shape that these broadcast to."""
    word = _mix(seeds + _STEP)
    for place in places:
        word = _mix((word ^ place) + _STEP)
    return word


def uniform(seeds: Tensor, *places: Tensor | int) -> Tensor:
    """float32 in [0, 1), 24 bits each, of the shape that seeds and places broadcast to."""
    return _shift(words(seeds, *places), 40).to(torch.float32) / (1 << 24)


def normal(seeds: Tensor, kind: int, rows: Tensor, width: int) -> Tensor:
    """float32[…, width], normally distributed (Box and Muller 1958); ``seeds`` and ``rows``: int64[…, 1]."""
    column = torch.arange(width, device=seeds.device)
    radius = (-2 * torch.log1p(-uniform(seeds, kind, rows, 2 * column))).sqrt()
    return radius * torch.cos(2 * math.pi * uniform(seeds, kind, rows, 2 * column + 1))


def shuffles(seeds: Tensor, counts: Tensor, epoch: int, longest: int) -> Tensor:
    """int64[k, longest]: for each seed, the numbers below its count in an order of chance, then the others."""
    place = torch.arange(longest, device=seeds.device)[None]
    keys = words(seeds[:, None], epoch, place)
    keys = torch.where(place < counts[:, None], keys >> 1, torch.iinfo(torch.int64).max)
    return torch.argsort(keys, dim=1, stable=True)
