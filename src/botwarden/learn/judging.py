"""Rows through models: what they said of each row is kept, the rows are not."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from botwarden.core.row import Group, Rows, concatenate
from botwarden.core.score import Scores

_Kind = TypeVar("_Kind", bound=np.generic)

RATE_COLUMN: Final = "MI_dir_L1_weight"
"""How many packets a sender sent within about the last second: the packet rate that the trivial baseline goes by."""
SAMPLED: Final = 20_000
"""Benign rows, and as many attacks, that are kept to fit reference models on."""


class Judge(Protocol):
    """What judges rows, such as `botwarden.detect.models.scorer.Scorer`."""

    def score_rows(self, rows: Rows) -> Scores:
        """One entry per row, in their order. Raises SchemaMismatch for rows of another schema."""
        ...


@dataclass(frozen=True, slots=True)
class Judged:
    """What is known of ``n`` rows when they are gone.

    groups : the groups that occur, each once
    group : int32[n], index into ``groups``
    ts : float64[n], s, UTC; NaN where unknown
    sources : where rows come from; ``source``: int32[n], index into it
    said : per judge, by name, its scores
    rate : float32[n], packets within about the last second; None where the schema has no such column
    benign, attacks : samples of the rows themselves, in their order
    """

    groups: tuple[Group, ...]
    group: NDArray[np.int32]
    ts: NDArray[np.float64]
    sources: tuple[str, ...]
    source: NDArray[np.int32]
    said: dict[str, Scores]
    rate: NDArray[np.float32] | None
    benign: Rows | None
    attacks: Rows | None

    def __len__(self) -> int:
        return len(self.group)

    @property
    def attack(self) -> NDArray[np.bool_]:
        """bool[n]: which rows are attacks."""
        return np.array([not group.benign for group in self.groups], np.bool_)[self.group]


def judge(
    judges: Mapping[str, Judge],
    chunks: Iterable[Rows],
    *,
    sampled: int = SAMPLED,
    seed: int = 0,
    told: Callable[[int], None] | None = None,
) -> Judged:
    """Let every judge score every row once, chunk by chunk.

    sampled : how many benign rows, and how many attacks, are kept as samples, drawn at random with ``seed``
    told : called after each chunk with the number of rows so far

    Raises what the judges and the chunks raise.
    """
    kept = _Kept()
    reservoirs = (
        _Reservoir(sampled, np.random.default_rng([seed, 0])),
        _Reservoir(sampled, np.random.default_rng([seed, 1])),
    )
    for rows in chunks:
        if not len(rows):
            continue
        kept.add(rows, {name: one.score_rows(rows) for name, one in judges.items()})
        for reservoir, chosen in zip(reservoirs, (rows.benign, ~rows.benign), strict=True):
            reservoir.add(rows.take(chosen))
        if told is not None:
            told(kept.rows)
    return kept.judged(list(judges), reservoirs[0].rows(), reservoirs[1].rows())


def places(code: NDArray[np.integer], number: int) -> list[NDArray[np.intp]]:
    """For each of ``number`` codes the rows that have it, in their order; negative codes are left out. One pass."""
    order = np.argsort(code, kind="stable")
    edges = np.searchsorted(code[order], np.arange(number + 1))
    return [order[edges[i] : edges[i + 1]] for i in range(number)]


@dataclass(slots=True)
class _Kept:
    groups: dict[Group, int] = field(default_factory=dict)
    sources: dict[str, int] = field(default_factory=dict)
    group: list[NDArray[np.int32]] = field(default_factory=list)
    ts: list[NDArray[np.float64]] = field(default_factory=list)
    source: list[NDArray[np.int32]] = field(default_factory=list)
    rate: list[NDArray[np.float32]] | None = field(default_factory=list)
    said: dict[str, list[Scores]] = field(default_factory=dict)
    rows: int = 0

    def add(self, rows: Rows, said: Mapping[str, Scores]) -> None:
        used, codes = np.unique(rows.group, return_inverse=True)
        places = np.array([self.groups.setdefault(rows.groups[i], len(self.groups)) for i in used], np.int32)
        self.group.append(places[codes])
        self.ts.append(rows.ts)
        code = self.sources.setdefault(rows.source, len(self.sources))
        self.source.append(np.full(len(rows), code, np.int32))
        if RATE_COLUMN not in rows.schema.columns:
            self.rate = None
        elif self.rate is not None:
            self.rate.append(rows.values[:, rows.schema.columns.index(RATE_COLUMN)].astype(np.float32))
        for name, scores in said.items():
            self.said.setdefault(name, []).append(scores)
        self.rows += len(rows)

    def judged(self, names: list[str], benign: Rows | None, attacks: Rows | None) -> Judged:
        return Judged(
            tuple(self.groups),
            _joined(self.group, np.int32),
            _joined(self.ts, np.float64),
            tuple(self.sources),
            _joined(self.source, np.int32),
            {name: _together(self.said.get(name, [])) for name in names},
            _joined(self.rate, np.float32) if self.rate else None,
            benign,
            attacks,
        )


class _Reservoir:
    """A random sample of all rows that came: those with the lowest of random numbers (Efraimidis, Spirakis 2006)."""

    def __init__(self, size: int, rng: np.random.Generator) -> None:
        self._size = size
        self._rng = rng
        self._rows: list[Rows] = []
        self._keys = np.zeros(0)

    def add(self, rows: Rows) -> None:
        if not len(rows) or not self._size:
            return
        keys = np.concatenate([self._keys, self._rng.random(len(rows))])
        chosen = np.arange(len(keys))
        if len(keys) > self._size:
            chosen = np.sort(np.argpartition(keys, self._size)[: self._size])  # in their order still
        fresh = chosen[chosen >= len(self._keys)] - len(self._keys)
        parts = []
        if self._rows:
            parts.append(self._rows[0].take(chosen[chosen < len(self._keys)]))
        if len(fresh):
            part = rows.take(fresh)
            parts.append(part)
        self._rows = [concatenate(parts)]
        self._keys = keys[chosen]

    def rows(self) -> Rows | None:
        return self._rows[0] if self._rows else None


def _joined(parts: Sequence[NDArray[_Kind]], kind: type[_Kind]) -> NDArray[_Kind]:
    return np.concatenate(parts) if parts else np.zeros(0, kind)


def _together(parts: list[Scores]) -> Scores:
    """Scores of one model, whose classes are the same in all parts."""
    return Scores(
        _joined([part.score for part in parts], np.float32),
        _joined([part.threshold for part in parts], np.float32),
        _joined([part.anomalous for part in parts], np.bool_),
        _joined([part.label for part in parts], np.int16),
        _joined([part.confidence for part in parts], np.float32),
        parts[0].labels if parts else (),
    )
