import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.core.records.ssl import SslRecord
from botwarden.protocols.handshake import MAX_HISTORY, MAX_SAN, Handshake
from protocols.tls_messages import (
    CAMERA,
    CN,
    RETRY,
    alpn,
    attribute,
    certificate,
    certificates,
    client_hello,
    extension,
    name,
    server_hello,
    sni,
)

IDS = {"uid": "C1", "orig_h": "192.168.0.10", "orig_p": 40000, "resp_h": "198.51.100.7", "resp_p": 443}
CURVE = b"\x03\x00\x17\x01x"


def say(handshake: Handshake, *steps: tuple[bool, int, bytes]) -> None:
    for is_orig, kind, body in steps:
        handshake.message(5.0, is_orig, kind, body)


def record(*steps: tuple[bool, int, bytes], transport: str = "t") -> SslRecord:
    handshake = Handshake(transport)
    say(handshake, *steps)
    return handshake.record(IDS)


def complete(handshake: Handshake, *, keys: bool = True) -> SslRecord:
    if keys:
        say(handshake, (True, 16, b""))
    handshake.change_cipher(5.0, True)
    handshake.ciphertext(True)
    handshake.change_cipher(5.0, False)
    assert not handshake.established
    handshake.ciphertext(False)
    assert handshake.established
    return handshake.record(IDS)


def test_a_whole_handshake() -> None:
    handshake = Handshake("t")
    say(
        handshake,
        (True, 1, client_hello(sni(b"a.cam.example"), alpn(b"h2", b"http/1.1"))),
        (False, 2, server_hello(alpn(b"h2"))),
        (False, 11, certificates(CAMERA, b"root")),
        (False, 12, CURVE),
        (False, 14, b""),
    )
    found = complete(handshake)
    assert found.ts == 5.0
    assert (found.version, found.cipher, found.curve) == ("TLSv12", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "secp256r1")
    assert (found.server_name, found.next_protocol, found.client_alpn) == ("a.cam.example", "h2", ("h2", "http/1.1"))
    assert found.ssl_history == "CsxknGIi"
    assert found.established
    assert not found.resumed
    assert found.cert_chain_fps == (hashlib.sha256(CAMERA).hexdigest(), hashlib.sha256(b"root").hexdigest())
    assert found.client_cert_chain_fps == ()
    assert found.sni_matches_cert
    assert (found.subject, found.issuer) == ("CN=cam.example,O=Maker", "CN=Maker CA,O=Maker,C=DE")
    assert found.san_dns == ("cam.example", "*.cam.example")
    assert found.not_valid_after == "2031-02-03T04:05:06Z"
    assert found.ja3 is not None
    assert found.ja3s is not None
    assert found.ja4 is not None
    assert found.ja4.startswith("t12d0202h2_")


def test_a_certificate_for_another_name() -> None:
    found = record((True, 1, client_hello(sni(b"evil.example"))), (False, 11, certificates(CAMERA)))
    assert found.sni_matches_cert is False
    assert record((True, 1, client_hello()), (False, 11, certificates(CAMERA))).sni_matches_cert is None


def test_a_client_may_show_a_certificate_too() -> None:
    found = record((True, 1, client_hello()), (True, 11, certificates(CAMERA)))
    assert found.client_cert_chain_fps == (hashlib.sha256(CAMERA).hexdigest(),)
    assert found.cert_chain_fps == ()
    assert found.subject is None, "the server's"


def test_a_session_is_resumed_by_its_identifier() -> None:
    handshake = Handshake("t")
    say(handshake, (True, 1, client_hello(session_id=b"s" * 32)), (False, 2, server_hello(session_id=b"s" * 32)))
    assert complete(handshake, keys=False).resumed


def test_an_identifier_of_zeros_is_none() -> None:
    found = record((True, 1, client_hello(session_id=bytes(32))), (False, 2, server_hello(session_id=bytes(32))))
    assert not found.resumed


def test_tls_13_echoes_the_identifier_without_resuming() -> None:
    answer = server_hello(extension(43, b"\x03\x04"), session_id=b"s" * 32)
    assert not record((True, 1, client_hello(session_id=b"s" * 32)), (False, 2, answer)).resumed


def test_tls_13_resumes_by_a_key_that_both_have() -> None:
    offered = client_hello(extension(41, b"\0"))
    accepted = server_hello(extension(43, b"\x03\x04"), extension(41, b"\0\0"))
    assert record((True, 1, offered), (False, 2, accepted)).resumed
    assert not record((True, 1, offered), (False, 2, server_hello(extension(43, b"\x03\x04")))).resumed


def test_a_ticket_was_accepted_where_no_keys_are_exchanged() -> None:
    for keys in (True, False):
        handshake = Handshake("t")
        say(handshake, (True, 1, client_hello(extension(35, b"ticket"))), (False, 2, server_hello()))
        assert complete(handshake, keys=keys).resumed is not keys


def test_tls_13() -> None:
    handshake = Handshake("t")
    say(handshake, (True, 1, client_hello()))
    assert not handshake.encrypts_data()
    answer = server_hello(extension(43, b"\x03\x04"), extension(51, b"\0\x1d\0\1x"), cipher=0x1301)
    say(handshake, (False, 2, answer))
    assert handshake.encrypts_data()
    handshake.ciphertext(False)
    handshake.ciphertext(True)
    found = handshake.record(IDS)
    assert (found.version, found.cipher, found.curve) == ("TLSv13", "TLS_AES_128_GCM_SHA256", "x25519")
    assert (found.established, found.ssl_history) == (True, "Cs")
    assert found.cert_chain_fps is None


def test_a_server_may_ask_for_another_hello() -> None:
    retry = server_hello(extension(43, b"\x03\x04"), extension(51, b"\0\x17"), random=RETRY, cipher=0x1301)
    found = record((True, 1, client_hello(sni(b"a"))), (False, 2, retry), (True, 1, client_hello(sni(b"a"))))
    assert (found.ssl_history, found.curve, found.ja3s) == ("CjC", "secp256r1", None)


def test_who_answers_may_be_the_client() -> None:
    found = record((False, 1, client_hello(sni(b"a"))), (True, 2, server_hello()), (True, 11, certificates(CAMERA)))
    assert found.ssl_history == "^Csx"
    assert found.cert_chain_fps
    alone = record((True, 2, server_hello()))
    assert alone.ssl_history == "^s", "the first that is seen is the answer"


def test_alerts_are_told_and_the_last_one_kept() -> None:
    handshake = Handshake("t")
    say(handshake, (True, 1, client_hello()))
    handshake.alert(5.0, False, b"\1\x70\2\x28")
    found = handshake.record(IDS)
    assert (found.ssl_history, found.last_alert, found.established) == ("Cll", "handshake_failure", False)


def test_a_heartbeat_in_the_clear() -> None:
    handshake = Handshake("t")
    say(handshake, (True, 1, client_hello()))
    handshake.heartbeat(5.0, True)
    assert handshake.record(IDS).ssl_history == "CB"


def test_sslv2() -> None:
    handshake = Handshake("t")
    handshake.v2_message(5.0, True, b"\x01\x00\x02\x00\x03\x00\x00\x00\x10\x07\x00\xc0" + bytes(16))
    answer = b"\x04\x00\x01\x00\x02" + len(CAMERA).to_bytes(2, "big") + b"\x00\x03\x00\x10" + CAMERA + b"\x07\x00\xc0"
    handshake.v2_message(5.0, False, answer + bytes(16))
    assert not handshake.established
    handshake.v2_message(5.0, True, b"\x02")
    found = handshake.record(IDS)
    assert (found.version, found.cipher) == ("SSLv2", "SSLv20_CK_DES_192_EDE3_CBC_WITH_MD5")
    assert (found.ssl_history, found.established, found.subject) == ("Cs", True, "CN=cam.example,O=Maker")


def test_dtls_has_a_fingerprint_of_its_own() -> None:
    found = record(
        (True, 1, client_hello(version=0xFEFD, cookie=b"")), (True, 1, client_hello(cookie=b"c")), transport="d"
    )
    assert found.ja4 is not None
    assert found.ja4.startswith("dd2i")


def test_the_history_is_bounded() -> None:
    found = record((True, 1, client_hello()), *[(False, 14, b"")] * 500)
    assert found.ssl_history is not None
    assert len(found.ssl_history) == MAX_HISTORY


def test_host_names_are_bounded_but_all_compared() -> None:
    many = certificate(name(attribute(CN, b"x")), names=[b"%d.example" % number for number in range(200)])
    found = record((True, 1, client_hello(sni(b"150.example"))), (False, 11, certificates(many)))
    assert found.san_dns is not None
    assert len(found.san_dns) == MAX_SAN
    assert found.sni_matches_cert


def test_what_cannot_be_read_is_no_hello() -> None:
    handshake = Handshake("t")
    say(handshake, (True, 1, b"short"), (False, 2, b"short"), (False, 11, b""), (False, 12, b""), (False, 99, b""))
    assert not handshake.seen_hello
    assert handshake.record(IDS).ssl_history == "Csxkz"


@given(st.lists(st.tuples(st.booleans(), st.sampled_from([1, 2, 6, 11, 12, 14, 16, 20, 77]), st.binary(max_size=99))))
def test_any_messages_make_a_record(steps: list[tuple[bool, int, bytes]]) -> None:
    for transport in ("t", "d"):
        handshake = Handshake(transport)
        say(handshake, *steps)
        for is_orig, _, body in steps:
            handshake.v2_message(5.0, is_orig, body)
            handshake.alert(5.0, is_orig, body)
        handshake.record(IDS)


@pytest.mark.parametrize("version", [0x0301, 0x0303])
def test_application_data_of_old_versions_is_not_taken_for_encrypted(version: int) -> None:
    handshake = Handshake("t")
    say(handshake, (True, 1, client_hello()), (False, 2, server_hello(version=version)))
    assert not handshake.encrypts_data()
