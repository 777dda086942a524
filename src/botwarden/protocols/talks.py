"""`Talks`: the conversations that are being read, within bounds that no device can use up for the others."""

from collections import OrderedDict
from typing import Final

from botwarden.protocols.dispatch import Conversation

MAX_TALKS: Final = 8192
"""Conversations that are read at once; a home has some hundred. The oldest make room."""
MAX_OF_PAIR: Final = 2048
"""Those between two devices: who floods ends conversations of its own."""
MAX_BYTES: Final = 24 << 20
"""Bytes that all of them may hold back, as `Conversation.weight` counts them. What was made of the bytes takes up to
three times as much."""
MAX_BYTES_OF_PAIR: Final = 8 << 20
GRAIN: Final = 1024
"""Bytes more that a conversation must hold before it is weighed anew: most never do."""

Ended = list[tuple[int, Conversation]]
"""Conversations that had to make room, with their numbers."""


class _Pair:
    """The conversations between two devices, the oldest first."""

    __slots__ = ("key", "talks", "weight")

    def __init__(self, key: tuple[object, ...]) -> None:
        self.key = key
        self.talks: OrderedDict[int, Conversation] = OrderedDict()
        self.weight = 0


class Talks:
    """Conversations by the number of their connection. Two devices are told by their MACs, else one by its address.

    get : the conversation on a connection; None where nobody reads one
    ended : how many had to make room
    """

    def __init__(self) -> None:
        """Nobody talks."""
        # of a plain dict whose front was taken away the first entry is hard to find
        self._talks: OrderedDict[int, Conversation] = OrderedDict()
        self._pair_of: dict[int, _Pair] = {}
        self._pairs: dict[tuple[object, ...], _Pair] = {}
        self._weight = 0
        self.ended = 0
        self.get = self._talks.get  # asked for every packet that is read

    def add(self, serial: int, talk: Conversation) -> Ended:
        """Take in a new conversation; returns those that make room for it."""
        flow = talk.flow
        key = (flow.orig_mac, flow.resp_mac) if flow.orig_mac or flow.resp_mac else (flow.orig_h,)
        pair = self._pairs.get(key)
        if pair is None:
            pair = self._pairs[key] = _Pair(key)
        self._talks[serial] = talk
        self._pair_of[serial] = pair
        pair.talks[serial] = talk
        if len(pair.talks) > MAX_OF_PAIR:
            return [self._oldest(pair.talks)]
        return [self._oldest(self._talks)] if len(self._talks) > MAX_TALKS else []

    def weigh(self, serial: int) -> Ended:
        """Count what a conversation holds by now; returns those that make room for it, itself perhaps among them."""
        talk, pair = self._talks[serial], self._pair_of[serial]
        more = talk.weight - talk.counted
        talk.counted = talk.weight
        pair.weight += more
        self._weight += more
        ended: Ended = []
        while pair.weight > MAX_BYTES_OF_PAIR:
            ended.append(self._oldest(pair.talks))
        while self._weight > MAX_BYTES:
            ended.append(self._oldest(self._talks))
        return ended

    def pop(self, serial: int) -> Conversation | None:
        """Take a conversation out; None where there is none."""
        talk = self._talks.pop(serial, None)
        if talk is None:
            return None
        pair = self._pair_of.pop(serial)
        del pair.talks[serial]
        pair.weight -= talk.counted
        self._weight -= talk.counted
        if not pair.talks:
            del self._pairs[pair.key]
        return talk

    def __len__(self) -> int:
        return len(self._talks)

    def _oldest(self, talks: OrderedDict[int, Conversation]) -> tuple[int, Conversation]:
        serial = next(iter(talks))
        talk = self.pop(serial)
        assert talk is not None
        self.ended += 1
        return serial, talk
