import random

from botwarden.detect.channel import BLOCK, MAX_SERVICES, MAX_SIZES, Channel, is_answered, is_failed, is_whole, services
from detect.records import conn

PEER = "203.0.113.9"


def channel(*conns: object) -> Channel:
    made = Channel()
    for one in conns:
        made.add(one)  # type: ignore[arg-type]
    return made


def test_counts_and_times() -> None:
    made = channel(*(conn(60 * k, PEER, 50, state="S0" if k % 2 else None) for k in range(10)))
    assert (made.tries, made.failed) == (10, 5)
    assert made.last_ts - made.first_ts == 540
    found = made.rhythm()
    assert found
    assert (found.beats, found.interval) == (10, 60)
    assert len(made.beats()) == 10


def test_repeated_syns_from_one_port_are_one_attempt() -> None:
    made = channel(
        *(conn(80 * k + late, PEER, 50, state="S0", sport=5000 + k) for k in range(20) for late in (0, 7, 22))
    )
    assert (made.tries, made.failed) == (20, 20)
    found = made.rhythm()
    assert found
    assert found.interval == 80
    assert channel(*(conn(300 * k, PEER, 50, state="S0", sport=5000) for k in range(20))).tries == 20


def test_a_regular_stretch_is_remembered() -> None:
    chance = random.Random(1)
    regular = [conn(60 * k, PEER, 50) for k in range(BLOCK)]
    at = 60.0 * BLOCK
    wild = []
    for _ in range(3 * BLOCK + 20):
        at += chance.expovariate(1 / 60)
        wild.append(conn(at, PEER, 50))
    found = channel(*regular, *wild).rhythm()
    assert found
    assert found.regularity == 1


def test_a_few_beats_do_not_replace_a_long_stretch() -> None:
    chance = random.Random(2)
    jitter = [conn(60 * (k + chance.uniform(-0.2, 0.2)), PEER, 50) for k in range(BLOCK)]
    found = channel(*jitter, *(conn(60 * (BLOCK + k), PEER, 50) for k in range(5))).rhythm()
    assert found
    assert found.beats > 100


def test_what_was_said() -> None:
    made = channel(
        conn(0, PEER, 80, service="irc,http"),
        conn(60, PEER, 80),
        conn(120, PEER, 80, history="DadA"),  # began before the capture
        conn(180, PEER, 80, sent=0),
        conn(240, PEER, 80, duration=5000.0),
    )
    assert made.services == {"irc": 1, "http": 1}
    assert (made.spoken, made.wordless) == (3, 2)
    assert made.longest is not None
    assert made.longest.duration == 5000
    assert len(made.sizes) == 5


def test_what_is_kept_is_limited() -> None:
    made = channel(*(conn(60 * k, PEER, 80, service=f"s{k}") for k in range(1000)))
    assert len(made.sizes) == MAX_SIZES
    assert len(made.services) == MAX_SERVICES
    assert len(made.beats()) <= BLOCK


def test_how_a_conversation_went() -> None:
    assert is_failed(conn(0, PEER, 50, state="S0"))
    assert is_failed(conn(0, PEER, 50, state="REJ"))
    assert is_answered(conn(0, PEER, 50, state="RSTO"))
    midstream = conn(0, PEER, 50, state="OTH")
    assert not is_answered(midstream)
    assert not is_failed(midstream)
    assert is_failed(conn(0, PEER, 50, proto="udp", state="S0"))
    assert services(conn(0, PEER, 443, service="ssl,-http")) == ["ssl"]
    assert services(conn(0, PEER, 443)) == []
    assert is_whole(conn(0, PEER, 443))
    assert not is_whole(conn(0, PEER, 443, missed_bytes=5))
    assert not is_whole(conn(0, PEER, 443, history="^dA"))
