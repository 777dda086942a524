import re

import pytest

from botwarden.cli.inventory import DETAILED_DEVICES, LISTED, LISTED_DEVICES, render
from botwarden.core.device import AddressUse, Device, DhcpFingerprint, Guess, HostName, Service
from botwarden.core.report import DevicesReport, ScanStats
from reports import ESCAPES, HOSTILE, HUGE, START

CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def device(name: str | None = "DCS-935L", mac: str | None = "b0:c5:54:25:5b:0e", text: str = "cam") -> Device:
    return Device(
        mac=mac,
        ips=["192.168.0.20"],
        vendor="D-Link International",
        name=name,
        model="DCS-935L",
        guess=Guess(type="camera", confidence=0.85, evidence=["calls itself " + text, "asks for mydlink.com"]),
        first_ts=START,
        last_ts=START + 60,
        addresses=[AddressUse(address="192.168.0.20", first_ts=START, last_ts=START + 60)],
        host_names=[HostName(name=text, origin="mDNS")],
        services=[
            Service(port=80, proto="tcp", name="http", first_ts=START, answered=True),
            Service(port=49153, proto="tcp", first_ts=START, answered=False),
        ],
        domains=["signal.mydlink.com"],
        user_agents=[text],
        banners=[text],
        dhcp=DhcpFingerprint(params=[1, 3, 6], vendor_class=text),
        ja4=["t10i280000_e52c505c6140_000000000000"],
    )


def shown(*devices: Device, width: int = 110, **how: bool) -> str:
    stats = ScanStats(packets=1234, bytes=5678, first_ts=START, last_ts=START + 60)
    return render(DevicesReport(botwarden="1", stats=stats, devices=list(devices)), width=width, **how)


def test_a_row_and_the_details() -> None:
    text = shown(device())
    assert text.startswith("1 device · 1,234 packets · 5.7 kB\n")
    assert re.search(r"^DCS-935L +camera 85 % +192\.168\.0\.20 +D-Link International +tcp/80$", text, re.MULTILINE)
    for line in (
        "  kind       camera, 85 % sure: calls itself cam, asks for mydlink.com",
        "  MAC        b0:c5:54:25:5b:0e · D-Link International",
        "  names      cam (mDNS)",
        "  serves     tcp/80 http",
        "  announces  tcp/49153",
        "  asks for   signal.mydlink.com",
        "  DHCP       cam · options 1,3,6",
    ):
        assert line in text.splitlines()
    assert "  addresses  192.168.0.20 (2024-03-12 14:00:00 – 14:01:00)" in text


def test_a_device_of_which_little_is_known() -> None:
    text = shown(Device(mac="da:a1:19:00:00:01", random_mac=True, first_ts=START, last_ts=START))
    assert re.search(r"^da:a1:19:00:00:01 +– +– +\(random MAC\) +–$", text, re.MULTILINE)
    assert "kind" not in text.split("da:a1:19:00:00:01", 2)[2]


def test_the_name_goes_before_the_model_and_the_model_before_the_mac() -> None:
    assert shown(device("porch")).splitlines()[5].startswith("porch ")
    assert shown(device(None)).splitlines()[5].startswith("DCS-935L ")


@pytest.mark.parametrize("width", [1, 40, 60, 70, 80, 99, 100, 120, 1000])
def test_lines_fit(width: int) -> None:
    many = device(text="x" * 96)
    many.ips = ["192.168.100.200"]
    for line in shown(device(), many, device(None, None), width=width).splitlines():
        assert len(line) <= max(40, min(width, 120))


@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_from_the_network_steers_the_terminal(hostile: str) -> None:
    text = shown(device(name=hostile, text=hostile))
    assert not CONTROL.search(text)
    assert len(text) < 6000


def test_colour_only_where_wanted() -> None:
    assert "\x1b[" in shown(device(), colour=True)
    assert "\x1b" not in shown(device(text=ESCAPES))


def test_plain_signs_without_unicode() -> None:
    assert shown(device(name=HUGE, text=HUGE), unicode=False).isascii()


def test_long_lists_are_cut() -> None:
    one = device()
    one.domains = [f"n{n}.example" for n in range(20)]
    assert f"n{LISTED - 1}.example and {20 - LISTED} more" in " ".join(shown(one).split())
    text = shown(*[device(f"cam-{n:03}") for n in range(100)])
    assert f"… and {100 - LISTED_DEVICES} more devices" in text
    assert f"… and {100 - DETAILED_DEVICES} more devices: --json FILE has them all." in text
    assert text.count("  MAC  ") == DETAILED_DEVICES


def test_no_devices() -> None:
    assert shown().startswith("0 devices")
