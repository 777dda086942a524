import pytest

from botwarden.stores.logs.community import community_id


@pytest.mark.parametrize(
    ("transport", "source", "sport", "destination", "dport", "expected"),
    [  # the first three are the specification's own
        ("tcp", "128.232.110.120", 34855, "66.35.250.204", 80, "1:LQU9qZlK+B5F3KDmev6m5PMibrg="),
        ("udp", "192.168.1.52", 54585, "8.8.8.8", 53, "1:d/FP5EW3wiY1vCndhwleRRKHowQ="),
        ("icmp", "192.168.0.89", 8, "192.168.0.1", 0, "1:X0snYXpgwiv9TZtqg64sgzUn6Dk="),
    ],
)
def test_known_conversations(
    transport: str, source: str, sport: int, destination: str, dport: int, expected: str
) -> None:
    assert community_id(transport, source, sport, destination, dport) == expected
    assert community_id(transport, destination, dport, source, sport) == expected


def test_icmp_that_nobody_answers_has_a_direction() -> None:
    there, back = (
        community_id("icmp", "10.0.0.1", 3, "10.0.0.2", 1),
        community_id("icmp", "10.0.0.2", 3, "10.0.0.1", 1),
    )
    assert there != back


def test_icmp_over_ipv6_is_another_protocol() -> None:
    assert community_id("icmp", "fe80::1", 135, "fe80::2", 136) == community_id("icmp6", "fe80::1", 135, "fe80::2", 136)


@pytest.mark.parametrize(("source", "port"), [("nobody", 1), ("10.0.0.1", -1), ("10.0.0.1", 65536)])
def test_what_is_no_end_has_none(source: str, port: int) -> None:
    assert community_id("tcp", source, port, "10.0.0.2", 80) is None
    assert community_id("unknown_transport", "10.0.0.1", 1, "10.0.0.2", 2) is None
