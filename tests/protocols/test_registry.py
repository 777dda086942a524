from botwarden.protocols.registry import ANALYZERS


def test_names_are_distinct() -> None:
    assert len({kind.name for kind in ANALYZERS}) == len(ANALYZERS)


def test_each_is_tried_somewhere_or_waited_for() -> None:
    unreachable = [kind.name for kind in ANALYZERS if not kind.tcp_ports and not kind.udp_ports]
    assert set(unreachable) <= {"ftp-data", "irc-dcc-data"}


def test_random_bytes_are_nobodys() -> None:
    junk = bytes(range(1, 9)) * 8
    for kind in ANALYZERS:
        for proto in ("tcp", "udp"):
            assert not kind.matches(junk, True, proto), kind.name


def test_nothing_said_decides_nothing() -> None:
    for kind in ANALYZERS:
        assert not kind.matches(b"", True, "tcp"), kind.name
