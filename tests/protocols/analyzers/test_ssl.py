import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from botwarden.app.api import read
from botwarden.core.record import Record
from botwarden.core.records.ssl import SslRecord
from botwarden.core.records.weird import WeirdRecord
from botwarden.protocols.analyzers.ssl import MAX_EVENTS, SslAnalyzer
from botwarden.protocols.packets import Unwrapper
from botwarden.protocols.tracker import Tracker
from protocols.conversation import Talk, Turn, only, talk
from protocols.tls_messages import (
    CAMERA,
    CCS,
    alpn,
    certificates,
    client_hello,
    extension,
    message,
    record,
    server_hello,
    sni,
)

SHARED = Path(os.environ.get("BOTWARDEN_SHARED", Path(__file__).parents[4] / "shared")) / "data"
GRIDFTP = SHARED / "zeek_baselines" / "ssl" / "scripts.base.protocols.ftp.gridftp"

HELLO = record(message(1, client_hello(sni(b"cam.example"))), version=0x0301)
FLIGHT = record(
    message(2, server_hello()) + message(11, certificates(CAMERA)) + message(12, b"\x03\x00\x17\x01x") + message(14)
)
KEYS = record(message(16, b"keys" * 20))
ENCRYPTED = record(b"encrypted" * 5)
TLS12: list[Turn] = [(True, HELLO), (False, FLIGHT), (True, KEYS + CCS + ENCRYPTED), (False, CCS + ENCRYPTED)]
TLS13: list[Turn] = [
    (True, record(message(1, client_hello(sni(b"cam.example"), alpn(b"h2"))), version=0x0301)),
    (False, record(message(2, server_hello(extension(43, b"\x03\x04"), cipher=0x1301))) + CCS + record(b"x" * 900, 23)),
    (True, CCS + record(b"x" * 50, 23)),
]


def ssl(turns: list[Turn], split: int = 0) -> SslRecord:
    (found,) = only(talk(SslAnalyzer, turns, split=split), SslRecord)
    return found


def test_a_handshake_of_tls_12() -> None:
    found = ssl(TLS12)
    assert (found.version, found.established, found.ssl_history) == ("TLSv12", True, "CsxknGIi")
    assert (found.server_name, found.sni_matches_cert, found.curve) == ("cam.example", True, "secp256r1")


def test_a_handshake_of_tls_13() -> None:
    found = ssl(TLS13)
    assert (found.version, found.established, found.ssl_history) == ("TLSv13", True, "CsiI")


@pytest.mark.parametrize("turns", [TLS12, TLS13])
@pytest.mark.parametrize("split", [1, 3, 7, 100])
def test_the_record_is_the_same_however_the_bytes_come(turns: list[Turn], split: int) -> None:
    assert ssl(turns, split) == ssl(turns)


def test_what_follows_the_handshake_costs_nothing() -> None:
    talking = Talk(SslAnalyzer)
    for is_orig, data in TLS12:
        talking.say(is_orig, data)
    assert talking.flow.done
    assert talking.flow.services == ["ssl"]
    assert len(talking.records) == 1, "written at once"
    assert len(talking.finish()) == 1


def test_a_message_in_many_records_and_many_messages_in_one() -> None:
    whole = message(2, server_hello()) + message(11, certificates(CAMERA)) + message(14)
    pieces = b"".join(record(whole[at : at + 11]) for at in range(0, len(whole), 11))
    assert ssl([(True, HELLO), (False, pieces)]).subject == "CN=cam.example,O=Maker"


def test_a_refusal_is_told_at_the_end() -> None:
    found = ssl([(True, HELLO), (False, record(b"\2\x46", 21))])
    assert (found.established, found.last_alert, found.ssl_history) == (False, "protocol_version", "Cl")


def test_a_server_that_speaks_something_else() -> None:
    records = talk(SslAnalyzer, [(True, HELLO), (False, b"HTTP/1.1 400 Bad Request\r\n\r\n")])
    (found,) = only(records, SslRecord)
    assert (found.server_name, found.version, found.ssl_history) == ("cam.example", None, "C")
    assert [weird.name for weird in only(records, WeirdRecord)] == ["ssl_invalid_record"]


def test_other_protocols_leave_no_trace() -> None:
    for data in (b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x00\x05\x01\x00\x00\x01x", b"\x00" * 99, b"\x80" * 99):
        talking = Talk(SslAnalyzer)
        talking.say(True, data)
        assert talking.finish() == []
        assert talking.flow.services == []


def test_a_session_under_way_is_named_and_left_alone() -> None:
    talking = Talk(SslAnalyzer)
    talking.say(True, record(b"x" * 300, 23))
    assert talking.flow.done
    assert talking.flow.services == ["ssl"]
    assert talking.finish() == []


def test_sslv2_hellos_still_offer_tls() -> None:
    hello = b"\x80\x1f\x01\x03\x01\x00\x06\x00\x00\x00\x10" + b"\x00\x00\x2f\x00\x00\x05" + bytes(16)
    found = ssl([(True, hello), (False, record(message(2, server_hello(version=0x0301, cipher=0x2F))))])
    assert (found.version, found.cipher, found.ssl_history) == ("TLSv10", "TLS_RSA_WITH_AES_128_CBC_SHA", "Cs")


def test_a_gap_inside_a_certificate_leaves_the_rest() -> None:
    talking = Talk(SslAnalyzer)
    talking.say(True, HELLO)
    talking.say(False, FLIGHT[:150])
    talking.analyzer.gap(talking.now, False, 40)
    talking.say(False, FLIGHT[190:])
    (found,) = only(talking.finish(), SslRecord)
    assert (found.ssl_history, found.curve, found.cert_chain_fps) == ("Csxkn", "secp256r1", None)


def test_gaps_in_both_directions_end_the_reading() -> None:
    talking = Talk(SslAnalyzer)
    talking.say(True, HELLO)
    talking.analyzer.gap(talking.now, True, 1000)
    assert not talking.flow.done
    talking.analyzer.gap(talking.now, False, 1000)
    assert talking.flow.done
    assert len(only(talking.records, SslRecord)) == 1


def test_bulk_data_of_one_direction_is_not_read_for_ever() -> None:
    talking = Talk(SslAnalyzer)
    talking.say(True, HELLO + KEYS + CCS + record(b"x" * 100, 23) * (MAX_EVENTS + 1))
    assert talking.flow.done
    (found,) = only(talking.records, SslRecord)
    assert (found.server_name, found.established) == ("cam.example", False)


def test_knows_a_hello_over_tcp_only() -> None:
    assert SslAnalyzer.matches(HELLO, True, "tcp")
    assert SslAnalyzer.matches(FLIGHT, False, "tcp")
    assert SslAnalyzer.matches(HELLO[:4], True, "tcp") is None
    assert not SslAnalyzer.matches(b"EHLO there\r\n", True, "tcp")
    assert not SslAnalyzer.matches(HELLO, True, "udp")


@given(st.lists(st.tuples(st.booleans(), st.binary(max_size=60)), max_size=10), st.booleans())
def test_any_bytes_are_read(turns: list[Turn], hello: bool) -> None:
    talk(SslAnalyzer, [(True, HELLO), *turns] if hello else turns)


@settings(max_examples=60)
@given(st.data())
def test_bent_handshakes_give_the_same_record_however_they_are_cut(data: st.DataObject) -> None:
    turns = []
    for is_orig, said in data.draw(st.sampled_from([TLS12, TLS13])):
        bent = bytearray(said)
        for _ in range(data.draw(st.integers(0, 3))):
            bent[data.draw(st.integers(0, len(bent) - 1))] = data.draw(st.integers(0, 255))
        turns.append((is_orig, bytes(bent)))
    split = data.draw(st.integers(1, 50))
    assert talk(SslAnalyzer, turns, split=split) == talk(SslAnalyzer, turns)


def tracked(path: Path) -> list[SslRecord]:
    records: list[Record] = []
    tracker = Tracker(records.append, lambda ip: ip.startswith("192.168."))
    unwrapper = Unwrapper()
    for batch in read(path):
        tracker.update(*unwrapper.update(batch))
    tracker.end()
    return only(records, SslRecord)


@pytest.mark.skipif(not GRIDFTP.is_dir(), reason="needs the shared captures")
def test_agrees_with_zeek_on_a_session_with_certificates_of_both_sides() -> None:
    lines = (GRIDFTP / "expected.log").read_text().splitlines()
    fields = next(line for line in lines if line.startswith("#fields")).split("\t")[1:]
    rows = [dict(zip(fields, line.split("\t"), strict=True)) for line in lines if not line.startswith("#")]
    want = next(row for row in rows if row["id.resp_p"] == "55968")
    found = next(row for row in tracked(GRIDFTP / "trace.pcap") if row.resp_p == 55968)
    assert (found.version, found.cipher, found.ssl_history) == (want["version"], want["cipher"], want["ssl_history"])
    assert found.established
    assert ",".join(found.cert_chain_fps or ()) == want["cert_chain_fps"]
    assert ",".join(found.client_cert_chain_fps or ()) == want["client_cert_chain_fps"]


@pytest.mark.skipif(not (SHARED / "protocols").is_dir(), reason="needs the shared captures")
@pytest.mark.parametrize(
    ("capture", "ja3", "ja3s", "ja4"),
    [  # as nDPI tells them in tests/cfgs/default/result of github.com/ntop/nDPI
        (
            "tls_esni_sni_both.pcap",
            "077d20c3f8c5a1f091dc937c515b69c1",
            "d75f9129bb5d05492a65ff78e081bcb2",
            "t13d031100_55b375c5d22e_77359c92d649",
        ),
        (
            "tls_certificate_too_long.pcap",
            "656b9a2f4de6ed4909e157482860ab3d",
            "17e97216fa7f4ec8c43090c6eed97c25",
            "t13d2613h2_2802a3db6c62_845d286b0d67",
        ),
    ],
)
def test_fingerprints_of_real_hellos(capture: str, ja3: str, ja3s: str, ja4: str) -> None:
    found = tracked(SHARED / "protocols" / "ndpi" / capture)
    assert {(one.ja3, one.ja4) for one in found} == {(ja3, ja4)}
    assert ja3s in {one.ja3s for one in found}
