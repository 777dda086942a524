import struct

from hypothesis import given
from hypothesis import strategies as st

from botwarden.core.address import mac_value
from botwarden.protocols.dhcp import ACK, DISCOVER, MAX_OPTIONS, MAX_VALUE, REQUEST, parse_dhcp
from captures import ip_bytes, mac_bytes

MAC = "00:50:c2:12:34:ab"


def option(code: int, value: bytes) -> bytes:
    return bytes([code, len(value)]) + value


def dhcp(
    *options: bytes,
    op: int = 1,
    mac: str = MAC,
    assigned: str = "0.0.0.0",
    hlen: int = 6,
    file: bytes = b"",
    sname: bytes = b"",
) -> bytes:
    """A DHCP message (RFC 2131, 2)."""
    head = struct.pack(">BBBBIHH", op, 1, hlen, 0, 0x1234, 0, 0) + bytes(4) + ip_bytes(assigned) + bytes(8)
    names = sname.ljust(64, b"\0") + file.ljust(128, b"\0")
    return head + mac_bytes(mac).ljust(16, b"\0") + names + b"\x63\x82\x53\x63" + b"".join(options) + b"\xff"


def test_reads_what_a_client_says_of_itself() -> None:
    message = parse_dhcp(
        dhcp(
            option(53, bytes([REQUEST])),
            b"\0\0",  # padding
            option(12, b"DCS-935L"),
            option(60, b"udhcp 1.22.1"),
            option(50, ip_bytes("192.168.0.9")),
            option(55, bytes([1, 3, 6, 15])),
            option(81, b"\0\0\0cam.example"),
        )
    )
    assert message is not None
    assert message.from_client
    assert message.msg_type == REQUEST
    assert message.mac == mac_value(MAC)
    assert message.host_name == "DCS-935L"
    assert message.vendor_class == "udhcp 1.22.1"
    assert message.requested_addr == "192.168.0.9"
    assert message.param_list == (1, 3, 6, 15)
    assert message.client_fqdn == "cam.example"
    assert message.assigned_addr is None


def test_reads_the_address_that_a_server_gives() -> None:
    message = parse_dhcp(dhcp(option(53, bytes([ACK])), op=2, assigned="192.168.0.9"))
    assert message is not None
    assert not message.from_client
    assert (message.msg_type, message.assigned_addr) == (ACK, "192.168.0.9")


def test_reads_what_the_log_wants_besides() -> None:
    agent = option(1, b"port 3") + option(2, b"\x13") + option(6, b"sub")
    message = parse_dhcp(
        dhcp(
            option(53, bytes([ACK])),
            option(15, b"example\0"),
            option(51, b"\0\0\x0e\x10"),
            option(56, b"why not"),
            option(61, bytes.fromhex("01020304050607")),
            option(82, agent),
        )
    )
    assert message is not None
    assert (message.xid, message.client_addr, message.relayed) == (0x1234, None, False)
    assert (message.domain, message.lease_time, message.message) == ("example", 3600.0, "why not")
    assert message.client_id == 0x020304050607
    assert (message.circuit_id, message.agent_remote_id, message.subscriber_id) == ("port 3", "\x13", "sub")
    assert message.options == (53, 15, 51, 56, 61, 82)


def test_a_client_identifier_of_another_kind_is_no_mac() -> None:
    for value in (b"", b"\x01", b"\xff\1\2\3\4\5\6", b"\x01\1\2\3\4\5\6\7"):
        message = parse_dhcp(dhcp(option(61, value)))
        assert message is not None
        assert message.client_id == 0


def test_no_option_grows_without_a_limit() -> None:
    message = parse_dhcp(dhcp(*[option(12, b"x" * 255)] * MAX_OPTIONS))
    assert message is not None
    assert len(message.host_name or "") == MAX_VALUE


def test_a_name_may_be_sent_in_dns_format() -> None:
    for value in (b"\3cam\7example\0", b"\3cam\7example"):  # RFC 4702, 3.1: fully qualified or partial
        message = parse_dhcp(dhcp(option(81, b"\4\0\0" + value)))
        assert message is not None
        assert message.client_fqdn == "cam.example"


def test_options_may_go_on_in_the_file_and_server_name_fields() -> None:
    fields = {"file": option(12, b"from-file") + b"\xff", "sname": option(60, b"from-sname") + b"\xff"}
    both = parse_dhcp(dhcp(option(52, b"\3"), **fields))
    one = parse_dhcp(dhcp(option(52, b"\1"), **fields))
    neither = parse_dhcp(dhcp(**fields))
    assert both is not None
    assert one is not None
    assert neither is not None
    assert (both.host_name, both.vendor_class) == ("from-file", "from-sname")
    assert (one.host_name, one.vendor_class) == ("from-file", None)
    assert (neither.host_name, neither.vendor_class) == (None, None)


def test_a_split_option_is_joined() -> None:
    message = parse_dhcp(dhcp(option(12, b"cam"), option(12, b"era")))
    assert message is not None
    assert message.host_name == "camera"


def test_a_broken_option_ends_the_reading_but_keeps_what_came_before() -> None:
    message = parse_dhcp(dhcp(option(53, bytes([DISCOVER])), option(12, b"cam"), b"\x3c\xf0udhcp"))
    assert message is not None
    assert (message.msg_type, message.host_name, message.vendor_class) == (DISCOVER, "cam", None)


def test_reads_a_bounded_number_of_options() -> None:
    message = parse_dhcp(dhcp(*[option(99, b"")] * MAX_OPTIONS, option(12, b"late")))
    assert message is not None
    assert message.host_name is None


def test_other_hardware_has_no_mac() -> None:
    message = parse_dhcp(dhcp(hlen=8))
    assert message is not None
    assert message.mac == 0


def test_what_is_not_dhcp_gives_none() -> None:
    whole = dhcp(option(12, b"cam"))
    assert parse_dhcp(b"") is None
    assert parse_dhcp(whole[:239]) is None
    assert parse_dhcp(whole[:236] + bytes(4) + whole[240:]) is None, "plain BOOTP"
    assert parse_dhcp(b"\3" + whole[1:]) is None, "neither request nor reply"


def test_empty_and_undecodable_names() -> None:
    for value, name in ((b"", None), (b"\0\0", None), (b"cam\0", "cam"), (b"\xffcam", "\\xffcam")):
        message = parse_dhcp(dhcp(option(12, value)))
        assert message is not None
        assert message.host_name == name


@given(st.binary(max_size=400))
def test_any_bytes_give_a_message_or_none(data: bytes) -> None:
    assert parse_dhcp(data) is None or data[236:240] == b"\x63\x82\x53\x63"


@given(st.binary(max_size=200), st.integers(0, 3), st.binary(max_size=128), st.binary(max_size=64))
def test_any_options_give_a_message(options: bytes, overload: int, file: bytes, sname: bytes) -> None:
    message = parse_dhcp(dhcp(option(52, bytes([overload])), options, file=file, sname=sname))
    assert message is not None
    assert message.mac == mac_value(MAC)
