import pytest

from botwarden.protocols.tls_names import (
    CIPHERS,
    GREASE,
    GROUPS,
    alert_name,
    cipher_name,
    group_name,
    version_name,
)


@pytest.mark.parametrize(
    ("number", "name"),
    [  # first, last and a middle one of runs and families: a shifted table would show
        (0x0000, "TLS_NULL_WITH_NULL_NULL"),
        (0x001B, "TLS_DH_ANON_WITH_3DES_EDE_CBC_SHA"),
        (0x001C, "SSL_FORTEZZA_KEA_WITH_NULL_SHA"),
        (0x002F, "TLS_RSA_WITH_AES_128_CBC_SHA"),
        (0x0046, "TLS_DH_ANON_WITH_CAMELLIA_128_CBC_SHA"),
        (0x0066, "TLS_DHE_DSS_WITH_RC4_128_SHA"),
        (0x0084, "TLS_RSA_WITH_CAMELLIA_256_CBC_SHA"),
        (0x009B, "TLS_DH_ANON_WITH_SEED_CBC_SHA"),
        (0x009C, "TLS_RSA_WITH_AES_128_GCM_SHA256"),
        (0x00AD, "TLS_RSA_PSK_WITH_AES_256_GCM_SHA384"),
        (0x00AE, "TLS_PSK_WITH_AES_128_CBC_SHA256"),
        (0x00C7, "TLS_SM4_CCM_SM3"),
        (0x1303, "TLS_CHACHA20_POLY1305_SHA256"),
        (0xC013, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"),
        (0xC022, "TLS_SRP_SHA_DSS_WITH_AES_256_CBC_SHA"),
        (0xC02F, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
        (0xC03B, "TLS_ECDHE_PSK_WITH_NULL_SHA384"),
        (0xC04F, "TLS_ECDH_RSA_WITH_ARIA_256_CBC_SHA384"),
        (0xC08D, "TLS_ECDH_RSA_WITH_CAMELLIA_256_GCM_SHA384"),
        (0xC09B, "TLS_ECDHE_PSK_WITH_CAMELLIA_256_CBC_SHA384"),
        (0xC0AF, "TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8"),
        (0xCCA8, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"),
        (0x0700C0, "SSLv20_CK_DES_192_EDE3_CBC_WITH_MD5"),
    ],
)
def test_cipher_suites_have_their_names(number: int, name: str) -> None:
    assert cipher_name(number) == name


def test_names_are_not_used_twice() -> None:
    assert len(set(CIPHERS.values())) == len(CIPHERS) > 380
    assert len(set(GROUPS.values())) == len(GROUPS)


def test_groups_have_their_names() -> None:
    assert [group_name(number) for number in (23, 29, 256, 4588)] == [
        "secp256r1", "x25519", "ffdhe2048", "X25519MLKEM768",
    ]  # fmt: skip
    assert group_name(0x2A2A) == "grease_0x2A2A"


def test_versions_have_their_names() -> None:
    assert version_name(0x0304) == "TLSv13"
    assert version_name(0x7F17) == "TLSv13-draft23"
    assert version_name(0xFEFD) == "DTLSv12"


def test_alerts_have_their_names() -> None:
    assert alert_name(48) == "unknown_ca"


def test_what_is_unknown_is_told_by_number() -> None:
    assert cipher_name(0x9999) == "unknown-39321"
    assert (version_name(0xFB1A), group_name(9999), alert_name(200)) == ("unknown-64282", "unknown-9999", "unknown-200")


def test_grease_values_are_those_of_rfc_8701() -> None:
    assert {0x0A0A, 0x1A1A, 0xFAFA} <= GREASE
    assert len(GREASE) == 16
