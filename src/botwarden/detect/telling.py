"""A story in words and as data: sentences in the order of time, steps, and what others may look for."""

import re
from collections.abc import Sequence
from typing import Any, Final

from botwarden.core.label import LABELS
from botwarden.core.text import bytes_text, printable
from botwarden.detect.claim import Claim
from botwarden.detect.logins import password_text
from botwarden.detect.story import Contact, Entry, Fetch, Story
from botwarden.detect.words import clock, count

TOLD_COMMANDS: Final = 8
"""Commands of a sentence; where there are more, the first `TOLD_FIRST` and `TOLD_FETCHES` of those that fetch."""
TOLD_FIRST: Final = 5
TOLD_FETCHES: Final = 2
TOLD_LENGTH: Final = 60
"""Characters of each; a sentence has to fit into a few lines."""
SHOWN_HASH: Final = 16
"""Digits of a hash in a sentence; the evidence has them all."""
LISTED: Final = 16
"""Addresses and URLs in the evidence."""

_MARKED: Final = re.compile(r"\s{0,3};\s{0,3}(?:/bin/)?busybox\s{1,3}\w{2,20}\s{0,3}$")
_SERVICE: Final = {"ssh": "SSH", "ftp": "FTP", "http": "HTTP"}


def sentences(story: Story, since: float | None = None) -> list[str]:
    """The story, a sentence for each step; the way in comes first, with its day if that is not the day of ``since``."""
    main, spoken, start = story.main, story.spoken, story.main.ts
    told: list[tuple[float, str]] = []
    if spoken is not None:
        told.append((max(spoken.ts, start), _commands(spoken, main, start)))
    told += [(fetch.ts, _fetch(fetch, start)) for fetch in story.fetches]
    told += [(contact.talk.first_ts, _contact(contact, start)) for contact in story.contacts]
    told += [(deed.first_ts, _misdeed(deed, start)) for deed in story.misdeeds]
    told.sort(key=lambda part: part[0])
    return [_way_in(main, since) + _others(story), *(text for _, text in told)]


def evidence(story: Story) -> dict[str, Any]:
    """The same as data: the steps in the order of time, and indicators of compromise."""
    steps = [step for entry in story.entries for step in _entry_steps(entry)]
    steps += [_fetch_step(fetch) for fetch in story.fetches]
    steps += [_contact_step(contact) for contact in story.contacts]
    steps += [
        {"ts": deed.first_ts, "kind": deed.label, "peer": deed.target, "details": deed.reason}
        for deed in story.misdeeds
    ]
    steps.sort(key=lambda step: float(step["ts"]))
    spoken = story.spoken
    return {
        "steps": steps,
        "iocs": _indicators(story),
        "family": spoken.reading.family if spoken else None,
        "command_points": spoken.reading.points if spoken else 0.0,
        "entries": len(story.entries) + story.more_entries,
    }


def _way_in(entry: Entry, since: float | None) -> str:
    over = f"over {_SERVICE.get(entry.service, entry.service)}"
    time = f"{clock(entry.ts, since)} UTC"
    peer = printable(entry.peer, 45)
    if entry.how == "exploit":
        signs = ", ".join(printable(sign, 30) for sign in entry.signs[:3])
        answer = f", answered with {entry.status}" if entry.status is not None else ""
        return f"attacked {over} at {time} by {peer}: {signs}{answer}"
    if entry.how == "unseen":
        return f"broken into {over} before {time}: {peer} had a shell already"
    name = f" as {printable(entry.user, 20)}" if entry.user else ""
    password = f" with {password_text(entry.lists)}" if entry.lists else ""
    after = f" after {count(entry.failed, 'failed try', 'failed tries')}" if entry.failed else " at once"
    return f"broken into {over} at {time} by {peer}, who logged in{name}{password}{after}"


def _others(story: Story) -> str:
    more = len(story.entries) + story.more_entries - 1
    if not more:
        return ""
    peers = {entry.peer for entry in story.entries} - {story.main.peer}
    whom = f" by {count(len(peers), 'other address', 'other addresses')}" if peers else ""
    return f"; {count(more, 'more way in', 'more ways in')}{whom}"


def _commands(entry: Entry, main: Entry, start: float) -> str:
    family = entry.reading.family
    look = f"looks like {family}" if family else "looks like a bot" if entry.reading.strong else "suspicious"
    who = "" if entry is main else f" at {clock(entry.ts, start)} from {printable(entry.peer, 45)}"
    return f"ran{who}: {'; '.join(_chosen(entry.commands))} ({look})"


def _chosen(commands: Sequence[str]) -> list[str]:
    """The commands of a session that say most, without the words that bots ask busybox for after each."""
    lines = list(dict.fromkeys(_MARKED.sub("", line) for line in commands))
    if len(lines) <= TOLD_COMMANDS:
        return [printable(line, TOLD_LENGTH) for line in lines]
    told = [printable(line, TOLD_LENGTH) for line in lines[:TOLD_FIRST]]
    fetches = [line for line in lines[TOLD_FIRST:] if "://" in line or "tftp " in line]
    return [*told, "…", *(part for line in fetches[:TOLD_FETCHES] for part in (printable(line, TOLD_LENGTH), "…"))]


def _fetch(fetch: Fetch, start: float) -> str:
    facts = [bytes_text(fetch.size)] if fetch.size else []
    if fetch.sha256:
        facts.append(f"SHA-256 {fetch.sha256[:SHOWN_HASH]}…")
    known = f" ({', '.join(facts)})" if facts else ""
    where = printable(fetch.url or fetch.peer, 100)
    name = printable(fetch.name, 40)
    what = _kind(fetch.kind)
    return f"fetched {what}{', ' if name else ''}{name}{known}, from {where} at {clock(fetch.ts, start)}"


def _kind(kind: str | None) -> str:
    """``ELF 32-bit LSB ARM`` as ``an ARM executable``."""
    if kind is None:
        return "a program by its name"
    words = printable(kind, 40).split()
    what = f"{words[-1]} executable" if words[:1] == ["ELF"] and len(words) > 1 else " ".join(words)
    return f"an {what}" if what[:1] in "AEIMx" and not what.startswith("MIPS") else f"a {what}"


def _contact(contact: Contact, start: float) -> str:
    does = "talks to" if contact.talk.answered else "tries to reach"
    port = f"{contact.proto.upper()} port {contact.port}"
    return f"since {clock(contact.talk.first_ts, start)} it {does} {printable(contact.peer, 45)}, {port}"


def _misdeed(deed: Claim, start: float) -> str:
    title = LABELS[deed.label].title
    return f"from {clock(deed.first_ts, start)} on it {title[:1].lower()}{title[1:]}"


def _entry_steps(entry: Entry) -> list[dict[str, Any]]:
    login: dict[str, Any] = {
        "ts": entry.ts,
        "kind": "exploit" if entry.how == "exploit" else "login",
        "peer": entry.peer,
        "service": entry.service,
        "port": entry.port,
        "how": entry.how,
        "user": entry.user,
        "lists": list(entry.lists),
        "failed_before": entry.failed,
    }
    if entry.how == "exploit":
        login |= {"signs": list(entry.signs), "status": entry.status}
    if not entry.commands:
        return [login]
    typed = {"commands": list(entry.commands), "shapes": list(entry.reading.shapes), "points": entry.reading.points}
    return [login, {"ts": entry.ts, "kind": "commands", "peer": entry.peer, **typed}]


def _fetch_step(fetch: Fetch) -> dict[str, Any]:
    return {
        "ts": fetch.ts,
        "kind": "download",
        "peer": fetch.peer,
        "name": fetch.name,
        "url": fetch.url,
        "executable": fetch.kind,
        "bytes": fetch.size,
        "sha256": fetch.sha256,
    }


def _contact_step(contact: Contact) -> dict[str, Any]:
    return {
        "ts": contact.talk.first_ts,
        "kind": "conversation",
        "peer": contact.peer,
        "port": contact.port,
        "proto": contact.proto,
        "tries": contact.talk.tries,
        "answered": contact.talk.answered,
        "until_ts": contact.talk.last_ts,
    }


def _indicators(story: Story) -> dict[str, list[str]]:
    entries, fetches = story.entries, story.fetches
    addresses = [entry.peer for entry in entries if entry.outside]
    addresses += [fetch.peer for fetch in fetches] + [contact.peer for contact in story.contacts]
    addresses += [host for entry in entries for host in entry.reading.hosts]
    urls = [fetch.url for fetch in fetches if fetch.url] + [url for entry in entries for url in entry.reading.urls]
    tokens = [token for entry in entries for token in entry.reading.tokens]
    found = {
        "addresses": addresses,
        "urls": urls,
        "sha256": [fetch.sha256 for fetch in fetches if fetch.sha256],
        "tokens": tokens,
    }
    return {name: list(dict.fromkeys(items))[:LISTED] for name, items in found.items()}
