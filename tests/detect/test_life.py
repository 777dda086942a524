from dataclasses import replace

from botwarden.detect.life import MAX_ANSWERED, MAX_CHAPTERS, MAX_ENTRIES, MAX_SILENT, SAME_STORY, Life
from botwarden.detect.story import Entry

ENTRY = Entry(1000.0, "telnet", "84.54.50.198", 23, "known", True)


def test_entries_close_in_time_belong_together() -> None:
    life = Life()
    life.enter(ENTRY)
    life.enter(replace(ENTRY, ts=1000 + SAME_STORY))
    life.enter(replace(ENTRY, ts=1002 + 2 * SAME_STORY))
    life.enter(replace(ENTRY, ts=900.0))  # records come in the order in which things end
    assert [len(chapter.entries) for chapter in life.chapters] == [3, 1]


def test_those_that_say_most_are_kept() -> None:
    life = Life()
    guessed = replace(ENTRY, how="guessed")
    life.enter(guessed)
    for n in range(50):
        life.enter(replace(ENTRY, ts=1000.0 + n))
    (chapter,) = life.chapters
    assert len(chapter.entries) == MAX_ENTRIES
    assert chapter.entries[:2] == [guessed, ENTRY]
    assert chapter.more == 51 - MAX_ENTRIES


def test_the_first_story_and_the_latest_are_kept() -> None:
    life = Life()
    for n in range(50):
        life.enter(replace(ENTRY, ts=10_000.0 * n))
    assert len(life.chapters) == MAX_CHAPTERS
    assert [chapter.last_ts for chapter in life.chapters][:2] == [0, 430_000]


def test_conversations_add_up() -> None:
    life = Life()
    life.talk("185.10.1.2", 48101, "tcp", 50.0, 0.0, False)
    life.talk("185.10.1.2", 48101, "tcp", 40.0, 5.0, True)
    life.talk("185.10.1.2", 48101, "tcp", 60.0, 0.0, False)
    (contact,) = life.contacts()
    talk = contact.talk
    assert (talk.first_ts, talk.last_ts, talk.tries, talk.answered, talk.seconds) == (40.0, 60.0, 3, 1, 5.0)


def test_those_whom_it_attacks_are_left_out() -> None:
    life = Life()
    life.talk("198.51.100.1", 23, "tcp", 50.0, 9.0, True)
    life.servers.put("198.51.100.1", True)
    assert life.contacts() == []


def test_a_scan_does_not_push_out_whom_it_talks_to() -> None:
    life = Life()
    life.talk("203.0.113.10", 443, "tcp", 1.0, 9.0, True)
    for n in range(5000):
        life.talk(f"198.51.{n >> 8}.{n & 255}", 23, "tcp", 2.0, 0.0, False)
    peers = {contact.peer for contact in life.contacts()}
    assert "203.0.113.10" in peers
    assert len(peers) == 1 + MAX_SILENT
    for n in range(5000):
        life.talk(f"198.51.{n >> 8}.{n & 255}", 23, "tcp", 2.0, 0.0, True)
    assert len(life.contacts()) <= MAX_ANSWERED + MAX_SILENT
