"""Millions of rows to as many as fit: what is learned from is chosen while it streams by."""

from collections.abc import Callable, Iterable
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from botwarden.core.errors import DataError, SchemaMismatch
from botwarden.core.row import Group, Rows
from botwarden.core.snapshot import FeatureSchema
from botwarden.core.text import count_text, plural, printable

MOST_ROWS: Final = 2_000_000
"""Rows kept unless told otherwise: 920 MB of the 115 statistics."""

Per = Literal["group", "class", "kind"]
"""What a limit is for: a class on a device (`Group`); a class on all devices; benign rows, and all attacks."""

_KEY: Final[dict[Per, Callable[[Group], str | Group]]] = {
    "group": lambda group: group,
    "class": lambda group: group.label,
    "kind": lambda group: "",
}
_PER: Final[dict[Per, str]] = {"group": "device and class", "class": "class", "kind": "kind"}
_SLACK: Final = 1 << 14  # rows beyond what is kept in the end before the others are thrown out
_MOST: Final = float(np.finfo(np.float32).max)

_Part = tuple[NDArray[np.float64], NDArray[np.int32], Rows]
"""Keys and strata of the rows of a chunk that may be kept; their ``group`` counts within the collector's groups."""


class Collector:
    """Takes chunks of rows and keeps a random sample of each stratum, in the order of the source.

    Every row gets a random key; of each stratum the rows with the lowest keys are kept. So what is kept depends on the
    order of the rows and on the seed, not on how they are cut into chunks, and memory is that of what is kept and a
    quarter more. Values become float32: seven digits are kept, and what is too small for it becomes 0.

    seen, kept : rows per group that were added, and, once `rows` was called, those that it gave
    """

    def __init__(
        self, *, limit: int | None = None, per: Per = "class", balance: bool = False, total: int = MOST_ROWS, seed: int
    ) -> None:
        """Say how many rows to keep.

        limit : most rows of each stratum, such as 100,000 per class; None: no such limit
        per : what a stratum is
        balance : keep no more attack rows than benign ones, cutting the largest strata of attacks to one size
        total : most rows in all; where there are more, the largest strata are cut to one size
        seed : of the keys
        """
        if (limit is not None and limit < 1) or total < 1:
            raise ValueError("a limit is one row at least")
        self._limit = total if limit is None else min(limit, total)
        self._per: Per = per
        self._balance = balance
        self._total = total
        self._random = np.random.default_rng(seed)
        self._schema: FeatureSchema | None = None
        self._parts: list[_Part] = []
        self._held = 0
        self._groups: dict[Group, int] = {}
        self._strata: dict[tuple[bool, str | Group], int] = {}
        self._of_group: list[int] = []  # the stratum of each group
        self._sizes: NDArray[np.int64] = np.zeros(0, np.int64)  # rows seen of each stratum
        self._bounds: NDArray[np.float64] = np.zeros(0)  # keys above are out, per stratum
        self.seen: dict[Group, int] = {}
        self.kept: dict[Group, int] = {}

    def add(self, rows: Rows) -> None:
        """Take a chunk. Raises DataError for a value beyond the range of float32, SchemaMismatch for other columns."""
        if self._schema not in (None, rows.schema):
            raise SchemaMismatch(f"rows of {rows.schema.name} ({printable(rows.source)}) cannot join the others")
        self._schema = rows.schema
        group = self._codes(rows)
        strata = np.array(self._of_group, np.int32)[group]
        keys = self._random.random(len(rows))
        _check_range(rows)
        self._sizes += np.bincount(strata, minlength=len(self._sizes))
        low = np.flatnonzero(keys <= self._bounds[strata])
        if len(low):
            taken = Rows(
                rows.schema, rows.values[low].astype(np.float32), (), group[low], rows.ts[low], rows.proto[low]
            )
            self._parts.append((keys[low], strata[low], taken))
            self._held += len(low)
        limits = self._limits()
        if self._held > 1.25 * np.minimum(self._sizes, limits).sum() + _SLACK:
            self._shrink(limits)

    def rows(self) -> Rows:
        """What is kept, float32, in the order of the source. Call it once. Raises DataError where there is nothing."""
        if self._schema is None or not self._held:
            raise DataError("there are no rows")
        limits = self._limits()
        if self._balance:
            attack = np.array([not benign for benign, _ in self._strata], np.bool_)
            benign_rows = int(np.minimum(self._sizes, limits)[~attack].sum())
            if not benign_rows:
                raise DataError("attacks were to be sampled to the size of the benign part, but no row is benign")
            limits[attack] = np.minimum(limits[attack], _level(self._sizes[attack], benign_rows))
        self._shrink(limits)
        done = self._joined(self._schema)
        counts = np.bincount(done.group, minlength=len(done.groups)).tolist()
        self.kept = {group: count for group, count in zip(done.groups, counts, strict=True) if count}
        return done

    def text(self) -> str:
        """What was kept of what, for people, once `rows` was called."""
        seen, kept = sum(self.seen.values()), sum(self.kept.values())
        if kept == seen:
            return f"all {plural(seen, 'row')}"
        rules = [f"at most {count_text(self._limit)} per {_PER[self._per]}"] if self._limit < self._total else []
        rules += ["no more attacks than benign rows"] if self._balance else []
        rules += [f"at most {count_text(self._total)} in all"] if kept >= self._total - len(self._strata) else []
        return f"{count_text(kept)} of {plural(seen, 'row')}, drawn at random ({', '.join(rules)})"

    def _codes(self, rows: Rows) -> NDArray[np.int32]:
        """int32[n]: the groups of the rows as the collector counts them."""
        counts = np.bincount(rows.group, minlength=len(rows.groups)).tolist()
        places = np.zeros(len(rows.groups), np.int32)
        for place, (group, count) in enumerate(zip(rows.groups, counts, strict=True)):
            if not count:
                continue
            if group not in self._groups:
                self._groups[group] = len(self._groups)
                key = (group.benign, _KEY[self._per](group))
                self._of_group.append(self._strata.setdefault(key, len(self._strata)))
            places[place] = self._groups[group]
            self.seen[group] = self.seen.get(group, 0) + count
        new = len(self._strata) - len(self._sizes)
        if new:
            self._sizes = np.concatenate([self._sizes, np.zeros(new, np.int64)])
            self._bounds = np.concatenate([self._bounds, np.ones(new)])
        return places[rows.group]

    def _limits(self) -> NDArray[np.int64]:
        """int64[strata]: most rows of each."""
        sizes = np.minimum(self._sizes, self._limit)
        return np.full(len(sizes), min(self._limit, _level(sizes, self._total)), np.int64)

    def _shrink(self, limits: NDArray[np.int64]) -> None:
        """Keep of each stratum the rows with the lowest keys."""
        keys = np.concatenate([part[0] for part in self._parts])
        strata = np.concatenate([part[1] for part in self._parts])
        order = np.lexsort((keys, strata))
        starts = np.searchsorted(strata[order], np.arange(len(limits) + 1))
        for stratum, limit in enumerate(limits.tolist()):
            if starts[stratum + 1] - starts[stratum] > limit:
                self._bounds[stratum] = keys[order[starts[stratum] + limit - 1]]
        parts = []
        for place, (part_keys, part_strata, rows) in enumerate(self._parts):
            self._parts[place] = (part_keys, part_strata, rows.take(slice(0)))  # memory is not needed twice
            low = part_keys <= self._bounds[part_strata]
            if low.all():
                parts.append((part_keys, part_strata, rows))
            elif low.any():
                parts.append((part_keys[low], part_strata[low], rows.take(low)))
        self._parts = parts
        self._held = sum(len(part[0]) for part in parts)

    def _joined(self, schema: FeatureSchema) -> Rows:
        """All parts in one; each is let go as it is copied, so memory is not needed twice."""
        n = self._held
        values = np.empty((n, len(schema.columns)), np.float32)
        done = Rows(schema, values, tuple(self._groups), np.empty(n, np.int32), np.empty(n), np.empty(n, np.int8))
        at = 0
        self._parts.reverse()
        while self._parts:
            part = self._parts.pop()[2]
            place = slice(at, at + len(part))
            done.values[place], done.group[place] = part.values, part.group
            done.ts[place], done.proto[place] = part.ts, part.proto
            at += len(part)
        return done


def collect(
    chunks: Iterable[Rows],
    *,
    limit: int | None = None,
    per: Per = "class",
    balance: bool = False,
    total: int = MOST_ROWS,
    seed: int,
) -> Rows:
    """The rows of ``chunks``, or a random sample of them, as float32: see `Collector`, which also tells what it left.

    >>> collect(open_rows(paths), limit=100_000, seed=1)  # 100,000 of each class  # doctest: +SKIP
    >>> collect(open_rows(paths), balance=True, seed=1)  # as many attacks as benign rows  # doctest: +SKIP
    """
    collector = Collector(limit=limit, per=per, balance=balance, total=total, seed=seed)
    for rows in chunks:
        collector.add(rows)
    return collector.rows()


def _level(sizes: NDArray[np.int64], total: int) -> int:
    """The largest size to which all are cut, so that they are ``total`` together at most; 1 where even that is more."""
    if sizes.sum() <= total:
        return int(sizes.max(initial=1))
    left = total
    ascending = np.sort(sizes)
    for place, size in enumerate(ascending.tolist()):
        if size * (len(ascending) - place) > left:
            return max(1, left // (len(ascending) - place))
        left -= size
    raise AssertionError("unreachable: together they are more than the total")


def _check_range(rows: Rows) -> None:
    """Raise DataError where a value is beyond the range of float32."""
    if not len(rows) or max(rows.values.max(), -rows.values.min()) <= _MOST:
        return
    row, column = (int(index[0]) for index in np.nonzero(np.abs(rows.values) > _MOST))
    where = f"{printable(rows.source)}, row {rows.first + row + 1:,}, column {rows.schema.columns[column]}"
    raise DataError(f"{where}: {rows.values[row, column]:g} is beyond the range of float32")
