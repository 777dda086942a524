import os
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.core.address import mac_value
from botwarden.core.packet import PacketBatch
from botwarden.protocols.naming import MAX_ADDRESSES, MAX_CHANGES, MAX_PER_BATCH, MAX_PER_SENDER, DeviceNames
from botwarden.wire.capture import CaptureReader
from captures import ip_bytes, pcap, udp_frame

SHARED = Path(os.environ.get("BOTWARDEN_SHARED", Path(__file__).parents[3] / "shared"))
SENTINEL = SHARED / "data" / "iot_sentinel"

CAMERA = "00:50:c2:00:00:01"
SERVER = "00:50:c2:00:00:fe"
ACK = 5


def batch(*frames: bytes) -> PacketBatch:
    (found,) = CaptureReader("test").feed(pcap([(1.7e9 + i, frame) for i, frame in enumerate(frames)]))
    return found


def ask(mac: str, name: bytes | None, *, src_mac: str | None = None, fqdn: bytes = b"") -> bytes:
    """A DHCP REQUEST in an Ethernet frame."""
    options = b"\x35\x01\x03"
    if name is not None:
        options += bytes([12, len(name)]) + name
    if fqdn:
        options += bytes([81, 3 + len(fqdn)]) + bytes(3) + fqdn
    payload = bytes([1, 1, 6]) + bytes(25) + bytes.fromhex(mac.replace(":", "")) + bytes(202)
    payload += b"\x63\x82\x53\x63" + options + b"\xff"
    return udp_frame("0.0.0.0", 68, "255.255.255.255", 67, payload=payload, src_mac=src_mac or mac)


def acknowledge(mac: str, ip: str) -> bytes:
    """The DHCP server's ACK."""
    payload = bytes([2, 1, 6]) + bytes(13) + ip_bytes(ip) + bytes(8) + bytes.fromhex(mac.replace(":", "")) + bytes(202)
    payload += b"\x63\x82\x53\x63" + bytes([0x35, 1, ACK, 0xFF])
    return udp_frame("192.168.0.1", 67, ip, 68, payload=payload, src_mac=SERVER, dst_mac=mac)


def announce(mac: str, *, host: str = "", instance: str = "", text: bytes = b"", ip: str = "192.168.0.9") -> bytes:
    """An mDNS response that gives any of a host name, a service and a TXT string."""
    answers = []
    if host:
        answers.append(_label(host) + b"\x05local\0" + b"\0\1\x80\1\0\0\0\x78\0\4" + ip_bytes(ip))
    if instance:
        owner = _label(instance) + b"\x04_hap\x04_tcp\x05local\0"
        answers.append(owner + b"\0\x10\x80\1\0\0\0\x78" + (len(text) + 1).to_bytes(2, "big") + _label(text.decode()))
    payload = b"\0\0\x84\0\0\0" + bytes([0, len(answers)]) + bytes(4) + b"".join(answers)
    return udp_frame(ip, 5353, "224.0.0.251", 5353, payload=payload, src_mac=mac, dst_mac="01:00:5e:00:00:fb")


def _label(text: str) -> bytes:
    return bytes([len(text.encode())]) + text.encode()


def named(*frames: bytes, mac: str = CAMERA) -> str | None:
    names = DeviceNames()
    for frame in frames:
        names.update(batch(frame))
    return names.name(mac_value(mac))


def test_a_dhcp_host_name_names_the_device() -> None:
    names = DeviceNames()
    names.update(batch(ask(CAMERA, b"DCS-935L")))
    assert names.name(mac_value(CAMERA)) == "DCS-935L"
    assert names.origin(mac_value(CAMERA)) == "dhcp"
    assert names.name(mac_value(SERVER)) is None
    assert names.origin(mac_value(SERVER)) is None


def test_the_full_name_stands_in_for_a_missing_host_name() -> None:
    assert named(ask(CAMERA, None, fqdn=b"cam.example")) == "cam.example"


def test_a_relayed_request_names_the_client() -> None:
    assert named(ask(CAMERA, b"cam", src_mac=SERVER)) == "cam"
    assert named(ask(CAMERA, b"cam", src_mac=SERVER), mac=SERVER) is None


def test_origins_have_an_order_whatever_comes_first() -> None:
    frames = [
        ask(CAMERA, b"from-dhcp"),
        announce(CAMERA, instance="from-instance", text=b"fn=from-fn"),
        announce(CAMERA, host="from-host"),
        announce(CAMERA, instance="from-instance"),
        announce(CAMERA, instance="0" * 32, text=b"md=from-model"),
    ]
    best = ["from-dhcp", "from-fn", "from-host", "from-instance", "from-model"]
    for first, name in enumerate(best):
        assert named(*frames[first:]) == name
        assert named(*reversed(frames[first:])) == name


def test_identifiers_and_stand_ins_are_no_names() -> None:
    uuid = "2f402f80-da50-11e1-9b23-001788247600"
    assert named(announce(CAMERA, host=uuid)) is None
    for name in (b"localhost", b"(none)", b"", b" \t", b"\xff\xff"):
        assert named(ask(CAMERA, name)) is None


def test_the_address_before_an_airplay_name_is_cut_off() -> None:
    assert named(announce(CAMERA, instance="0050C2000001@Kitchen")) == "Kitchen"


def test_names_are_made_fit_to_show() -> None:
    name = named(ask(CAMERA, b"a\x1b[31m\n\0b\xff" + "\u202e".encode() + b"c" * 200))
    assert name is not None
    assert name.isprintable()
    assert len(name) == 64
    assert name.startswith("a\ufffd[31m")


def test_a_device_is_renamed_only_so_often() -> None:
    frames = [ask(CAMERA, b"name-%d" % i) for i in range(3 * MAX_CHANGES)]
    assert named(*frames[:3]) == "name-2"
    assert named(*frames) == f"name-{MAX_CHANGES}"


def test_of_several_mdns_hosts_the_first_stays() -> None:
    assert named(announce(CAMERA, host="iotcam"), announce(CAMERA, host="dcs-935l")) == "iotcam"


def test_remembers_a_bounded_number_of_devices_and_addresses() -> None:
    names = DeviceNames(max_devices=2)
    macs = [f"00:50:c2:00:00:{i:02x}" for i in range(4)]
    names.update(batch(*[ask(mac, b"cam") for mac in macs]))
    assert [names.name(mac_value(mac)) for mac in macs] == ["cam", "cam", None, None]
    for i in range(2 * MAX_ADDRESSES):
        names.update(batch(acknowledge(macs[0], f"192.168.0.{i}"), acknowledge(macs[3], "192.168.0.77")))
    latest = range(MAX_ADDRESSES, 2 * MAX_ADDRESSES)
    assert names.addresses(mac_value(macs[0])) == tuple(f"192.168.0.{i}" for i in latest)
    assert names.addresses(mac_value(macs[3])) == ()


def test_learns_the_address_that_a_server_gives() -> None:
    names = DeviceNames()
    given = [acknowledge(CAMERA, ip) for ip in ("192.168.0.9", "192.168.0.8", "192.168.0.9")]
    names.update(batch(*given))
    assert names.addresses(mac_value(CAMERA)) == ("192.168.0.8", "192.168.0.9"), "each once, the latest last"
    assert names.name(mac_value(CAMERA)) is None


def test_group_addresses_and_unknown_senders_are_no_devices() -> None:
    for mac in ("ff:ff:ff:ff:ff:ff", "00:00:00:00:00:00"):
        assert named(ask(mac, b"cam"), announce(mac, host="cam"), mac=mac) is None


def test_other_ports_and_cut_packets_are_passed_over() -> None:
    frame = ask(CAMERA, b"cam")
    other = udp_frame(sport=5000, dport=67, payload=frame[42:], src_mac=CAMERA)
    cut = pcap([(1.0, frame[:100], len(frame)), (2.0, frame[:287], len(frame))])
    (cut_batch,) = CaptureReader("test").feed(cut)
    names = DeviceNames()
    names.update(batch(other))
    names.update(cut_batch)
    names.update(cut_batch[0:0])
    assert names.name(mac_value(CAMERA)) is None


def test_a_flood_is_not_parsed_and_hides_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """One sender's thousands of requests, then forged senders': the quiet device between them is still heard."""
    parsed: Counter[int] = Counter()
    hear = DeviceNames._hear_dhcp

    def counting(self: DeviceNames, payload: bytes) -> None:
        parsed[int.from_bytes(payload[28:34], "big")] += 1
        hear(self, payload)

    monkeypatch.setattr(DeviceNames, "_hear_dhcp", counting)
    names = DeviceNames()
    noise = [ask(SERVER, b"noise")] * 3000
    names.update(batch(*noise, ask(CAMERA, b"quiet"), *noise))
    assert names.name(mac_value(CAMERA)) == "quiet"
    assert parsed == {mac_value(SERVER): MAX_PER_SENDER, mac_value(CAMERA): 1}
    parsed.clear()
    names.update(batch(*[ask(f"00:50:c2:01:{i >> 8:02x}:{i & 255:02x}", b"forged") for i in range(3000)]))
    assert parsed.total() == MAX_PER_BATCH


def test_updating_is_the_same_in_one_batch_or_many() -> None:
    frames = [
        ask(CAMERA, b"cam"),
        announce(SERVER, host="server", ip="192.168.0.1"),
        acknowledge(CAMERA, "192.168.0.9"),
        ask(CAMERA, b"camera"),
    ]
    together, apart = DeviceNames(), DeviceNames()
    together.update(batch(*frames))
    for i in range(len(frames)):
        apart.update(batch(*frames)[i : i + 1])
    for mac in (CAMERA, SERVER):
        assert together.name(mac_value(mac)) == apart.name(mac_value(mac)) is not None
        assert together.addresses(mac_value(mac)) == apart.addresses(mac_value(mac))


@given(st.lists(st.tuples(st.sampled_from([(68, 67), (67, 68), (5353, 5353)]), st.binary(max_size=300)), max_size=40))
def test_any_payload_on_the_ports_gives_names_fit_to_show(payloads: list[tuple[tuple[int, int], bytes]]) -> None:
    frames = [udp_frame(sport=s, dport=d, payload=payload, src_mac=CAMERA) for (s, d), payload in payloads]
    names = DeviceNames()
    names.update(batch(*frames, ask(SERVER, b"end")))
    name = names.name(mac_value(CAMERA))
    assert name is None or (name.isprintable() and 0 < len(name) <= 64)
    assert names.name(mac_value(SERVER)) == "end"


@given(st.data())
def test_damaged_messages_give_names_fit_to_show(data: st.DataObject) -> None:
    frame = bytearray(
        data.draw(st.sampled_from([ask(CAMERA, b"camera"), announce(CAMERA, instance="cam", text=b"fn=x")]))
    )
    for _ in range(data.draw(st.integers(1, 8))):
        frame[data.draw(st.integers(42, len(frame) - 1))] = data.draw(st.integers(0, 255))
    names = DeviceNames()
    names.update(batch(bytes(frame)))
    for entry in names._entries.values():
        assert entry.name is None or (entry.name.isprintable() and 0 < len(entry.name) <= 64)


def test_the_batch_is_left_as_it_was() -> None:
    packets = batch(ask(CAMERA, b"cam"))
    before = packets.packets.copy(), packets.buffer.copy()
    DeviceNames().update(packets)
    assert (packets.packets == before[0]).all()
    assert np.array_equal(packets.buffer, before[1])


@pytest.mark.skipif(not SENTINEL.is_dir(), reason="the IoT Sentinel captures are not here")
@pytest.mark.parametrize(
    ("folder", "name", "origin"),
    [
        ("D-LinkCam", "DCS-935L", "dhcp"),
        ("D-LinkHomeHub", "DCH-G020", "dhcp"),
        ("HueBridge", "Philips-hue", "dhcp"),
        ("HueSwitch", "Philips hue - 2476FF", "mdns.instance"),
        ("TP-LinkPlugHS100", "HS100(EU)", "dhcp"),
        ("MAXGateway", "KEQ0817541", "dhcp"),
        ("iKettle2", "ESP_06D902", "dhcp"),
        ("WeMoLink", None, None),
    ],
)
def test_real_devices_name_themselves(folder: str, name: str | None, origin: str | None) -> None:
    names = DeviceNames()
    for path in sorted((SENTINEL / folder).glob("*.pcap")):
        for packets in CaptureReader(path.name).feed(path.read_bytes()):
            names.update(packets)
    mac = mac_value((SENTINEL / folder / "device_mac.txt").read_text())
    assert (names.name(mac), names.origin(mac)) == (name, origin)


PROTOCOLS = SHARED / "data" / "protocols"


@pytest.mark.skipif(not PROTOCOLS.is_dir(), reason="the protocol captures are not here")
def test_real_and_fuzzed_dhcp_is_read() -> None:
    names = DeviceNames()
    for path in [*sorted((PROTOCOLS / "zeek" / "dhcp").iterdir()), PROTOCOLS / "ndpi" / "dhcp-fuzz.pcapng"]:
        for packets in CaptureReader(path.name).feed(path.read_bytes()):
            names.update(packets)
    assert {entry.name for entry in names._entries.values()} >= {"MK03862", "btest.is.cool"}
