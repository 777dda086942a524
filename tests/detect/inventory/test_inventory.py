import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import botwarden
from botwarden.core.device import Device, DhcpFingerprint, HostName
from botwarden.core.record import Record
from botwarden.core.records.conn import ConnRecord
from botwarden.core.records.dhcp import DhcpRecord
from botwarden.core.records.dns import DnsRecord
from botwarden.core.records.http import HttpRecord
from botwarden.core.records.mqtt import MqttRecord
from botwarden.core.records.ntp import NtpRecord
from botwarden.core.records.ssdp import SsdpRecord, UpnpRecord
from botwarden.core.records.ssh import SshRecord
from botwarden.core.records.ssl import SslRecord
from botwarden.core.records.telnet import TelnetRecord
from botwarden.detect.inventory.inventory import MAX_PROFILES, Inventory
from captures import batch_of, tcp_frame

SHARED = Path(os.environ.get("BOTWARDEN_SHARED", Path(__file__).parents[4] / "shared"))
SENTINEL = SHARED / "data" / "iot_sentinel"
CAM, PHONE, CLOUD, ROUTER = "192.168.0.10", "192.168.0.20", "198.51.100.7", "192.168.0.1"
CAM_MAC, PHONE_MAC, ROUTER_MAC = "44:19:b6:00:00:0a", "02:00:00:00:00:14", "50:c7:bf:00:00:01"


def is_local(ip: str) -> bool:
    return ip.startswith("192.168.")


def ends(orig: str, orig_p: int, resp: str, resp_p: int, ts: float = 100.0) -> dict[str, Any]:
    return {"ts": ts, "uid": "C1", "orig_h": orig, "orig_p": orig_p, "resp_h": resp, "resp_p": resp_p}


def device(mac: str | None = CAM_MAC, *ips: str) -> Device:
    return Device(mac=mac, ips=list(ips or (CAM,)), first_ts=1.0, last_ts=2.0)


def told(*records: Record, of: Device | None = None, frames: bool = True) -> Device:
    """What the inventory knows of a device (the camera) after some records."""
    inventory = Inventory(is_local)
    if frames:
        macs = {CAM: CAM_MAC, PHONE: PHONE_MAC, ROUTER: ROUTER_MAC}
        inventory.observe(batch_of([(50.0, tcp_frame(ip, src_mac=mac)) for ip, mac in macs.items()]))
    for record in records:
        inventory.update(record)
    found = of or device()
    inventory.describe([found])
    return found


def conn(orig: str, resp: str, port: int, **fields: Any) -> ConnRecord:
    settings = {"proto": "tcp", "conn_state": "SF", "history": "ShADadFf", "service": "http"} | fields
    return ConnRecord(**ends(orig, 40_000, resp, port, settings.pop("ts", 100.0)), **settings)


def test_services_that_answered() -> None:
    found = told(
        conn(PHONE, CAM, 80, ts=120.0),
        conn(CLOUD, CAM, 554, service="rtsp", ts=110.0),
        conn(PHONE, CAM, 23, conn_state="REJ", history="Sr"),
        conn(PHONE, CAM, 22, conn_state="S0", history="S"),
        conn(CLOUD, CAM, 51_000, conn_state="RSTR", history="DFr"),
        conn(PHONE, CAM, 161, proto="udp", history="Dd", resp_bytes=40, service=None),
        conn(PHONE, CAM, 162, proto="udp", history="D", conn_state="S0"),
        conn(CAM, CLOUD, 443),
    )
    assert [(s.proto, s.port, s.name, s.answered) for s in found.services] == [
        ("tcp", 80, "http", True),
        ("udp", 161, None, True),
        ("tcp", 554, "rtsp", True),
    ]
    assert found.services[0].first_ts == 120.0


def test_dhcp() -> None:
    found = told(
        DhcpRecord(
            ts=100.0,
            mac=CAM_MAC,
            host_name="DCS-935L",
            client_fqdn="cam.lan",
            assigned_addr="192.168.0.33",
            server_addr=ROUTER,
            vendor_class="udhcp 1.22.1",
            param_list=(1, 3, 6),
        ),
        conn(PHONE, "192.168.0.33", 80),
    )
    assert found.host_names == [HostName(name="DCS-935L", origin="DHCP"), HostName(name="cam.lan", origin="DHCP")]
    assert found.dhcp == DhcpFingerprint(params=[1, 3, 6], vendor_class="udhcp 1.22.1")
    assert (found.name, found.model) == ("DCS-935L", "DCS-935L")
    assert [use.address for use in found.addresses] == [CAM, "192.168.0.33"]
    assert [service.port for service in found.services] == [80]
    assert found.guess
    assert found.guess.type == "camera"


def test_whoever_hands_out_addresses_is_likely_a_router() -> None:
    lease = DhcpRecord(ts=100.0, mac=CAM_MAC, assigned_addr=CAM, server_addr=ROUTER)
    found = told(lease, of=device(ROUTER_MAC, ROUTER))
    assert found.guess
    assert (found.guess.type, found.guess.evidence) == ("router", ["is the network's DHCP server"])


def test_domains() -> None:
    def query(name: str, port: int = 53) -> DnsRecord:
        return DnsRecord(**ends(CAM, 40_000, ROUTER, port), proto="udp", query=name)

    found = told(
        query("a.example.org"),
        query("b.example.org"),
        query("b.example.org"),
        query("9.0.168.192.in-addr.arpa"),
        query("printer.local"),
        query("wpad"),
        query("other", 5355),
        HttpRecord(**ends(CAM, 40_000, CLOUD, 80), trans_depth=1, host="c.example.org:8080", user_agent="cam/1.0"),
        HttpRecord(**ends(CAM, 40_000, CLOUD, 80), trans_depth=1, host="198.51.100.7"),
        SslRecord(**ends(CAM, 40_000, CLOUD, 443), server_name="d.example.org", ja4="t12d", ja3="abc"),
    )
    assert found.domains == ["b.example.org", "a.example.org", "c.example.org", "d.example.org"]
    assert (found.user_agents, found.ja4, found.ja3) == (["cam/1.0"], ["t12d"], ["abc"])


def test_banners_are_the_servers() -> None:
    found = told(
        HttpRecord(**ends(PHONE, 40_000, CAM, 80), trans_depth=1, server="lighttpd", uri="/onvif/device?x=1"),
        SshRecord(**ends(PHONE, 40_000, CAM, 22), server="SSH-2.0-dropbear", client="SSH-2.0-OpenSSH"),
        TelnetRecord(**ends(PHONE, 40_000, CAM, 23), banner="(none) login:"),
        SslRecord(**ends(PHONE, 40_000, CAM, 443), subject="CN=device", ja4="phone's"),
        HttpRecord(**ends(CAM, 40_000, CLOUD, 80), trans_depth=1, server="nginx"),
    )
    assert found.banners == ["lighttpd", "SSH-2.0-dropbear", "(none) login:", "CN=device"]
    assert found.ja4 == []
    assert found.guess
    assert found.guess.evidence == ["is asked for /onvif/device"]


def test_mdns() -> None:
    def said(query: str, *answers: str) -> DnsRecord:
        return DnsRecord(**ends(CAM, 5353, "224.0.0.251", 5353), proto="udp", query=query, answers=answers or None)

    found = told(
        said("_googlecast._tcp.local"),
        said(
            "_hap._tcp.local",
            "front door._hap._tcp.local",
            "TXT 4 c#=1 TXT 9 md=BSB002 TXT 8 fn=Kitchen lamp",
            "front-door.local",
            "192.168.0.10",
        ),
        said("_services._dns-sd._udp.local", "_http._tcp.local"),
    )
    assert [name.name for name in found.host_names] == ["front door", "Kitchen lamp", "front-door"]
    assert found.model == "BSB002"
    assert found.guess
    assert found.guess.type == "hub"


def test_mdns_answers_without_txt_and_others_questions_name_nothing() -> None:
    record = DnsRecord(**ends(CAM, 5353, "224.0.0.251", 5353), proto="udp", query="someone-else.local")
    assert told(record).host_names == []


def test_netbios() -> None:
    def name(opcode: int) -> DnsRecord:
        return DnsRecord(
            **ends(CAM, 137, "192.168.0.255", 137), proto="udp", query="CAMERA", qtype_name="NB", opcode=opcode
        )

    assert told(name(0)).host_names == []
    assert told(name(5)).host_names == [HostName(name="CAMERA", origin="NetBIOS")]


def test_ssdp() -> None:
    found = told(
        SsdpRecord(
            **ends(CAM, 1900, "239.255.255.250", 1900),
            method="NOTIFY",
            target="urn:Belkin:device:insight:1",
            usn="uuid:x::urn:Belkin:device:insight:1",
            location=f"http://{CAM}:49153/setup.xml",
            server="Unspecified, UPnP/1.0, Unspecified",
        ),
        SsdpRecord(
            **ends(CAM, 1900, "239.255.255.250", 1900),
            method="NOTIFY",
            target="urn:acme:device:gone:1",
            nts="ssdp:byebye",
        ),
        SsdpRecord(**ends(CAM, 1900, "239.255.255.250", 1900), method="NOTIFY", location="http://192.168.0.99:99999/x"),
        SsdpRecord(**ends(PHONE, 50_000, "239.255.255.250", 1900), method="M-SEARCH", user_agent="Android UPnP"),
    )
    assert [(s.port, s.answered) for s in found.services] == [(49153, False)]
    assert found.banners == ["Unspecified, UPnP/1.0, Unspecified"]
    assert found.user_agents == []
    assert found.guess
    assert found.guess.type == "plug"


@pytest.mark.parametrize("located", [True, False])
def test_an_answer_to_a_search_belongs_to_who_answers(located: bool) -> None:
    where = f"http://{CAM}/d.xml" if located else None
    answer = SsdpRecord(**ends(PHONE, 50_000, CAM, 1900), method="RESPONSE", location=where, server="cam/1 UPnP/1.0")
    assert told(answer).banners == ["cam/1 UPnP/1.0"]
    assert told(answer, of=device(PHONE_MAC, PHONE)).banners == []


def test_upnp_description() -> None:
    found = told(
        UpnpRecord(
            **ends(PHONE, 50_000, CAM, 49153),
            kind="description",
            friendly_name="WeMo Insight",
            manufacturer="Belkin International Inc.",
            model_name="Insight",
            model_number="1.0",
            device_type="urn:Belkin:device:insight:1",
        ),
        UpnpRecord(**ends(CAM, 50_000, ROUTER, 1900), kind="action", action="AddPortMapping"),
    )
    assert (found.name, found.model) == ("WeMo Insight", "Belkin International Inc. Insight 1.0")
    assert found.guess
    assert found.guess.type == "plug"


def test_mqtt() -> None:
    found = told(MqttRecord(**ends(CAM, 50_000, CLOUD, 1883), action="connect", client_id="greenhouse-7"))
    assert found.host_names == [HostName(name="greenhouse-7", origin="MQTT")]


def test_records_alone_tell_whose_an_address_is() -> None:
    """As in a folder of Zeek's logs: connections come after what was said on them."""
    records = [
        HttpRecord(**ends(CAM, 40_000, CLOUD, 80), trans_depth=1, user_agent="cam/1.0"),
        conn(CAM, CLOUD, 80, orig_l2_addr=CAM_MAC, resp_l2_addr=ROUTER_MAC),
        SslRecord(**ends(CAM, 40_000, CLOUD, 443), ja4="t12d"),
    ]
    found = told(*records, frames=False)
    assert (found.user_agents, found.ja4) == (["cam/1.0"], ["t12d"])
    assert told(*records, frames=False, of=device(ROUTER_MAC, ROUTER)).ja4 == []


def test_an_address_that_another_device_gets_later() -> None:
    inventory = Inventory(is_local)
    for ts, mac, agent in ((100.0, CAM_MAC, "cam"), (900.0, PHONE_MAC, "phone")):
        inventory.update(DhcpRecord(ts=ts, mac=mac, assigned_addr="192.168.0.50"))
        inventory.update(HttpRecord(**ends("192.168.0.50", 1, CLOUD, 80, ts + 1), trans_depth=1, user_agent=agent))
    both = [device(CAM_MAC, "192.168.0.50"), device(PHONE_MAC, "192.168.0.50")]
    inventory.describe(both)
    assert [found.user_agents for found in both] == [["cam"], ["phone"]]


def test_a_device_without_a_mac_is_not_its_router() -> None:
    """Behind a router of the local network everything has that router's MAC."""
    inventory = Inventory(is_local)
    inventory.observe(batch_of([(1.0, tcp_frame(ip, src_mac=ROUTER_MAC)) for ip in (ROUTER, CAM)]))
    inventory.update(HttpRecord(**ends(CAM, 1, CLOUD, 80), trans_depth=1, user_agent="cam"))
    inventory.update(HttpRecord(**ends(ROUTER, 1, CLOUD, 80), trans_depth=1, user_agent="router"))
    router, cam = device(ROUTER_MAC, ROUTER), device(None, CAM)
    inventory.describe([router, cam])
    assert (router.user_agents, cam.user_agents) == (["router"], ["cam"])
    assert ([use.address for use in router.addresses], [use.address for use in cam.addresses]) == ([ROUTER], [CAM])


def test_outside_hosts_have_no_profile() -> None:
    inventory = Inventory(is_local)
    inventory.update(HttpRecord(**ends(CLOUD, 1, "203.0.113.9", 80), trans_depth=1, user_agent="x", server="y"))
    assert not inventory._profiles


def test_a_flood_of_forged_devices_pushes_out_nobody_who_was_heard_of_often() -> None:
    inventory = Inventory(is_local)
    said = HttpRecord(**ends(CAM, 1, CLOUD, 80), trans_depth=1, user_agent="cam/1.0")
    for _ in range(50):
        inventory.update(said)
    for n in range(2 * MAX_PROFILES):
        forged = f"192.168.{1 + (n >> 8)}.{n & 255}"
        inventory.update(HttpRecord(**ends(forged, 1, CLOUD, 80), trans_depth=1, user_agent=f"forged {n}"))
    assert len(inventory._profiles) == MAX_PROFILES
    found = device(None, CAM)
    inventory.describe([found])
    assert found.user_agents == ["cam/1.0"]


TEXTS = (
    st.none()
    | st.text(max_size=60)
    | st.sampled_from(["TXT 3 md=", "a._b._tcp.local", "._tcp.local", "http://[", "\x1b"])
)
ENDS = st.fixed_dictionaries(
    {
        "ts": st.floats(allow_nan=False),
        "uid": st.just("C1"),
        "orig_h": st.sampled_from([CAM, CLOUD, "", "x", "fe80::1"]),
        "orig_p": st.integers(0, 65535),
        "resp_h": st.sampled_from([CAM, CLOUD, "", "y"]),
        "resp_p": st.sampled_from([53, 137, 5353, 5355, 1900, 80]),
    }
)


@given(ends=ENDS, texts=st.lists(TEXTS, min_size=8, max_size=8), kind=st.integers(0, 10))
def test_any_record_is_taken(ends: dict[str, Any], texts: list[str | None], kind: int) -> None:
    a, b, c, d, e, f, g, h = texts
    record: Record = (
        ConnRecord(
            **ends, proto=a or "tcp", conn_state=b or "SF", history=c, service=d, orig_l2_addr=e, resp_l2_addr=f
        ),
        DhcpRecord(ts=ends["ts"], mac=a, host_name=b, client_fqdn=c, assigned_addr=d, server_addr=e, vendor_class=f),
        DnsRecord(**ends, proto="udp", query=a, answers=tuple(t for t in texts if t is not None), opcode=5),
        DnsRecord(**ends, proto="udp", query=a, opcode=5),
        HttpRecord(**ends, trans_depth=1, host=a, uri=b, user_agent=c, server=d),
        SslRecord(**ends, server_name=a, ja3=b, ja4=c, subject=d),
        SsdpRecord(**ends, method=a or "NOTIFY", target=b, usn=c, location=d, server=e, user_agent=f, nts=g),
        UpnpRecord(
            **ends, kind="description", friendly_name=a, manufacturer=b, model_name=c, model_number=d, device_type=e
        ),
        MqttRecord(**ends, action="connect", client_id=a),
        TelnetRecord(**ends, banner=a),
        NtpRecord(**ends, version=4, mode=3),
    )[kind]
    inventory = Inventory(is_local)
    inventory.update(record)
    found = [device(), device(None, CAM), device("not a mac" if h else None, "x")][: 3 if not h else 2]
    inventory.describe(found)


EXPECTED = {
    "D-LinkCam": "camera",
    "D-LinkSensor": "sensor",
    "D-LinkSwitch": "plug",
    "HueBridge": "hub",
    "MAXGateway": "hub",
    "TP-LinkPlugHS100": "plug",
    "WeMoInsightSwitch": "plug",
    "iKettle2": None,
}


@pytest.mark.parametrize(("name", "kind"), EXPECTED.items())
def test_real_devices(name: str, kind: str | None) -> None:
    if not SENTINEL.is_dir():
        pytest.skip("the shared captures are not there")
    report = botwarden.devices(sorted((SENTINEL / name).glob("*.pcap"))[:2], seed=1)
    mac = (SENTINEL / name / "device_mac.txt").read_text().strip().lower()
    (found,) = [device for device in report.devices if device.mac == mac]
    assert found.vendor
    assert found.addresses
    assert (found.guess.type if found.guess else None) == kind
