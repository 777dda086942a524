"""Which classes rows are told apart as: two, three, five, ten or eleven, as published, or all that occur."""

from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from botwarden.core.errors import DataError
from botwarden.core.row import ATTACK, BENIGN, Group, Rows
from botwarden.core.text import plural, printable

Classing = Literal["2", "3", "5", "10", "11", "all"]
"""``2``: benign and attack. ``3``: benign, gafgyt, mirai. ``5``: the attacks of Mirai in N-BaIoT. ``10``: those of
Gafgyt and Mirai. ``11``: the same and benign. ``all``: every class that occurs."""
CLASSINGS: Final[tuple[Classing, ...]] = get_args(Classing)

GAFGYT: Final = tuple(f"gafgyt.{attack}" for attack in ("combo", "junk", "scan", "tcp", "udp"))
MIRAI: Final = tuple(f"mirai.{attack}" for attack in ("ack", "scan", "syn", "udp", "udpplain"))
"""The attacks of N-BaIoT (Meidan et al. 2018, table 2)."""

_NAMES: Final[dict[Classing, tuple[str, ...]]] = {
    "2": (BENIGN, ATTACK),
    "3": (BENIGN, "gafgyt", "mirai"),
    "5": MIRAI,
    "10": (*GAFGYT, *MIRAI),
    "11": (BENIGN, *GAFGYT, *MIRAI),
}


@dataclass(frozen=True, slots=True)
class Classes:
    """The class of every row.

    names : of the classes
    codes : intp[n], index into ``names``; -1 for rows that belong to none of them
    """

    names: tuple[str, ...]
    codes: NDArray[np.intp]

    @property
    def rows(self) -> NDArray[np.intp]:
        """intp[m]: the rows that belong to a class."""
        return np.flatnonzero(self.codes >= 0)


def classes_of(rows: Rows, classing: Classing) -> Classes:
    """Put rows into classes. Raises DataError where a class has no row, or there are fewer than two classes."""
    of_group = [_name(group, classing) for group in rows.groups]
    occurring = np.bincount(rows.group, minlength=len(of_group)) > 0
    names = _NAMES.get(classing)
    if names is None:
        found = {name for name, occurs in zip(of_group, occurring.tolist(), strict=True) if occurs}
        names = tuple(sorted(found, key=lambda name: (name != BENIGN, name)))
    place = {name: code for code, name in enumerate(names)}
    codes = np.array([place.get(name, -1) for name in of_group], np.intp)[rows.group]
    counts = np.bincount(codes[codes >= 0], minlength=len(names))
    empty = [printable(name, 40) for name, count in zip(names, counts.tolist(), strict=True) if not count]
    if empty:
        raise DataError(f"of {plural(len(names), 'class', 'classes')} these have no row: {', '.join(empty)}")
    if len(names) < 2:
        raise DataError(f"all rows are {', '.join(names) or 'missing'}: there is nothing to tell apart")
    return Classes(names, codes)


def outside(rows: Rows, classes: Classes) -> dict[str, int]:
    """How many rows of which label belong to none of the classes, the most frequent first."""
    counts = np.bincount(rows.group[classes.codes < 0], minlength=len(rows.groups)).tolist()
    found: dict[str, int] = {}
    for group, count in zip(rows.groups, counts, strict=True):
        if count:
            found[group.label] = found.get(group.label, 0) + count
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def _name(group: Group, classing: Classing) -> str:
    if group.benign or classing not in ("2", "3"):
        return group.label
    return ATTACK if classing == "2" else group.botnet
