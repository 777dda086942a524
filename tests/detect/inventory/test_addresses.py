import tracemalloc

from botwarden.core.address import mac_value
from botwarden.detect.inventory.addresses import MAX_ADDRESSES, MAX_OWNERS, MAX_PAIRS, AddressBook, Use
from captures import arp_frame, batch_of, tcp_frame, udp_frame

A, B = mac_value("02:00:00:00:00:0a"), mac_value("02:00:00:00:00:0b")
A_TEXT, B_TEXT, ROUTER = "02:00:00:00:00:0a", "02:00:00:00:00:0b", "02:00:00:00:00:01"


def is_local(ip: str) -> bool:
    return ip.startswith(("192.168.", "10.", "fe80:"))


def test_an_address_goes_from_one_device_to_another() -> None:
    book = AddressBook(is_local)
    book.note("192.168.0.9", A, 100.0)
    book.note("192.168.0.9", A, 200.0)
    book.note("192.168.0.9", B, 300.0)
    assert [book.mac("192.168.0.9", ts) for ts in (50.0, 100.0, 250.0, 300.0, 999.0)] == [A, A, A, B, B]
    assert list(book.uses()) == [("192.168.0.9", Use(A, 100.0, 200.0)), ("192.168.0.9", Use(B, 300.0, 300.0))]


def test_what_nobody_local_has() -> None:
    book = AddressBook(is_local)
    for ip, mac in (
        ("198.51.100.7", A),
        ("0.0.0.0", A),
        ("192.168.0.9", 0),
        ("192.168.0.9", mac_value("01:00:5e:00:00:01")),
    ):
        book.note(ip, mac, 1.0)
    assert list(book.uses()) == []
    assert book.mac("192.168.0.9", 1.0) == 0


def test_packets_tell_who_has_what() -> None:
    book = AddressBook(is_local)
    book.observe(
        batch_of(
            [
                (1.0, tcp_frame("192.168.0.10", src_mac=A_TEXT)),
                (2.0, tcp_frame("198.51.100.7", src_mac=ROUTER)),
                (3.0, arp_frame(1, sender_mac=B_TEXT, sender_ip="192.168.0.11")),
                (4.0, udp_frame("fe80::1", 5353, "ff02::fb", 5353, src_mac=A_TEXT)),
                (9.0, tcp_frame("192.168.0.10", src_mac=A_TEXT)),
            ]
        )
    )
    assert {ip: (use.mac, use.first_ts, use.last_ts) for ip, use in book.uses()} == {
        "192.168.0.10": (A, 1.0, 9.0),
        "192.168.0.11": (B, 3.0, 3.0),
        "fe80::1": (A, 4.0, 4.0),
    }


def test_packets_without_macs_tell_nothing() -> None:
    book = AddressBook(is_local)
    book.observe(batch_of([(1.0, tcp_frame()[14:])], link_type=101))
    assert list(book.uses()) == []


def test_of_many_pairs_the_busiest_are_kept() -> None:
    frames = [(n / 1e3, tcp_frame(f"10.{n >> 8}.{n & 255}.9", src_mac=ROUTER)) for n in range(2 * MAX_PAIRS)]
    frames += [(5.0 + n, tcp_frame("192.168.0.10", src_mac=A_TEXT)) for n in range(3)]
    book = AddressBook(is_local)
    book.observe(batch_of(frames))
    assert book.mac("192.168.0.10", 9.0) == A
    assert len(list(book.uses())) == MAX_PAIRS


def test_forged_addresses_do_not_push_out_who_goes_on_talking() -> None:
    book = AddressBook(is_local)
    tracemalloc.start()
    for n in range(3 * MAX_ADDRESSES):
        book.note(f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}", B, n)
        if n % 1000 == 0:
            book.note("192.168.0.10", A, n)
    assert book.mac("192.168.0.10", 1e9) == A
    assert len(list(book.uses())) == MAX_ADDRESSES
    assert tracemalloc.get_traced_memory()[0] < 8e6
    tracemalloc.stop()


def test_owners_of_an_address_are_bounded() -> None:
    book = AddressBook(is_local)
    for n in range(50):
        book.note("192.168.0.10", A + n % 20, float(n))
    assert len(list(book.uses())) == MAX_OWNERS
    assert book.mac("192.168.0.10", 49.0) == A + 9
