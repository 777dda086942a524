"""The story of an infection: a way in, what was typed, what was fetched, whom the device talks to since, what it does.

Each kind of step has a probability that, seen alone, it means a break-in; a story's confidence is that not all of its
kinds are misread. Guessing that ends in a login is 0.7, with a bot's commands 0.9, with a download 0.95, with a new
conversation or a scan 0.99.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from botwarden.detect.behaviours.beacon import USUAL_PORTS
from botwarden.detect.claim import Claim
from botwarden.detect.shell import WEAK_POINTS, Reading

GUESSED: Final = 0.7
"""A login that succeeds after guessing. For SSH, whose logins are told by their sizes, `GUESSED_SSH`; from within the
house only `GUESSED_SSH_INSIDE`, for there run scripts whose key was wrong until somebody mended it."""
GUESSED_SSH: Final = 0.6
GUESSED_SSH_INSIDE: Final = 0.4
KNOWN_PASSWORD: Final = 0.4
"""A login from outside that succeeds at once with a name and password of a known list: bots that were told by others do
that, and so do owners who never changed it."""
EXPLOITED: Final = 0.5
"""An exploit request that was answered with success; `EXPLOIT` where it had no answer."""
EXPLOIT: Final = 0.3
REFUSED: Final = 0.05
"""The same with any other answer, which some devices give while they do as they are told: it takes a download from
where the request said."""
BOT_COMMANDS: Final = 0.67
ODD_COMMANDS: Final = 0.4
"""Commands between `WEAK_POINTS` and `STRONG_POINTS`, after a login that is suspicious itself."""
FETCHED: Final = 0.5
FETCHED_AS_TOLD: Final = 0.8
"""The same from an address that the commands or the exploit named."""
TALKS: Final = 0.8
TALKS_UNLEARNED: Final = 0.5
"""The same where the device had not been watched for `LEARNED` seconds: everything is new then."""
MISDEED: Final = 0.8

FETCH_WITHIN: Final = 900.0
"""s after a login or an exploit within which a download belongs to it."""
AFTER: Final = 86_400.0
"""s after the break-in within which conversations and attacks belong to it."""
LEARNED: Final = 300.0
MIN_TRIES: Final = 3
"""Attempts at a conversation that nobody answers, from which on it is told: bots call for controllers that are gone."""
MAX_SPOKEN: Final = 2
"""Sessions whose commands count: a second bot makes the first one surer."""
MAX_TALKS: Final = 3
MAX_FETCHES: Final = 4
MAX_MISDEEDS: Final = 3

How = Literal["guessed", "known", "seen", "unseen", "exploit"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A way into a device.

    how : after guessing, at once with a known password, with any other login, without a login that was seen, or by an
        exploit request
    failed : logins of this peer that failed before
    outside : whether it came from outside
    """

    ts: float
    service: str
    peer: str
    port: int
    how: How
    outside: bool
    user: str | None = None
    lists: tuple[str, ...] = ()
    failed: int = 0
    commands: tuple[str, ...] = ()
    reading: Reading = field(default_factory=Reading)
    signs: tuple[str, ...] = ()
    status: int | None = None

    @property
    def login(self) -> float:
        """How likely the way in alone is a break-in."""
        if self.how == "guessed":
            if self.service != "ssh":
                return GUESSED
            return GUESSED_SSH if self.outside else GUESSED_SSH_INSIDE
        if self.how == "exploit":
            return EXPLOIT if self.status is None else REFUSED if self.is_refused else EXPLOITED
        return KNOWN_PASSWORD if self.how == "known" and self.outside else 0.0

    @property
    def is_refused(self) -> bool:
        """Whether it is an exploit that was answered with anything but success."""
        return self.how == "exploit" and self.status is not None and not 200 <= self.status < 300

    @property
    def commanded(self) -> float:
        """How likely the commands are a bot's; those of an exploit nobody has seen run."""
        if self.how == "exploit":
            return 0.0
        if self.reading.strong:
            return BOT_COMMANDS
        return ODD_COMMANDS if self.login and self.reading.points >= WEAK_POINTS else 0.0

    @property
    def weight(self) -> float:
        """How likely both together are a break-in."""
        return 1 - (1 - self.login) * (1 - self.commanded)


@dataclass(frozen=True, slots=True)
class Fetch:
    """A program that a device received. ``kind`` : what it runs on; None where only its name is known."""

    ts: float
    peer: str
    port: int
    name: str
    url: str | None = None
    kind: str | None = None
    size: int = 0
    sha256: str | None = None


@dataclass(slots=True)
class Talk:
    """Conversations of a device with a port of an outside machine, which the device began."""

    first_ts: float
    last_ts: float
    tries: int = 0
    answered: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Contact:
    """A conversation as a story tells it."""

    peer: str
    port: int
    proto: str
    talk: Talk


@dataclass(frozen=True, slots=True)
class Story:
    """What happened to a device, in the order of kinds; within each in the order of time."""

    entries: tuple[Entry, ...]
    more_entries: int
    fetches: tuple[Fetch, ...]
    contacts: tuple[Contact, ...]
    misdeeds: tuple[Claim, ...]
    learned: bool

    @property
    def main(self) -> Entry:
        """The way in that says most, and of several the first."""
        return max(self.entries, key=lambda entry: (entry.login, entry.commanded, -entry.ts))

    @property
    def spoken(self) -> Entry | None:
        """The session whose commands say most; None where none says anything."""
        best = max(self.entries, key=lambda entry: (entry.commanded, entry.reading.points, -entry.ts))
        return best if best.commanded else None

    @property
    def is_bot(self) -> bool:
        """Whether it went on after the door was open: the device works for somebody else now."""
        return bool(self.fetches or self.misdeeds) or any(entry.commanded >= BOT_COMMANDS for entry in self.entries)

    @property
    def confidence(self) -> float:
        """0 to 1."""
        named = any(_names(entry, fetch) for entry in self.entries for fetch in self.fetches)
        parts = [
            self.main.login,
            *sorted((entry.commanded for entry in self.entries), reverse=True)[:MAX_SPOKEN],
            (FETCHED_AS_TOLD if named else FETCHED) if self.fetches else 0.0,
            (TALKS if self.learned else TALKS_UNLEARNED) if self.contacts else 0.0,
            MISDEED if self.misdeeds else 0.0,
        ]
        return 1 - math.prod(1 - part for part in parts)

    @property
    def is_worth_telling(self) -> bool:
        """Whether there is more than a door that was tried, or that its owner uses."""
        return self.main.how == "guessed" or self.is_bot or self.spoken is not None

    @property
    def last_ts(self) -> float:
        """When the last step was last seen."""
        ends = [entry.ts for entry in self.entries] + [fetch.ts for fetch in self.fetches]
        ends += [contact.talk.last_ts for contact in self.contacts] + [deed.last_ts for deed in self.misdeeds]
        return max(ends)


def build(
    entries: Sequence[Entry],
    more_entries: int,
    fetches: Iterable[Fetch],
    contacts: Iterable[Contact],
    misdeeds: Iterable[Claim],
    watched_since: float,
) -> Story:
    """Put together what followed the entries, of all that is known of the device."""
    ways_in = tuple(sorted(entries, key=lambda entry: entry.ts))
    start = ways_in[0].ts
    known = list(contacts)
    before = {contact.peer for contact in known if contact.talk.first_ts < start}
    mine = _fetches(ways_in, fetches, before)
    open_ = bool(mine) or not all(entry.is_refused for entry in ways_in)
    begun = [deed for deed in misdeeds if open_ and start <= deed.first_ts <= start + AFTER]
    tells = bool(mine) or any(entry.commanded for entry in ways_in)
    return Story(
        entries=ways_in,
        more_entries=more_entries,
        fetches=mine,
        contacts=_contacts(ways_in, mine, known, before) if tells else (),
        misdeeds=tuple(begun[:MAX_MISDEEDS]),
        learned=start - watched_since >= LEARNED,
    )


def _fetches(entries: Sequence[Entry], fetches: Iterable[Fetch], before: set[str]) -> tuple[Fetch, ...]:
    found = [fetch for fetch in fetches if any(_belongs(fetch, entry, before) for entry in entries)]
    return tuple(sorted(found, key=lambda fetch: fetch.ts)[:MAX_FETCHES])


def _belongs(fetch: Fetch, entry: Entry, before: set[str]) -> bool:
    """Whether a download follows from an entry: an exploit's, where strangers try all day, only from a new address."""
    if not entry.ts - 1 <= fetch.ts <= entry.ts + FETCH_WITHIN:
        return False
    if entry.is_refused:
        return _names(entry, fetch)
    return entry.how != "exploit" or fetch.peer not in before or _names(entry, fetch)


def _names(entry: Entry, fetch: Fetch) -> bool:
    """Whether an entry's commands name where a download came from."""
    return fetch.peer in entry.reading.hosts or fetch.url in entry.reading.urls


def _contacts(
    entries: Sequence[Entry], fetches: Sequence[Fetch], contacts: Iterable[Contact], before: set[str]
) -> tuple[Contact, ...]:
    start = entries[0].ts
    servers = {(fetch.peer, fetch.port) for fetch in fetches}
    suspects = {entry.peer for entry in entries} | {fetch.peer for fetch in fetches}
    suspects |= {host for entry in entries for host in entry.reading.hosts}
    found = [
        contact
        for contact in contacts
        if contact.peer not in before
        and start <= contact.talk.first_ts <= start + AFTER
        and (contact.peer, contact.port) not in servers
        and (contact.talk.answered or contact.talk.tries >= MIN_TRIES)
        and (contact.peer in suspects or (contact.proto == "tcp" and contact.port not in USUAL_PORTS))
    ]
    found.sort(key=lambda c: (c.peer not in suspects, not c.talk.answered, -c.talk.seconds, c.talk.first_ts))
    return tuple(sorted(found[:MAX_TALKS], key=lambda contact: contact.talk.first_ts))
