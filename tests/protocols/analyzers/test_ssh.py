import os
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from botwarden.app.api import read
from botwarden.core.record import Record
from botwarden.core.records.ssh import SshRecord
from botwarden.protocols.analyzers.ssh import MAX_CLEAR, MAX_QUIET, SshAnalyzer
from botwarden.protocols.packets import Unwrapper
from botwarden.protocols.ssh import GEX_REPLY, GEX_REQUEST, KEX_INIT, KEX_REPLY, KEXINIT, fingerprint
from botwarden.protocols.ssh_login import layout
from botwarden.protocols.tracker import Tracker
from protocols.conversation import Talk, Turn, only, talk
from protocols.ssh_messages import CHACHA, GCM, HOST_KEY, NEWKEYS, kexinit, packet, sealed, string

SHARED = Path(os.environ.get("BOTWARDEN_SHARED", Path(__file__).parents[4] / "shared")) / "data"
CAPTURES = SHARED / "protocols" / "zeek" / "ssh"

CLIENT = b"SSH-2.0-libssh2_1.11.0\r\n"
SERVER = b"SSH-2.0-dropbear_2022.83\r\n"
REPLY = packet(KEX_REPLY, string(HOST_KEY) + string(b"f" * 32) + string(b"s" * 80))


def opening(suite: tuple[str, str] = CHACHA) -> list[Turn]:
    offer = packet(KEXINIT, kexinit(cipher=suite[0], mac=suite[1]))
    return [
        (False, SERVER),
        (True, CLIENT + offer),
        (False, offer),
        (True, packet(KEX_INIT, string(b"e" * 32))),
        (False, REPLY + packet(NEWKEYS)),
    ]


def login(suite: tuple[str, str], *answers: int) -> list[Turn]:
    """A whole connection: asked for the methods, then a password for each answer."""
    of = layout(*suite)
    assert of is not None
    turns = [
        *opening(suite),
        (True, packet(NEWKEYS) + sealed(of, [17])),
        (False, sealed(of, [17])),
        (True, sealed(of, [36])),
        (False, sealed(of, [45])),
    ]
    for answer in answers:
        turns += [(True, sealed(of, [120])), (False, sealed(of, [answer]))]
    return turns


def ssh(turns: list[Turn], split: int = 0) -> SshRecord:
    (found,) = only(talk(SshAnalyzer, turns, split=split), SshRecord)
    return found


def test_tells_both_sides_and_what_they_agree_on() -> None:
    found = ssh(opening())
    assert (found.client, found.server, found.version) == ("SSH-2.0-libssh2_1.11.0", "SSH-2.0-dropbear_2022.83", 2)
    assert (found.kex_alg, found.host_key_alg) == ("curve25519-sha256", "ssh-ed25519")
    assert (found.cipher_alg, found.mac_alg, found.compression_alg) == (*CHACHA, "none")
    assert found.host_key == fingerprint(HOST_KEY)
    assert found.hassh is not None
    assert found.hassh_server is not None
    assert (found.auth_success, found.auth_attempts, found.direction) == (None, 0, "OUTBOUND")


@pytest.mark.parametrize("suite", [CHACHA, GCM])
def test_counts_logins(suite: tuple[str, str]) -> None:
    for answers, success in (((45,), False), ((45, 45, 45), False), ((1,), True), ((45, 45, 1), True)):
        found = ssh(login(suite, *answers))
        assert (found.auth_success, found.auth_attempts) == (success, len(answers))


@pytest.mark.parametrize("split", [1, 5, 64])
@pytest.mark.parametrize("suite", [CHACHA, GCM])
def test_the_record_is_the_same_however_the_bytes_come(suite: tuple[str, str], split: int) -> None:
    turns = login(suite, 45, 1)
    assert ssh(turns, split) == ssh(turns)


def test_what_follows_a_login_costs_nothing() -> None:
    talking = Talk(SshAnalyzer)
    for is_orig, said in [*login(GCM, 1), (True, b"x" * 100)]:
        talking.say(is_orig, said)
    assert talking.flow.done
    assert talking.flow.services == ["ssh"]
    assert len(talking.finish()) == 1


@pytest.mark.parametrize(
    ("orig", "resp", "direction"),
    [
        ("192.168.0.9", "198.51.100.7", "OUTBOUND"),
        ("198.51.100.7", "192.168.0.9", "INBOUND"),
        ("192.168.0.9", "192.168.0.8", "LOCAL"),
        ("198.51.100.7", "198.51.100.8", None),
    ],
)
def test_says_which_way_it_went(orig: str, resp: str, direction: str | None) -> None:
    (found,) = only(talk(SshAnalyzer, opening(), orig=(orig, 40000), resp=(resp, 22)), SshRecord)
    assert found.direction == direction


def test_a_group_exchange_has_the_host_key_in_its_last_answer() -> None:
    offer = packet(KEXINIT, kexinit("diffie-hellman-group-exchange-sha256"))
    group = packet(KEX_REPLY, string(b"p" * 256) + string(b"g"))
    reply = packet(GEX_REPLY, string(HOST_KEY) + string(b"f" * 256))
    turns = [(True, CLIENT + offer), (False, SERVER + offer), (True, packet(GEX_REQUEST, bytes(12)))]
    assert ssh([*turns, (False, group), (True, packet(32)), (False, reply)]).host_key == fingerprint(HOST_KEY)


def test_who_opened_the_connection_may_be_the_server() -> None:
    found = ssh([(not is_orig, said) for is_orig, said in login(CHACHA, 45, 1)])
    assert (found.client, found.server) == ("SSH-2.0-libssh2_1.11.0", "SSH-2.0-dropbear_2022.83")
    assert (found.auth_success, found.auth_attempts) == (True, 2)


def test_two_directions_may_differ() -> None:
    client = packet(KEXINIT, kexinit(cipher="aes128-ctr", mac="hmac-sha1", to_client=("aes256-ctr", "hmac-sha1")))
    found = ssh([(True, CLIENT + client), (False, SERVER + client)])
    assert found.cipher_alg == "To server: aes128-ctr, to client: aes256-ctr"
    assert found.mac_alg == "hmac-sha1"


def test_ssh_1_is_told_and_not_followed() -> None:
    talking = Talk(SshAnalyzer)
    talking.say(True, b"SSH-1.5-OpenSSH_6.6\n")
    talking.say(False, b"SSH-1.99-Cisco-1.25\n")
    assert talking.flow.done
    (found,) = only(talking.finish(), SshRecord)
    assert (found.version, found.auth_success) == (1, None)


def test_a_server_that_hangs_up_leaves_what_was_said() -> None:
    found = ssh([(True, CLIENT), (False, b"Exceeded MaxStartups\r\n")])
    assert (found.client, found.server, found.version) == ("SSH-2.0-libssh2_1.11.0", None, None)


def test_other_protocols_leave_no_trace() -> None:
    for said in (b"GET / HTTP/1.1\r\n\r\n", b"\0" * 99, b"x" * 99_999):
        talking = Talk(SshAnalyzer)
        talking.say(True, said)
        assert talking.finish() == []
        assert talking.flow.services == []


def test_nonsense_after_the_banner_ends_the_reading() -> None:
    talking = Talk(SshAnalyzer)
    talking.say(True, CLIENT + b"\xff" * 99)
    assert talking.flow.done
    assert len(only(talking.finish(), SshRecord)) == 1


def test_endless_messages_in_the_clear_end_the_reading() -> None:
    talking = Talk(SshAnalyzer)
    talking.say(True, CLIENT + packet(2) * (MAX_CLEAR + 1))
    assert talking.flow.done


def test_encrypted_data_of_which_nothing_is_known_is_not_read_for_ever() -> None:
    talking = Talk(SshAnalyzer)
    talking.say(True, CLIENT + packet(KEXINIT, kexinit()) + packet(NEWKEYS) + b"x" * (MAX_QUIET + 1))
    assert talking.flow.done
    assert len(only(talking.finish(), SshRecord)) == 1


def test_a_gap_in_the_key_exchange_leaves_the_login_unknown() -> None:
    talking = Talk(SshAnalyzer)
    of = layout(*CHACHA)
    assert of is not None
    for is_orig, said in opening():
        talking.say(is_orig, said)
    talking.analyzer.gap(talking.now, True, 30)
    talking.say(False, sealed(of, [17]) * 2)
    (found,) = only(talking.finish(), SshRecord)
    assert (found.auth_success, found.auth_attempts, found.cipher_alg) == (None, 0, CHACHA[0])


def test_gaps_in_both_directions_end_the_reading() -> None:
    talking = Talk(SshAnalyzer)
    talking.say(True, CLIENT)
    for is_orig in (True, False):
        talking.analyzer.gap(talking.now, is_orig, 30)
    assert talking.flow.done


def test_knows_a_banner_over_tcp_only() -> None:
    assert SshAnalyzer.matches(CLIENT, True, "tcp")
    assert SshAnalyzer.matches(b"SSH", True, "tcp") is None
    assert not SshAnalyzer.matches(b"EHLO x\r\n", True, "tcp")
    assert not SshAnalyzer.matches(CLIENT, True, "udp")


@given(st.lists(st.tuples(st.booleans(), st.binary(max_size=80)), max_size=10), st.integers(0, 9))
def test_any_bytes_are_read(turns: list[Turn], begun: int) -> None:
    talk(SshAnalyzer, [*login(CHACHA, 45)[:begun], *turns])


@settings(max_examples=60)
@given(st.data())
def test_bent_connections_give_the_same_record_however_they_are_cut(data: st.DataObject) -> None:
    turns = []
    for is_orig, said in login(data.draw(st.sampled_from([CHACHA, GCM])), 45, 1):
        bent = bytearray(said)
        for _ in range(data.draw(st.sampled_from([0, 0, 0, 1, 2]))):
            bent[data.draw(st.integers(0, len(bent) - 1))] = data.draw(st.integers(0, 255))
        turns.append((is_orig, bytes(bent)))
    split = data.draw(st.integers(1, 60))
    assert talk(SshAnalyzer, turns, split=split) == talk(SshAnalyzer, turns)


def tracked(path: Path) -> list[SshRecord]:
    records: list[Record] = []
    tracker = Tracker(records.append, lambda ip: ip.startswith("192.168."))
    unwrapper = Unwrapper()
    for batch in read(path):
        tracker.update(*unwrapper.update(batch))
    tracker.end()
    return only(records, SshRecord)


@pytest.mark.skipif(not CAPTURES.is_dir(), reason="needs the shared captures")
@pytest.mark.parametrize(
    ("capture", "outcomes"),
    [
        ("sshguess.pcap", {(False, 2): 7, (False, 3): 2, (False, 4): 2}),  # eleven failures by Zeek's own test too
        ("ssh-on-port-80.pcap", {(True, 2): 1}),
        ("ssh_client_sends_first_enc_pkt_with_newkeys.pcap", {(True, 1): 1}),
        ("single-conn.pcap", {(True, 2): 1}),  # keyboard-interactive failed, a key succeeded
    ],
)
def test_outcomes_of_real_logins(capture: str, outcomes: dict[tuple[bool, int], int]) -> None:
    assert Counter((one.auth_success, one.auth_attempts) for one in tracked(CAPTURES / capture)) == outcomes


@pytest.mark.skipif(not CAPTURES.is_dir(), reason="needs the shared captures")
def test_fingerprints_of_real_offers() -> None:
    """As nDPI tells them in tests/cfgs/default/result/ssh.pcap.out of github.com/ntop/nDPI."""
    found = {(one.hassh, one.hassh_server) for one in tracked(SHARED / "protocols" / "ndpi" / "ssh.pcap")}
    assert ("21b457a327ce7a2d4fce5ef2c42400bd", "b1c6c0d56317555b85c7005a3de29325") in found
