"""`Rows`: labelled feature rows, what models learn from and are judged by."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, Self

import numpy as np
from numpy.typing import NDArray

from botwarden.core.errors import SchemaMismatch
from botwarden.core.snapshot import FeatureSchema

BENIGN: Final = "benign"
ATTACK: Final = "attack"
"""An attack of which nothing more is known."""

Protocol = Literal["", "arp", "icmp", "other", "tcp", "udp"]
PROTOCOLS: Final[tuple[Protocol, ...]] = ("", "arp", "icmp", "other", "tcp", "udp")
"""What a packet can be of, by code: the column ``proto`` of a table. The first stands for unknown."""


@dataclass(frozen=True, slots=True, order=True)
class Group:
    """What a row belongs to.

    device : name or MAC address of the device whose traffic it is; empty where unknown
    botnet : ``mirai``, ``gafgyt`` …; empty for benign rows and where unknown
    attack : ``benign``, a kind of attack such as ``scan`` or ``udpplain``, or ``attack`` where only that is known
    """

    device: str = ""
    botnet: str = ""
    attack: str = BENIGN

    @property
    def benign(self) -> bool:
        """Whether it is no attack."""
        return self.attack == BENIGN

    @property
    def label(self) -> str:
        """The finest class it can be given: ``benign``, ``mirai.syn``, ``attack``."""
        return f"{self.botnet}.{self.attack}" if self.botnet else self.attack


@dataclass(frozen=True, slots=True)
class Rows:
    """``n`` feature rows in the order of their source, which is the order of time within each group.

    schema : which features
    values : float64[n, k] or float32[n, k], ``k = len(schema.columns)``, finite
    groups : the groups that occur, each once
    group : int32[n], index into ``groups``
    ts : float64[n], time of capture, s, UTC; NaN where unknown
    proto : int8[n], index into `PROTOCOLS`
    source : where they come from, for messages: a path
    first : number of the first row within its source, counted from 0
    """

    schema: FeatureSchema
    values: NDArray[np.floating]
    groups: tuple[Group, ...]
    group: NDArray[np.int32]
    ts: NDArray[np.float64]
    proto: NDArray[np.int8]
    source: str = ""
    first: int = 0

    @classmethod
    def of(
        cls,
        schema: FeatureSchema,
        values: NDArray[np.floating],
        group: Group = Group(),
        *,
        ts: NDArray[np.float64] | None = None,
        proto: NDArray[np.int8] | None = None,
        source: str = "",
        first: int = 0,
    ) -> Self:
        """Rows that all belong to one group; what is not given is unknown."""
        n = len(values)
        return cls(
            schema,
            values,
            (group,),
            np.zeros(n, np.int32),
            np.full(n, np.nan) if ts is None else ts,
            np.zeros(n, np.int8) if proto is None else proto,
            source,
            first,
        )

    def __len__(self) -> int:
        return len(self.values)

    def take(self, index: NDArray[np.intp] | NDArray[np.bool_] | slice) -> Self:
        """The chosen rows, in the order chosen; ``groups`` stay as they are."""
        return replace(
            self, values=self.values[index], group=self.group[index], ts=self.ts[index], proto=self.proto[index]
        )

    @property
    def benign(self) -> NDArray[np.bool_]:
        """bool[n]: which rows are no attack."""
        return np.array([group.benign for group in self.groups], np.bool_)[self.group]

    @property
    def labels(self) -> NDArray[np.str_]:
        """str[n]: the finest class of each row (`Group.label`)."""
        return np.array([group.label for group in self.groups], np.str_)[self.group]

    @property
    def devices(self) -> NDArray[np.str_]:
        """str[n]: the device of each row, empty where unknown."""
        return np.array([group.device for group in self.groups], np.str_)[self.group]


def concatenate(parts: Sequence[Rows]) -> Rows:
    """All rows in one, in the order given; equal groups become one.

    Raises SchemaMismatch where they are not of one schema, ValueError for no parts at all.
    """
    if not parts:
        raise ValueError("there are no rows")
    schema = parts[0].schema
    index: dict[Group, int] = {}
    codes = []
    for part in parts:
        if part.schema != schema:
            raise SchemaMismatch(f"rows of {part.schema.name} ({part.source}) cannot join rows of {schema.name}")
        places = np.array([index.setdefault(group, len(index)) for group in part.groups], np.int32)
        codes.append(places[part.group])
    return Rows(
        schema,
        np.concatenate([part.values for part in parts]),
        tuple(index),
        np.concatenate(codes),
        np.concatenate([part.ts for part in parts]),
        np.concatenate([part.proto for part in parts]),
        parts[0].source if len(parts) == 1 else "",
        parts[0].first if len(parts) == 1 else 0,
    )
