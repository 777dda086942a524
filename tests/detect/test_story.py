from dataclasses import replace

import pytest

from botwarden.detect.claim import Claim
from botwarden.detect.shell import STRONG_POINTS, WEAK_POINTS, Reading
from botwarden.detect.story import (
    AFTER,
    BOT_COMMANDS,
    FETCH_WITHIN,
    GUESSED,
    GUESSED_SSH,
    MAX_FETCHES,
    MAX_TALKS,
    MIN_TRIES,
    ODD_COMMANDS,
    Contact,
    Entry,
    Fetch,
    Story,
    Talk,
    build,
)

T = 10_000.0
LOGIN = Entry(T, "telnet", "84.54.50.198", 23, "guessed", True, user="root", lists=("mirai",), failed=7)
STRONG, WEAK = Reading(points=STRONG_POINTS, hosts=("185.10.1.9",)), Reading(points=WEAK_POINTS)
FETCH = Fetch(T + 10, "185.10.1.9", 80, "arm", "http://185.10.1.9/arm", "ELF 32-bit LSB ARM")
TALK = Contact("185.10.1.2", 48101, "tcp", Talk(T + 20, T + 90, 1, 1, 70.0))
DEED = Claim(1, "scan.mirai", "attacker", 0.99, "critical", T + 30, T + 60, "scanned", 9.0)


def told(*entries: Entry, **parts: object) -> Story:
    usual: dict[str, object] = {
        "more_entries": 0, "fetches": [], "contacts": [], "misdeeds": [], "watched_since": T - 1000,
    }  # fmt: skip
    return build(entries, **(usual | parts))  # type: ignore[arg-type]


def test_each_step_adds_to_the_confidence() -> None:
    typed = replace(LOGIN, reading=replace(STRONG, hosts=()))
    steps = [
        told(LOGIN),
        told(typed),
        told(typed, fetches=[FETCH]),
        told(typed, fetches=[FETCH], contacts=[TALK]),
    ]
    assert [round(story.confidence, 2) for story in steps] == [0.7, 0.9, 0.95, 0.99]
    named = told(replace(LOGIN, reading=STRONG), fetches=[FETCH])
    assert named.confidence > steps[2].confidence
    assert told(typed, misdeeds=[DEED]).confidence > 0.97


def test_ways_in_weigh_differently() -> None:
    assert LOGIN.login == GUESSED
    assert replace(LOGIN, service="ssh").login == GUESSED_SSH
    known = replace(LOGIN, how="known")
    assert 0 < known.login < 0.5
    assert replace(known, outside=False).login == 0
    exploit = replace(LOGIN, how="exploit", status=200)
    assert replace(exploit, status=302).login < replace(exploit, status=None).login < exploit.login == 0.5
    assert replace(LOGIN, how="seen").weight == 0


def test_commands_count_by_who_typed_them() -> None:
    assert replace(LOGIN, how="seen", reading=STRONG).commanded == BOT_COMMANDS
    assert replace(LOGIN, reading=WEAK).commanded == ODD_COMMANDS
    assert replace(LOGIN, how="seen", reading=WEAK).commanded == 0
    assert replace(LOGIN, how="exploit", reading=STRONG).commanded == 0


def test_a_second_bot_makes_the_first_one_surer() -> None:
    typed = replace(LOGIN, how="seen", reading=STRONG)
    assert round(told(typed).confidence, 2) == 0.67
    assert round(told(typed, typed).confidence, 2) == round(told(typed, typed, typed).confidence, 2) == 0.89


def test_who_is_a_bot_and_who_was_only_broken_into() -> None:
    assert not told(LOGIN).is_bot
    assert told(LOGIN).is_worth_telling
    assert told(replace(LOGIN, reading=STRONG)).is_bot
    assert not told(replace(LOGIN, reading=WEAK)).is_bot
    assert told(LOGIN, fetches=[FETCH]).is_bot
    assert told(LOGIN, misdeeds=[DEED]).is_bot
    assert not told(replace(LOGIN, how="known")).is_worth_telling
    assert not told(replace(LOGIN, how="exploit", status=200)).is_worth_telling


def test_the_main_way_in_is_the_first_of_those_that_say_most() -> None:
    loader = replace(LOGIN, ts=T + 5, peer="185.10.1.9", how="known", failed=0, reading=STRONG)
    later = replace(LOGIN, ts=T + 50)
    story = told(loader, later, LOGIN)
    assert story.main is LOGIN
    assert story.spoken is loader
    assert [entry.ts for entry in story.entries] == [T, T + 5, T + 50]
    assert told(LOGIN).spoken is None


@pytest.mark.parametrize(("at", "belongs"), [(-10, False), (1, True), (FETCH_WITHIN, True), (FETCH_WITHIN + 1, False)])
def test_downloads_soon_after_belong_to_it(at: float, belongs: bool) -> None:
    assert bool(told(LOGIN, fetches=[replace(FETCH, ts=T + at)]).fetches) is belongs


def test_an_exploit_explains_no_download_from_where_the_device_always_went() -> None:
    exploit = replace(LOGIN, how="exploit", status=200)
    visits = Contact(FETCH.peer, 80, "tcp", Talk(T - 500, T + 10, 5, 5, 9.0))
    assert told(exploit, fetches=[FETCH]).fetches
    assert not told(exploit, fetches=[FETCH], contacts=[visits]).fetches
    assert told(replace(exploit, reading=STRONG), fetches=[FETCH], contacts=[visits]).fetches


@pytest.mark.parametrize(
    ("contact", "belongs"),
    [
        (TALK, True),
        (replace(TALK, talk=Talk(T - 5, T + 90, 9, 9)), False),
        (replace(TALK, talk=Talk(T + AFTER + 1, T + 2 * AFTER, 9, 9)), False),
        (replace(TALK, talk=Talk(T + 20, T + 90, MIN_TRIES, 0)), True),
        (replace(TALK, talk=Talk(T + 20, T + 90, MIN_TRIES - 1, 0)), False),
        (replace(TALK, port=443), False),
        (replace(TALK, proto="udp"), False),
        (replace(TALK, port=443, peer=LOGIN.peer), True),
        (replace(TALK, port=443, peer=FETCH.peer), True),
        (replace(TALK, port=FETCH.port, peer=FETCH.peer), False),
    ],
)
def test_new_conversations_belong_to_it(contact: Contact, belongs: bool) -> None:
    story = told(replace(LOGIN, reading=STRONG), fetches=[FETCH], contacts=[contact])
    assert bool(story.contacts) is belongs


def test_a_door_alone_makes_no_conversation_suspicious() -> None:
    assert told(LOGIN, contacts=[TALK]).contacts == ()
    assert told(LOGIN, contacts=[TALK], fetches=[FETCH]).contacts == (TALK,)


def test_everything_is_new_where_nobody_watched() -> None:
    typed = replace(LOGIN, reading=STRONG)
    late = told(typed, contacts=[TALK], watched_since=T - 5)
    assert late.confidence < told(typed, contacts=[TALK]).confidence


def test_misdeeds_come_after() -> None:
    assert told(LOGIN, misdeeds=[replace(DEED, first_ts=T - 1)]).misdeeds == ()
    assert told(LOGIN, misdeeds=[replace(DEED, first_ts=T + AFTER + 1)]).misdeeds == ()


def test_only_a_few_of_each_are_told() -> None:
    many = [replace(TALK, peer=f"198.51.100.{n}") for n in range(50)]
    loads = [replace(FETCH, ts=T + n) for n in range(50)]
    story = told(replace(LOGIN, reading=STRONG), contacts=many, fetches=loads)
    assert len(story.contacts) == MAX_TALKS
    assert len(story.fetches) == MAX_FETCHES
    assert story.last_ts == T + 90
