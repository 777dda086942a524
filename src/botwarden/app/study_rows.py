"""The rows of the study: benign ones in memory, attacks in a stream, and a sample of both."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from botwarden.app.row_inputs import TableInput, inputs
from botwarden.app.rows import open_rows
from botwarden.core.errors import DataError
from botwarden.core.row import Group, Rows
from botwarden.core.text import plural, printable
from botwarden.learn.dataset import Collector

MOST_BENIGN: Final = 600_000
"""Benign rows kept in memory: N-BaIoT has 555,932."""
_CHUNK: Final = 8192
_TEST: Final = "benign_test"
_UNNAMED: Final = 10  # times as many rows of a group, where one stands for all devices

Told = Callable[[float | None, str], None]


@dataclass(slots=True)
class StudyRows:
    """A folder of N-BaIoT, read.

    benign : to learn from, each device's in the order of time
    test : benign rows of files of their own, to judge by; None where thirds do that
    sample : of all classes, to tell them apart
    ordered : whether rows are in the order of time: in the files as downloaded
    attack_rows : how many attacks there are
    fingerprint : of the files, as far as their names, sizes and times tell
    """

    benign: Rows
    test: Rows | None
    sample: Rows
    ordered: bool
    attack_rows: int
    fingerprint: list[tuple[str, int, int]]
    notes: list[str]
    _attacks: list[TableInput]
    _kept: Rows | None

    def attacks(self) -> Iterator[Rows]:
        """All attacks, or those that were kept, in the order of their files."""
        if self._kept is not None:
            for start in range(0, len(self._kept), _CHUNK):
                yield self._kept.take(slice(start, start + _CHUNK))
            return
        for table in self._attacks:
            yield from _rows(table)


def read_study(folder: Path, per_group: int | None, per_class: int, seed: int, told: Told | None = None) -> StudyRows:
    """Read a folder in the layout of N-BaIoT, or one with ``benign``, ``attack`` and maybe ``benign_test`` tables.

    per_group : rows of each device and class that are kept at most, in their order; ten times as many where rows do
        not tell their device
    per_class : rows of each class in the sample

    Raises DataError where benign rows or attacks are missing, ConfigError, OSError.
    """
    found = inputs([str(folder)], None)
    tests = [one for one in found.tables if _stem(one.path) == _TEST]
    others = [one for one in found.tables if one not in tests]
    attacks = [one for one in others if one.default is not None and not one.default.benign]
    plain = [one for one in others if one not in attacks]
    if not plain or not attacks:
        missing = "benign rows" if not plain else "attacks"
        raise DataError(f"{printable(folder)}: no {missing}; it has to be N-BaIoT as downloaded, or hold tables called "
                        "benign and attack")  # fmt: skip
    if per_group and not any(one.default is not None and one.default.device for one in plain):
        per_group *= _UNNAMED
    whole = Collector(limit=per_group, per="group", total=MOST_BENIGN, seed=seed)
    held = Collector(limit=per_group, per="group", total=MOST_BENIGN, seed=seed)
    kept = Collector(limit=per_group or 1, per="group", seed=seed)
    sample = Collector(limit=per_class, per="class", seed=seed)
    work = [*((one, (whole, sample)) for one in plain), *((one, (held,)) for one in tests),
            *((one, (sample, kept) if per_group else (sample,)) for one in attacks)]  # fmt: skip
    count = attack_rows = 0
    for number, (table, collectors) in enumerate(work):
        for rows in _rows(table):
            count += len(rows)
            attack_rows += int(np.count_nonzero(~rows.benign))
            for collector in collectors:
                collector.add(rows)
            if told is not None:
                told(number / len(work), f"reading {printable(table.name, 60)}, {plural(count, 'row')}")
    benign = whole.rows()
    return StudyRows(
        benign=benign,
        test=held.rows() if tests else None,
        sample=sample.rows(),
        ordered=all(group.device for group in benign.groups),
        attack_rows=min(attack_rows, sum(kept.seen.values())) if per_group else attack_rows,
        fingerprint=[_print(one) for one in found.tables],
        notes=list(found.notes),
        _attacks=attacks,
        _kept=kept.rows() if per_group else None,
    )


def _rows(table: TableInput) -> Iterator[Rows]:
    yield from open_rows([str(table.path)], default=table.default or Group())


def _stem(path: Path) -> str:
    return path.name.split(".")[0].lower()


def _print(table: TableInput) -> tuple[str, int, int]:
    stat = table.path.stat()
    return table.name, stat.st_size, stat.st_mtime_ns
