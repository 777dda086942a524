"""The same measures for parts of the rows: per device, per attack, and per both."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from botwarden.core.row import BENIGN, Group
from botwarden.learn.curves import LOW_RATES, AtRate, threshold_at
from botwarden.learn.judging import Judged, places
from botwarden.learn.metrics import Counts, rate
from botwarden.learn.results import GroupResult

MOST: Final = 2_000
"""Groups that are measured one by one: those with the most rows. Whoever forges addresses makes more."""


@dataclass(frozen=True, slots=True)
class Grouping:
    """What a judge said, row by row: ``flagged``, ``alarmed`` (by window) and ``margin``; ``blocks`` of like rows."""

    judged: Judged
    flagged: NDArray[np.bool_]
    alarmed: NDArray[np.bool_]
    margin: NDArray[np.floating]
    blocks: NDArray[np.intp]


def by_group(grouping: Grouping) -> list[GroupResult]:
    """Per device and attack, benign rows of each device included."""
    return _results(grouping, lambda group: (group.device, group.label))


def by_device(grouping: Grouping) -> list[GroupResult]:
    """Per device: its benign rows, and all of its attacks together; none where no device has a name."""
    if not any(group.device for group in grouping.judged.groups):
        return []
    return _results(grouping, lambda group: (group.device, BENIGN if group.benign else ""))


def by_attack(grouping: Grouping) -> list[GroupResult]:
    """Per attack, and all benign rows, on all devices."""
    return _results(grouping, lambda group: ("", group.label))


def _results(grouping: Grouping, key: Callable[[Group], tuple[str, str]]) -> list[GroupResult]:
    """One for each key that the groups have, benign rows first; no more than `MOST`."""
    keys = [key(group) for group in grouping.judged.groups]
    wanted = sorted(set(keys), key=lambda pair: (pair[1] != BENIGN, pair))
    number = {pair: place for place, pair in enumerate(wanted)}
    code = np.array([number[pair] for pair in keys], np.int32)[grouping.judged.group]
    normal = _Normal(grouping)
    found = list(zip(wanted, places(code, len(wanted)), strict=True))
    if len(found) > MOST:
        largest = sorted(range(len(found)), key=lambda place: -len(found[place][1]))[:MOST]
        found = [found[place] for place in sorted(largest)]
    return [_result(grouping, device, attack, rows, normal) for (device, attack), rows in found]


def _result(grouping: Grouping, device: str, attack: str, rows: NDArray[np.intp], normal: "_Normal") -> GroupResult:
    benign = attack == BENIGN
    blocks = grouping.blocks[rows]
    margin = grouping.margin[rows]
    return GroupResult(
        device=device,
        attack=attack,
        benign=benign,
        flagged=rate(grouping.flagged[rows], blocks),
        alarmed=rate(grouping.alarmed[rows], blocks),
        at=[] if benign else normal.at(device, margin),
        auc=None if benign else normal.auc(device, margin),
        counts=None if benign else normal.counts(device, grouping.flagged[rows]),
    )


class _Normal:
    """Benign scores, sorted, of a device where it has some, and of all."""

    def __init__(self, grouping: Grouping) -> None:
        groups, group = grouping.judged.groups, grouping.judged.group
        names = sorted({one.device for one in groups if one.benign})
        number = {name: place for place, name in enumerate(names)}
        code = np.array([number[one.device] if one.benign else -1 for one in groups], np.int32)[group]
        self._grouping = grouping
        self._rows = {name: rows for name, rows in zip(names, places(code, len(names)), strict=True) if name}
        self._every = np.flatnonzero(code >= 0)
        self._sorted: dict[str, NDArray[np.floating]] = {}
        self._flagged: dict[str, int] = {}

    def of(self, device: str) -> NDArray[np.floating]:
        key = device if device in self._rows else ""
        if key not in self._sorted:
            rows = self._rows[key] if key else self._every
            self._sorted[key] = np.sort(self._grouping.margin[rows])
            self._flagged[key] = int(np.count_nonzero(self._grouping.flagged[rows]))
        return self._sorted[key]

    def counts(self, device: str, flagged: NDArray[np.bool_]) -> Counts:
        rows = len(self.of(device))
        wrong = self._flagged[device if device in self._rows else ""]
        found = int(np.count_nonzero(flagged))
        return Counts(tp=found, fp=wrong, tn=rows - wrong, fn=len(flagged) - found)

    def at(self, device: str, attack: NDArray[np.floating]) -> list[AtRate]:
        benign = self.of(device)
        if not len(benign) or not len(attack):
            return []
        found = []
        for fpr in LOW_RATES:
            limit = threshold_at(benign, fpr)
            above = float(np.mean(benign > limit))
            found.append(AtRate(fpr, float(np.mean(attack > limit)), limit, above, len(benign) * fpr >= 1 - 1e-9))
        return found

    def auc(self, device: str, attack: NDArray[np.floating]) -> float | None:
        """The chance that an attack's score is above a benign row's, ties counting half (Hanley, McNeil 1982)."""
        benign = self.of(device)
        if not len(benign) or not len(attack):
            return None
        ordered = np.sort(attack)  # found several times as fast in order
        below = np.searchsorted(benign, ordered, "left").sum() + np.searchsorted(benign, ordered, "right").sum()
        return float(below / 2 / len(benign) / len(attack))
