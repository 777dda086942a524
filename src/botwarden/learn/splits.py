"""Which rows are learned from, which say when to stop and where the threshold lies, and which judge the result.

Rows that are near in time resemble each other: a packet's statistics hold most of those of the packet before. So a
split at random flatters a model. The published studies use `thirds` (N-BaIoT, Meidan et al. 2018) and `at_random`;
`by_time`, `by_device` and `by_attack` ask more.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from botwarden.core.errors import DataError
from botwarden.core.row import Rows
from botwarden.core.text import plural, printable

Index = NDArray[np.intp]
_Parts = tuple[list[Index], list[Index], list[Index]]


@dataclass(frozen=True, slots=True)
class Split:
    """Three parts of rows that share none.

    train, optimise, test : intp[…], rows in ascending order
    text : how they were divided, for people: goes into a model
    """

    train: Index
    optimise: Index
    test: Index
    text: str

    def require_classes(self, codes: NDArray[np.intp], names: tuple[str, ...]) -> None:
        """Raise DataError where a part has no row of some class; ``codes``: intp[n], -1 for rows of none."""
        for part, rows in (("train", self.train), ("optimise", self.optimise), ("test", self.test)):
            found = codes[rows]
            counts = np.bincount(found[found >= 0], minlength=len(names)).tolist()
            empty = [printable(name, 40) for name, count in zip(names, counts, strict=True) if not count]
            if empty:
                raise DataError(f"no row of {', '.join(empty)} is in the {part} part ({self.text})")


def thirds(rows: Rows, *, attacks_to_test: bool = False) -> Split:
    """Each device's rows of each class in three, in the order of time: train, optimise, test.

    attacks_to_test : as the N-BaIoT paper does for its detector: only benign rows are divided, and all attacks test it
    """
    parts: _Parts = ([], [], [])
    for group, index in _by_group(rows):
        if attacks_to_test and not rows.groups[group].benign:
            parts[2].append(index)
            continue
        for part, third in zip(parts, np.array_split(index, 3), strict=True):
            part.append(third)
    text = "chronological thirds of each device and class"
    return _split(parts, f"{text}, benign rows only; all attacks test" if attacks_to_test else text)


def at_random(rows: Rows, *, test: float = 0.2, optimise: float = 0.2, seed: int) -> Split:
    """A share ``test`` of each device's rows of each class, drawn at random; ``optimise`` of the others."""
    _check_shares(test, optimise)
    random = np.random.default_rng(seed)
    parts: _Parts = ([], [], [])
    for _, index in _by_group(rows):
        shuffled = random.permutation(index)
        n_test = round(len(index) * test)
        n_optimise = round((len(index) - n_test) * optimise)
        parts[2].append(shuffled[:n_test])
        parts[1].append(shuffled[n_test : n_test + n_optimise])
        parts[0].append(shuffled[n_test + n_optimise :])
    return _split(parts, f"{_ratio(test)} at random, {optimise:.0%} of the former to optimise (seed {seed})")


def by_device(rows: Rows, device: str, *, optimise: float = 0.2, seed: int) -> Split:
    """All rows of one device test what was learned from the others, a share of which is drawn to optimise.

    Raises DataError for a device that has no rows, or that is the only one.
    """
    _check_shares(0.5, optimise)
    chosen = rows.devices == device
    if not chosen.any():
        raise DataError(f"no row belongs to the device {printable(device)}")
    random = np.random.default_rng(seed)
    parts: _Parts = ([], [], [np.flatnonzero(chosen)])
    for group, index in _by_group(rows):
        if rows.groups[group].device != device:
            _draw(index, optimise, random, parts)
    text = f"device {printable(device, 60)} left out for the test, {optimise:.0%} of the others to optimise"
    return _split(parts, f"{text} (seed {seed})")


def by_attack(rows: Rows, name: str, *, test: float = 0.2, optimise: float = 0.2, seed: int) -> Split:
    """The attacks called ``name`` test what was learned without them, beside a share ``test`` of the benign rows.

    name : a botnet (``mirai``), a kind of attack whatever the botnet (``scan``), or both (``mirai.scan``)

    Raises DataError where no attack is called so.
    """
    _check_shares(test, optimise)
    left_out = [not group.benign and name in (group.botnet, group.attack, group.label) for group in rows.groups]
    if not np.array(left_out)[rows.group].any():
        raise DataError(f"no row belongs to an attack called {printable(name, 60)}")
    random = np.random.default_rng(seed)
    parts: _Parts = ([], [], [])
    for group, index in _by_group(rows):
        if left_out[group]:
            parts[2].append(index)
        elif rows.groups[group].benign:
            n_test = round(len(index) * test)
            shuffled = random.permutation(index)
            parts[2].append(shuffled[:n_test])
            _draw(shuffled[n_test:], optimise, random, parts)
        else:
            _draw(index, optimise, random, parts)
    text = f"attacks {printable(name, 60)} left out for the test, with {test:.0%} of the benign rows"
    return _split(parts, f"{text}; {optimise:.0%} of the others to optimise (seed {seed})")


def by_time(
    rows: Rows,
    *,
    test: float = 0.2,
    optimise: float = 0.2,
    gap: float = 60.0,
    gap_rows: int = 1000,
    keep: float = 0.0,
) -> Split:
    """Each device's rows of each class in three blocks, in the order of time, with gaps whose rows belong to none.

    gap : s, between two blocks, where the times are known: the slowest statistics of ``nbaiot115`` halve in 100 s
    gap_rows : the same in rows, for classes of which not all times are known
    keep : share of a block that stays whatever the gap: an attack of ten seconds can be divided only so
    """
    _check_shares(test, optimise)
    if not (gap >= 0 and gap_rows >= 0 and 0 <= keep <= 1):
        raise ValueError("a gap is not negative, and a share is 0 to 1")
    parts: _Parts = ([], [], [])
    timed = False
    counted = False
    shorter = False
    for _, index in _by_group(rows):
        n_test = round(len(index) * test)
        n_optimise = round((len(index) - n_test) * optimise)
        cuts = np.cumsum([0, len(index) - n_test - n_optimise, n_optimise, n_test])
        ts = rows.ts[index]
        known = bool(np.isfinite(ts).all())
        timed, counted = timed or known, counted or not known
        for part, first, last in zip(parts, cuts[:-1].tolist(), cuts[1:].tolist(), strict=True):
            begin = first
            if first and known:
                begin = int(np.searchsorted(ts, ts[first - 1] + gap, "right"))
            elif first:
                begin = first + gap_rows
            latest = first + int((1 - keep) * (last - first))
            shorter = shorter or (begin > latest and keep > 0)
            begin = min(begin, latest) if keep else begin
            part.append(index[begin:last])
    gaps = [f"{gap:g} s"] if timed else []
    gaps += [plural(gap_rows, "row")] if counted else []
    text = f"{_ratio(test)} by time, {optimise:.0%} of the former to optimise"
    text = f"{text}, with gaps of {' or '.join(gaps)} in between"
    return _split(parts, f"{text}, less in classes that last too short for it" if shorter else text)


def _by_group(rows: Rows) -> Iterator[tuple[int, Index]]:
    """Each group that has rows, and its rows in the order of time, or of the source where not all times are known."""
    order = np.argsort(rows.group, kind="stable")
    ends = np.cumsum(np.bincount(rows.group, minlength=len(rows.groups)))
    for group, (start, end) in enumerate(zip([0, *ends[:-1].tolist()], ends.tolist(), strict=True)):
        index = order[start:end]
        ts = rows.ts[index]
        if np.isfinite(ts).all():
            index = index[np.argsort(ts, kind="stable")]
        if len(index):
            yield group, index


def _draw(index: Index, optimise: float, random: np.random.Generator, parts: _Parts) -> None:
    """Give a share to the second part and the rest to the first."""
    shuffled = random.permutation(index)
    n_optimise = round(len(index) * optimise)
    parts[1].append(shuffled[:n_optimise])
    parts[0].append(shuffled[n_optimise:])


def _ratio(test: float) -> str:
    return f"{100 * (1 - test):.0f}:{100 * test:.0f}"


def _check_shares(test: float, optimise: float) -> None:
    if not (0 < test < 1 and 0 < optimise < 1):
        raise ValueError("a share is more than 0 and less than 1")


def _split(parts: _Parts, text: str) -> Split:
    """The parts in ascending order. Raises DataError where one is empty."""
    joined = [np.sort(np.concatenate([*part, np.zeros(0, np.intp)])) for part in parts]
    for name, part in zip(("train", "optimise", "test"), joined, strict=True):
        if not len(part):
            raise DataError(f"no row is left for the {name} part ({text}): there are too few rows")
    return Split(joined[0], joined[1], joined[2], text)
