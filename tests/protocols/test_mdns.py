import struct

from hypothesis import given
from hypothesis import strategies as st

from botwarden.core.address import ip_halves
from botwarden.protocols.mdns import ServiceInstance, parse_announcement
from captures import ip_bytes

A, PTR, TXT, AAAA, SRV = 1, 12, 16, 28, 33
SENDER = ip_halves("192.168.0.9")
TV = ("Living Room TV", "_googlecast", "_tcp", "local")
SERVICE = TV[1:]
HOST = ("tv", "local")


def wire(labels: tuple[str, ...]) -> bytes:
    return b"".join(bytes([len(label.encode())]) + label.encode() for label in labels) + b"\0"


def record(owner: tuple[str, ...], rtype: int, rdata: bytes, *, ttl: int = 120) -> bytes:
    return wire(owner) + struct.pack(">HHIH", rtype, 0x8001, ttl, len(rdata)) + rdata


def address(host: tuple[str, ...], ip: str, *, ttl: int = 120) -> bytes:
    return record(host, AAAA if ":" in ip else A, ip_bytes(ip), ttl=ttl)


def srv(instance: tuple[str, ...], host: tuple[str, ...]) -> bytes:
    return record(instance, SRV, struct.pack(">HHH", 0, 0, 8009) + wire(host))


def txt(instance: tuple[str, ...], *strings: bytes) -> bytes:
    return record(instance, TXT, b"".join(bytes([len(string)]) + string for string in strings))


def response(*answers: bytes, additionals: tuple[bytes, ...] = (), flags: int = 0x8400) -> bytes:
    head = struct.pack(">HHHHHH", 0, flags, 0, len(answers), 0, len(additionals))
    return head + b"".join(answers + additionals)


def test_reads_host_service_and_text() -> None:
    found = parse_announcement(
        response(
            record(SERVICE, PTR, wire(TV)),
            additionals=(
                srv(TV, HOST),
                txt(TV, b"id=1", b"FN=Living Room", b"md=Chromecast", b"fn=Second"),
                address(HOST, "192.168.0.9"),
                address(HOST, "fe80::9"),
            ),
        ),
        SENDER,
    )
    assert found is not None
    assert found.hosts == ("tv",)
    assert found.instances == (ServiceInstance("Living Room TV", "_googlecast._tcp"),)
    assert found.friendly_name == "Living Room", "keys ignore case and the first of a key counts"
    assert found.model == "Chromecast"


def test_hosts_at_other_addresses_are_not_the_sender() -> None:
    printer = ("printer", "local")
    queue = ("Office", "_ipp", "_tcp", "local")
    reflected = response(address(printer, "192.168.1.7"), srv(queue, printer), txt(queue, b"md=LaserJet"))
    assert parse_announcement(reflected, SENDER) is None
    mixed = parse_announcement(
        response(address(printer, "192.168.1.7"), srv(queue, printer), address(HOST, "192.168.0.9"), srv(TV, HOST)),
        SENDER,
    )
    assert mixed is not None
    assert mixed.hosts == ("tv",)
    assert [instance.name for instance in mixed.instances] == ["Living Room TV"]
    assert mixed.model is None


def test_over_ipv6_a_host_may_tell_its_ipv4_address_only() -> None:
    found = parse_announcement(response(address(HOST, "192.168.0.9")), ip_halves("fe80::9"))
    assert found is not None
    assert found.hosts == ("tv",)


def test_queries_and_what_is_taken_back_say_nothing() -> None:
    assert parse_announcement(response(address(HOST, "192.168.0.9"), flags=0), SENDER) is None
    assert parse_announcement(response(address(HOST, "192.168.0.9", ttl=0)), SENDER) is None
    assert parse_announcement(response(), SENDER) is None
    assert parse_announcement(b"\0\0\x84", SENDER) is None


def test_service_types_and_reverse_names_are_no_instances() -> None:
    types = record(("_services", "_dns-sd", "_udp", "local"), PTR, wire(SERVICE))
    reverse = record(("9", "0", "168", "192", "in-addr", "arpa"), PTR, wire(HOST))
    assert parse_announcement(response(types, reverse), SENDER) is None


def test_an_instance_without_a_host_record_counts() -> None:
    hue = ("Philips hue - 2476FF", "_hap", "_tcp", "local")
    found = parse_announcement(response(txt(hue, b"md=BSB002")), SENDER)
    assert found is not None
    assert [instance.name for instance in found.instances] == ["Philips hue - 2476FF"]
    assert found.model == "BSB002"


def test_names_outside_local_are_no_host_names() -> None:
    assert parse_announcement(response(address(("www", "example", "org"), "192.168.0.9")), SENDER) is None


@given(st.binary(max_size=300))
def test_any_bytes_give_an_announcement_or_none(data: bytes) -> None:
    found = parse_announcement(b"\0\0\x84\0" + data, SENDER)
    assert found is None or found.hosts or found.instances or found.friendly_name or found.model
    parse_announcement(data, SENDER)


@given(st.data())
def test_damaged_announcements_never_raise(data: st.DataObject) -> None:
    whole = bytearray(
        response(record(SERVICE, PTR, wire(TV)), srv(TV, HOST), txt(TV, b"fn=x"), address(HOST, "192.168.0.9"))
    )
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(2, len(whole) - 1))] = data.draw(st.integers(0, 255))
    found = parse_announcement(bytes(whole), SENDER)
    assert found is None or len(found.instances) <= 3, "one per record"
