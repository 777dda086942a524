import pytest

from botwarden.lab import census, plan
from botwarden.lab.network import Network

SHOWN = """udp UNCONN 0 0 0.0.0.0:5683 0.0.0.0:*
udp UNCONN 0 0 [fe80::1]%eth0:123 [::]:*
tcp LISTEN 0 128 *:80 *:*
tcp LISTEN 0 16 0.0.0.0:23 0.0.0.0:*
tcp LISTEN 0 16 [::]:23 [::]:*
nonsense
"""


def test_ports_are_read_from_what_ss_prints() -> None:
    assert census.parse_ports(SHOWN) == ["tcp/23", "tcp/80", "udp/123", "udp/5683"]


@pytest.mark.parametrize(
    ("command", "name"),
    [
        (b"/usr/bin/python3\0-m\0botwarden.lab.device\0camera\0", "device"),
        (b"busybox\0udhcpc\0-f\0", "udhcpc"),
        (b"mosquitto\0-c\0x\0", "mosquitto"),
        (b"avahi-daemon: running [porch.local]\0", "avahi-daemon: running [porch.local]"),
        (b"/usr/bin/python3\0-m\0", "python3"),
        (b"", ""),
        (b"\0\0", ""),
    ],
)
def test_programs_are_called_by_what_they_do(command: bytes, name: str) -> None:
    assert census.program(command) == name


def test_everybody_is_counted(network: Network) -> None:
    network.ip("camera", f"address add {plan.CAMERA.ip}/24 dev eth0")
    network.ip("hub", "link set eth0 down", f"address add {plan.LAN6[9]}/64 dev eth0")  # not checked yet (DAD)
    network.start("internet", "sleep", "60")
    found = census.take(network)
    assert found is not None
    assert [one.role for one in found.residents] == list(plan.ROLES)
    by_role = {one.role: one for one in found.residents}
    assert by_role["camera"].addresses == [plan.CAMERA.ip]
    assert by_role["hub"].addresses == []
    assert by_role["gateway"].addresses[0] == plan.GATEWAY_IP
    assert by_role["internet"].programs == ["sleep"]
    assert (by_role["dvr"].programs, by_role["dvr"].ports) == ([], [])
    network.down()
    assert census.take(network) is None
