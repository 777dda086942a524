import random
import string
from typing import Any

import pytest

from botwarden.core.record import Record
from botwarden.detect.watchers.dga import MAX_DOMAINS, MAX_EPISODES, WINDOW, MadeUpNames
from detect.records import LAPTOP, ROUTER, START, dns, heard, is_local, watch
from detect.traffic import SHARED

TLDS = ("com", "net", "ru", "info", "biz", "support", "co.uk", "duckdns.org")
WORDS = (
    "weather", "camera", "update", "service", "metrics", "telemetry", "static", "media", "image", "config", "backup",
    "market", "travel", "garden", "kitchen", "printer", "monitor", "network", "signal", "report",
)  # fmt: skip


def made_up(n: int, seed: int = 1, alphabet: str = string.ascii_lowercase, length: int = 14) -> list[str]:
    chance = random.Random(seed)
    return ["".join(chance.choice(alphabet) for _ in range(length)) + "." + chance.choice(TLDS) for _ in range(n)]


def missing(names: list[str], every: float = 1.0, start: float = 0.0, **fields: Any) -> list[Record]:
    return [dns(start + every * k, name, **fields) for k, name in enumerate(names)]


@pytest.mark.parametrize(
    "alphabet", [string.ascii_lowercase, "0123456789abcdef", string.ascii_lowercase + string.digits]
)
def test_a_burst(alphabet: str) -> None:
    (claim,) = watch(MadeUpNames, missing(made_up(60, alphabet=alphabet)))
    assert (claim.serial, claim.label, claim.role) == (10, "cnc.dga", "attacker")
    assert claim.confidence > 0.75
    assert claim.evidence["domains"] == 60
    assert claim.evidence["made_up"] > 48


def test_what_is_said_of_it() -> None:
    names = [f"{label}.com" for label in ("kdfjqwxzpvbn", "xqkzjvwpbdfg", "qwxkjhzvtrpl", "vbnmxcqzkjhg")]
    names += [f"{label}.net" for label in ("kdfjqwxzpvbn", "xqkzjvwpbdfg", "qwxkjhzvtrpl", "vbnmxcqzkjhg")]
    names += [f"{label}.ru" for label in ("kdfjqwxzpvbn", "xqkzjvwpbdfg", "qwxkjhzvtrpl", "vbnmxcqzkjhg")]
    answered = [dns(20, "hjkqzxvwpfdm.ru", ["203.0.113.66"])]
    (claim,) = watch(MadeUpNames, missing(names), answered)
    assert claim.reason == (
        "asked for 12 domains that do not exist in 11 s and look made up by a program: "
        "kdfjqwxzpvbn.com, xqkzjvwpbdfg.com, qwxkjhzvtrpl.com and 9 more; "
        "they are 100 % of all that it asked for in vain; hjkqzxvwpfdm.ru did have an address, 203.0.113.66"
    )
    assert claim.evidence == {
        "domains": 12,
        "made_up": 12,
        "examples": names[:5],
        "resolved": [{"name": "hjkqzxvwpfdm.ru", "address": "203.0.113.66"}],
        "window_s": WINDOW,
        "threshold": 10,
    }
    assert claim.confidence == 0.84
    assert (claim.first_ts, claim.last_ts) == (START, START + 11)


def test_a_patient_one() -> None:
    """A name every five minutes."""
    (claim,) = watch(MadeUpNames, missing(made_up(100), every=300))
    assert claim.last_ts - claim.first_ts > 8 * WINDOW


def test_the_next_day_is_another_burst() -> None:
    claims = watch(MadeUpNames, missing(made_up(40)), missing(made_up(40, 2), start=86_400))
    assert [round(claim.first_ts - START) for claim in claims] == [0, 86_400]


CHANCE = random.Random(5)
HONEST: dict[str, list[Record]] = {
    "a browser's probes": missing(made_up(3)) + missing([name.partition(".")[0] for name in made_up(60)]),
    "its probes with a search suffix": missing([name.partition(".")[0] + ".lan" for name in made_up(60)]),
    "the same at an office": missing([name.partition(".")[0] + ".office.example.com" for name in made_up(60)]),
    "blocked advertisers": missing([f"{word}-{other}.com" for word in WORDS for other in WORDS]),
    "short names": missing([f"{a}{b}x.com" for a in "qxzjk" for b in string.ascii_lowercase]),
    "reverse": missing([f"{k}.0.168.192.in-addr.arpa" for k in range(200)], qtype="PTR"),
    "one name again and again": missing(["kdfjqwxzpvbn.com"] * 500),
    "below one domain": missing([f"{name.partition('.')[0]}.example.com" for name in made_up(200)]),
    "few": missing(made_up(9)),
    "slow": missing(made_up(40), every=900),
    "some among many": missing([f"{word}{other}.org" for word in WORDS for other in WORDS] + made_up(40)),
    "all exist": [dns(k, name, ["192.0.2.1"]) for k, name in enumerate(made_up(90))],
    "no answer": [dns(k, name, rcode=None) for k, name in enumerate(made_up(90))],
    "server failure": [dns(k, name, rcode=2) for k, name in enumerate(made_up(90))],
    "mDNS": missing(made_up(90), resp_p=5353),
    "from outside": missing(made_up(90), orig_h="203.0.113.5"),
}


@pytest.mark.parametrize("kind", HONEST)
def test_honest_devices(kind: str) -> None:
    assert not watch(MadeUpNames, HONEST[kind])


def test_the_name_server_of_the_house_is_not_blamed() -> None:
    asked, passed_on = missing(made_up(40)), missing(made_up(40), device=ROUTER, resp_h="9.9.9.9")
    assert [claim.serial for claim in watch(MadeUpNames, asked, passed_on)] == [10]
    assert [claim.serial for claim in watch(MadeUpNames, passed_on)] == [1], "its own"


def test_memory_is_bounded() -> None:
    watcher = MadeUpNames(is_local)
    for day in range(30):
        for record in missing(made_up(200, day), start=day * 86_400, device=LAPTOP):
            watcher.update(record)
    for record in missing(made_up(5000), every=0.1, start=31 * 86_400, device=LAPTOP):
        watcher.update(record)
    (state,) = watcher._devices.values()
    assert len(state.episodes) == MAX_EPISODES
    assert len(state.missing) == MAX_DOMAINS
    assert state.made_up == sum(made for _, made in state.missing.values())


def test_devices_while_they_are_set_up() -> None:
    for path in sorted((SHARED / "iot_sentinel").glob("*/*.pcap"))[::10]:
        assert not heard(MadeUpNames, path), path
