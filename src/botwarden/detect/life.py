"""`Life`: what is remembered of one local device, for the story of its infection should it come to that."""

from dataclasses import dataclass, field
from typing import Final

from botwarden.detect.recent import Recent
from botwarden.detect.story import Contact, Entry, Fetch, Talk
from botwarden.detect.tries import Tries

MAX_GUESSERS: Final = 32
"""Clients whose failed logins are remembered."""
MAX_FETCHES: Final = 32
"""Programs that it received."""
MAX_ANSWERED: Final = 256
"""Outside machines and ports that it talked to, so that new ones are told from old ones."""
MAX_SILENT: Final = 32
"""The same that did not answer: a scan makes thousands."""
MAX_SERVERS: Final = 64
"""Machines that it tried to log in at itself: whom it attacks is not who commands it."""
MAX_CHAPTERS: Final = 8
"""Stories of a device; the first and the latest are kept."""
MAX_ENTRIES: Final = 8
"""Ways in of one story; those that say most are kept."""
SAME_STORY: Final = 3600.0
"""s without another entry after which the next one begins a story of its own."""


@dataclass(slots=True)
class Chapter:
    """Entries that belong together. ``more`` : how many were left out."""

    first_ts: float
    last_ts: float
    entries: list[Entry] = field(default_factory=list)
    more: int = 0

    def add(self, entry: Entry) -> None:
        """Take another entry in."""
        self.first_ts, self.last_ts = min(self.first_ts, entry.ts), max(self.last_ts, entry.ts)
        self.entries.append(entry)
        if len(self.entries) > MAX_ENTRIES:
            self.entries.remove(min(self.entries, key=lambda e: (e.weight, -e.ts)))
            self.more += 1


class Life:
    """Bounded in everything that others can fill."""

    __slots__ = ("_answered", "_silent", "chapters", "fetches", "first_ts", "guessers", "servers")

    def __init__(self) -> None:
        """Nothing is known."""
        self.first_ts = float("inf")
        self.guessers: Recent[str, Tries] = Recent(MAX_GUESSERS, Tries)
        self.servers: Recent[str, bool] = Recent(MAX_SERVERS, bool)
        self.fetches: Recent[str, Fetch | None] = Recent(MAX_FETCHES, lambda: None)
        self.chapters: list[Chapter] = []
        self._answered: Recent[tuple[str, int, str], Talk] = Recent(MAX_ANSWERED, lambda: Talk(float("inf"), 0.0))
        self._silent: Recent[tuple[str, int, str], Talk] = Recent(MAX_SILENT, lambda: Talk(float("inf"), 0.0))

    def enter(self, entry: Entry) -> None:
        """Someone got in."""
        for chapter in reversed(self.chapters):
            if chapter.first_ts - SAME_STORY <= entry.ts <= chapter.last_ts + SAME_STORY:
                chapter.add(entry)
                return
        self.chapters.append(Chapter(entry.ts, entry.ts, [entry]))
        if len(self.chapters) > MAX_CHAPTERS:
            del self.chapters[1]

    def talk(self, peer: str, port: int, proto: str, ts: float, seconds: float, answered: bool) -> None:
        """It began a conversation with an outside machine."""
        key = peer, port, proto
        if answered or key in self._answered:
            earlier = self._silent.get(key)
            talk = self._answered.at(key)
            if earlier is not None:
                talk.first_ts, talk.tries = earlier.first_ts, earlier.tries
                self._silent.drop(key)
        else:
            talk = self._silent.at(key)
        talk.first_ts = min(talk.first_ts, ts)
        talk.last_ts = max(talk.last_ts, ts + seconds)
        talk.tries += 1
        talk.answered += answered
        talk.seconds += seconds

    def contacts(self) -> list[Contact]:
        """Whom it talked to, but for those that it tried to log in at."""
        return [
            Contact(*key, talk)
            for table in (self._answered, self._silent)
            for key, talk in table.items()
            if key[0] not in self.servers
        ]
