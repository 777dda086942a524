"""Which rows each part of a model is made of: those it learns from, those that say when to stop, those that set the
threshold, and those that judge what came of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from botwarden.core.errors import DataError
from botwarden.core.row import PROTOCOLS, Rows
from botwarden.core.text import plural, printable
from botwarden.learn import splits
from botwarden.learn.plan import MOST_CROSSED, Per, SplitKind
from botwarden.learn.splits import Split

Index = NDArray[np.intp]

LEAST_BENIGN: Final = 20
"""Benign rows that it takes to learn anything."""
LEAST_OWN: Final = 200
"""Benign rows that it takes for a part of its own; other devices and protocols are left to the part for all."""
FOLDS: Final = 5
_BLOCKS: Final = 20  # per fold: neighbours in time are alike, so rows are divided in blocks
_GAP: Final = 1000  # rows between two blocks of a split by time, where there are enough
_KEPT: Final = 0.5  # share of such a block that no gap takes


@dataclass(frozen=True, slots=True)
class Segment:
    """Rows that share a part of the model; ``rows``: intp[n], in their order."""

    name: str
    device: str | None
    protocol: str | None
    rows: Index


@dataclass(frozen=True, slots=True)
class Job:
    """A network to train. ``optimise`` may be rows of ``train``; ``held`` are in neither."""

    name: str
    train: Index
    optimise: Index
    held: Index


def segments(rows: Rows, per: Per) -> Iterator[Segment]:
    """All rows, and then those of each device or protocol."""
    yield Segment("all", None, None, np.arange(len(rows)))
    if per == "device":
        devices = sorted({group.device for group in rows.groups if group.device})
        of_row = rows.devices
        for number, device in enumerate(devices, 1):
            yield Segment(f"device-{number}", device, None, np.flatnonzero(of_row == device))
    elif per == "protocol":
        for code, protocol in enumerate(PROTOCOLS):
            found = np.flatnonzero(rows.proto == code)
            if protocol and len(found):
                yield Segment(f"protocol-{protocol}", None, protocol, found)


def own(found: list[Segment], benign: NDArray[np.bool_]) -> tuple[list[Segment], list[str]]:
    """The segments with enough benign rows for a part of their own, and what to say of the others.

    Raises DataError where there are too few benign rows in all.
    """
    counts = [int(np.count_nonzero(benign[segment.rows])) for segment in found]
    if counts[0] < LEAST_BENIGN:
        are = "is" if counts[0] == 1 else "are"
        raise DataError(f"{plural(counts[0], 'benign row')} {are} too few to learn from: {LEAST_BENIGN} is the least")
    kept = [segment for segment, count in zip(found, counts, strict=True)
            if segment is found[0] or count >= LEAST_OWN]  # fmt: skip
    if len(found) == 1:
        return kept, []
    small = [printable(segment.device or segment.protocol or "", 60) for segment in found if segment not in kept]
    notes = []
    if small:
        named = ", ".join(small[:5]) + (f" and {len(small) - 5} more" if len(small) > 5 else "")
        notes.append(f"Fewer than {LEAST_OWN} benign rows: judged by the part for all: {named}.")
    return kept, notes


def kind_of(split: SplitKind, benign: int) -> SplitKind:
    """What ``auto`` stands for."""
    return split if split != "auto" else "cross" if benign <= MOST_CROSSED else "time"


def divided(rows: Rows, kind: SplitKind, seed: int, *, attacks_to_test: bool) -> Split:
    """Three parts of all rows, by a kind other than ``cross``. Raises DataError where one is empty."""
    if kind == "thirds":
        return splits.thirds(rows, attacks_to_test=attacks_to_test)
    if kind == "random":
        return splits.at_random(rows, seed=seed)
    counts = np.bincount(rows.group, minlength=len(rows.groups))
    smallest = int(counts[counts > 0].min(initial=_GAP))
    return splits.by_time(rows, gap_rows=min(_GAP, smallest // 20), keep=_KEPT)


def crossed(name: str, benign: Index, seed: int, *, stops: bool) -> list[Job]:
    """One job that learns from all benign rows, and then one per fold, which leaves a fifth of them out.

    stops : whether the detector needs rows that it does not learn from to know when to stop
    """
    blocks = np.array_split(benign, min(len(benign), FOLDS * _BLOCKS))
    order = np.random.default_rng(seed).permutation(len(blocks))
    folds = [np.sort(np.concatenate([blocks[i] for i in order[fold::FOLDS]])) for fold in range(FOLDS)]
    jobs = [_job(name, blocks, benign, np.zeros(0, np.intp), stops)]
    for number, held in enumerate(folds):
        rest = np.setdiff1d(benign, held, assume_unique=True)
        jobs.append(_job(f"{name}.fold-{number}", blocks, rest, held, stops))
    return jobs


def _job(name: str, blocks: list[Index], learned: Index, held: Index, stops: bool) -> Job:
    """Every tenth block, or with few rows every tenth row, says when to stop."""
    if not stops:
        return Job(name, learned, learned[::10], held)
    kept = np.intersect1d(np.concatenate(blocks[5::10]) if len(blocks) > 5 else learned[:1], learned)
    chosen = kept if len(kept) else learned[::10]
    return Job(name, np.setdiff1d(learned, chosen, assume_unique=True), chosen, held)
