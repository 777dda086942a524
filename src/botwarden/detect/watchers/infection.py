"""Infection: how a device was broken into, what was done there, and what it does since, told as one story."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import ClassVar, Final

from botwarden.core.label import LABELS
from botwarden.core.record import Record
from botwarden.core.records.conn import ConnRecord
from botwarden.core.records.files import FileRecord
from botwarden.core.records.ftp import FtpRecord
from botwarden.core.records.http import HttpRecord
from botwarden.core.records.ssh import SshRecord
from botwarden.core.records.telnet import TelnetRecord
from botwarden.core.records.tftp import TftpRecord
from botwarden.core.text import printable
from botwarden.core.verdict import Role
from botwarden.detect.behaviours import flood, guess, scan
from botwarden.detect.claim import Claim
from botwarden.detect.downloads import Downloads
from botwarden.detect.fusion import MIN_CONFIDENCE
from botwarden.detect.inorder import InOrder
from botwarden.detect.life import Chapter, Life
from botwarden.detect.logins import Login, read_login
from botwarden.detect.recent import Recent
from botwarden.detect.shell import Reading, read_commands
from botwarden.detect.signs import signs_of
from botwarden.detect.story import Entry, How, Story, build
from botwarden.detect.telling import evidence, sentences
from botwarden.detect.tries import Tries, enough
from botwarden.detect.watch import Scene

MAX_LIVES: Final = 256
"""Devices that are remembered; those seen last."""
MIN_LISTED: Final = 3
"""Refused logins in known lists before one of a list that succeeds: fewer may be an owner who tries to remember."""
KEPT_COMMANDS: Final = 16
"""Commands of a session that are kept, each `KEPT_LENGTH` characters long."""
KEPT_LENGTH: Final = 200
MAX_SIGNS: Final = 4
MAX_URI: Final = 1000

_ANSWERED: Final = frozenset({"SF", "S1", "S2", "S3", "RSTO", "RSTR"})
_NOT_TOLD: Final = frozenset({53, 67, 123, 137, 1900, 5353})
"""Ports of services that every device asks, of whomever it is told to."""
_GROUPS: Final = ("22", "23", "255.", "ff")
"""How multicast and broadcast addresses begin (224 to 239 for the first two)."""

Session = TelnetRecord | SshRecord | FtpRecord


class Infection:
    """Watches what happens to each local device."""

    name: ClassVar[str] = "infection"
    reads: ClassVar[tuple[type[Record], ...]] = (
        ConnRecord,
        TelnetRecord,
        SshRecord,
        FtpRecord,
        HttpRecord,
        TftpRecord,
        FileRecord,
    )

    def __init__(self, is_local: Callable[[str], bool]) -> None:
        """Know nothing yet."""
        self._is_local = is_local
        self._lives: Recent[str, Life] = Recent(MAX_LIVES, Life)
        self._downloads = Downloads()
        self._sessions: InOrder[Session] = InOrder(self._session)

    def update(self, record: Record) -> None:
        """Remember what a record tells of a local device."""
        if isinstance(record, ConnRecord):
            self._talk(record)
            return
        for received in self._downloads.read(record):
            if self._is_local(received.device):
                self._lives.at(received.device).fetches.put(received.key, received.fetch)
        if isinstance(record, Session):
            login_ts = record.login_ts if isinstance(record, TelnetRecord) else None
            self._sessions.put(max(record.ts, login_ts or record.ts), record)
        elif isinstance(record, HttpRecord) and self._is_local(record.resp_h):
            self._request(record)

    def _talk(self, record: ConnRecord) -> None:
        """Note when a device was first seen, and whom outside it begins to talk to."""
        peer, port = record.resp_h, record.resp_p
        inbound = self._is_local(peer)
        if inbound:
            life = self._lives.at(peer)
            life.first_ts = min(life.first_ts, record.ts)
        if not self._is_local(record.orig_h):
            return
        life = self._lives.at(record.orig_h)
        life.first_ts = min(life.first_ts, record.ts)
        if inbound or port in _NOT_TOLD or _is_group(peer):
            return
        answered = record.conn_state in _ANSWERED if record.proto == "tcp" else record.resp_pkts > 0
        life.talk(peer, port, record.proto, record.ts, max(record.duration or 0.0, 0.0), answered)

    def _session(self, record: Session) -> None:
        login = read_login(record)
        if login is not None and self._is_local(record.orig_h):
            self._lives.at(record.orig_h).servers.put(record.resp_h, True)
        commands = (record.commands or ()) if isinstance(record, TelnetRecord) else ()
        if not self._is_local(record.resp_h) or (login is None and not commands):
            return
        life = self._lives.at(record.resp_h)
        tries = _count(life, login) if login is not None else None
        entered = login if login is not None and login.success_ts is not None else None
        if entered is None and not commands:
            return
        entry = self._entry(record, entered, tries, commands)
        if entry.weight > 0:
            life.enter(entry)

    def _entry(self, record: Session, login: Login | None, tries: Tries | None, commands: Sequence[str]) -> Entry:
        tokens = (record.tokens or ()) if isinstance(record, TelnetRecord) else ()
        return Entry(
            ts=login.success_ts if login is not None and login.success_ts is not None else record.ts,
            service=record.path,
            peer=record.orig_h,
            port=record.resp_p,
            how=_how(login, tries),
            outside=not self._is_local(record.orig_h),
            user=login.success_user if login else None,
            lists=login.success_lists if login else (),
            failed=tries.logins - len(tries.successes) if tries else 0,
            commands=tuple(printable(line, KEPT_LENGTH) for line in commands[:KEPT_COMMANDS]),
            reading=read_commands(commands, tokens) if commands else Reading(),
        )

    def _request(self, record: HttpRecord) -> None:
        """An exploit, whatever the device answered."""
        signs = signs_of(record)
        if signs:
            entry = Entry(
                ts=record.ts,
                service="http",
                peer=record.orig_h,
                port=record.resp_p,
                how="exploit",
                outside=not self._is_local(record.orig_h),
                reading=read_commands([_spaced((record.uri or "")[:MAX_URI])]),
                signs=signs[:MAX_SIGNS],
                status=record.status_code,
            )
            self._lives.at(record.resp_h).enter(entry)

    def claims(self, scene: Scene) -> Iterable[Claim]:
        """The stories of all local devices."""
        self._sessions.flush()
        misdeeds: dict[int, list[Claim]] | None = None
        for device, life in self._lives.items():
            serial = scene.serial(device, life.chapters[-1].last_ts) if life.chapters else None
            if serial is None:
                continue
            if misdeeds is None:  # only now: reading all episodes takes a moment
                misdeeds = _misdeeds(scene)
            yield from _claims(serial, life, misdeeds.get(serial, []))


def _spaced(uri: str) -> str:
    """Commands inside a URI as a shell would see them, whatever stands for their blanks."""
    for blank in ("+", "%20", "${IFS}", "$IFS"):
        uri = uri.replace(blank, " ")
    return uri


def _is_group(ip: str) -> bool:
    if not ip.startswith(_GROUPS):
        return False
    first = ip.partition(".")[0]
    return ":" in ip or first == "255" or 224 <= int(first if first.isdecimal() else 0) < 240


def _count(life: Life, login: Login) -> Tries:
    """The failures of the login's client so far, this record's included."""
    known = life.guessers.get(login.client)
    tries = Tries() if known is None or known.is_over(login) else known
    if tries.add(login) and tries.logins:
        life.guessers.put(login.client, tries)
    else:
        life.guessers.drop(login.client)
    return tries


def _how(login: Login | None, tries: Tries | None) -> How:
    if login is None:
        return "unseen"
    if tries is not None:
        guessed = tries.points >= enough(login.service) and tries.is_guessing(login.service)
        if guessed or (login.success_lists and tries.listed >= MIN_LISTED):
            return "guessed"
    return "known" if login.success_lists else "seen"


def _misdeeds(scene: Scene) -> dict[int, list[Claim]]:
    """What local devices do to others, by serial: the first claim of each label, in the order of time."""
    first: dict[tuple[int, str], Claim] = {}
    for behaviour in (scan, flood, guess):
        for claim in behaviour.claims(scene.findings):
            if claim.role == "attacker" and claim.confidence >= MIN_CONFIDENCE:
                known = first.get((claim.serial, claim.label))
                if known is None or claim.first_ts < known.first_ts:
                    first[claim.serial, claim.label] = claim
    found: dict[int, list[Claim]] = {}
    for claim in sorted(first.values(), key=lambda claim: claim.first_ts):
        found.setdefault(claim.serial, []).append(claim)
    return found


def _claims(serial: int, life: Life, misdeeds: Sequence[Claim]) -> Iterator[Claim]:
    stories = [story for chapter in life.chapters for story in [_story(life, chapter, misdeeds)] if _holds(story)]
    role: Role = "attacker" if any(story.is_bot for story in stories) else "victim"
    for story in stories:
        first, *then = sentences(story, stories[0].entries[0].ts)
        yield Claim(
            serial=serial,
            label="infection",
            role=role,
            confidence=round(min(story.confidence, 0.99), 3),
            severity=LABELS["infection"].severity,
            first_ts=story.entries[0].ts,
            last_ts=story.last_ts,
            reason=first,
            size=float(1 + len(then)) + story.confidence,
            evidence=evidence(story),
            then=tuple(then),
            heard=True,
        )


def _story(life: Life, chapter: Chapter, misdeeds: Sequence[Claim]) -> Story:
    fetches = [fetch for fetch in life.fetches.values() if fetch is not None]
    return build(chapter.entries, chapter.more, fetches, life.contacts(), misdeeds, life.first_ts)


def _holds(story: Story) -> bool:
    return story.is_worth_telling and story.confidence >= MIN_CONFIDENCE
