"""`Recent`: a dictionary of bounded size, which forgets what was not used for longest."""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Recent(Generic[K, V]):
    """Keeps the entries used last.

    most : how many
    make : makes the value of a key that is not there
    forgotten : how many had to make room
    """

    __slots__ = ("_entries", "_make", "forgotten", "most")

    def __init__(self, most: int, make: Callable[[], V]) -> None:
        """Begin with none."""
        self.most = most
        self.forgotten = 0
        self._make = make
        self._entries: OrderedDict[K, V] = OrderedDict()

    def at(self, key: K) -> V:
        """The value of a key, made where there is none; it is now the one used last."""
        found = self._entries.get(key)
        if found is None:
            found = self._make()
            self.put(key, found)
        else:
            self._entries.move_to_end(key)
        return found

    def put(self, key: K, value: V) -> V | None:
        """Set the value of a key; the value that had to make room for it, if one had to."""
        self._entries[key] = value
        self._entries.move_to_end(key)
        if len(self._entries) <= self.most:
            return None
        self.forgotten += 1
        return self._entries.popitem(last=False)[1]

    def get(self, key: K) -> V | None:
        """The value of a key, unused; None where there is none."""
        return self._entries.get(key)

    def drop(self, key: K) -> None:
        """Remove a key, whether it is there or not."""
        self._entries.pop(key, None)

    def items(self) -> Iterator[tuple[K, V]]:
        """Keys and values, the one used last at the end."""
        return iter(self._entries.items())

    def values(self) -> Iterator[V]:
        """Values, the one used last at the end."""
        return iter(self._entries.values())

    def __contains__(self, key: object) -> bool:
        return key in self._entries

    def __len__(self) -> int:
        return len(self._entries)
