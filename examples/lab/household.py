"""Switches the house on: the services of gateway and internet, then one device after the other."""

import shutil
import time
from pathlib import Path
from typing import Final

from lab import plan
from lab.network import Lab, run

BOOT_PAUSE: Final = 2.0  # s between two devices
LEASE: Final = "2m"  # dnsmasq's shortest: a recording of minutes shows renewals
NTP_EVERY: Final = {"camera": "32", "dvr": "40", "sensor": "48", "laptop": "64"}


def start_internet(lab: Lab, telnetd: str) -> None:
    """DNS, NTP, MQTT, web and telnet servers."""
    folder = lab.folder("internet")
    run(
        *["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30"],
        *["-subj", "/CN=news.example", "-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")],
    )
    (folder / "mosquitto.conf").write_text(f"listener 1883 {plan.MQTT_IP}\nallow_anonymous true\nuser root\n")
    names = [f"--host-record={name},{address}" for name, address in plan.NAMES.items()]
    own = [f"--listen-address={plan.DNS_IP}", "--bind-interfaces", "--no-resolv", "--local=/#/"]
    lab.start("internet", *dnsmasq(*own, *names))
    lab.start("internet", "mosquitto", "-c", str(folder / "mosquitto.conf"))
    lab.start_python("internet", "lab.web", str(folder / "cert.pem"), str(folder / "key.pem"))
    lab.start_python("internet", "lab.ntp", "serve", plan.NTP_IP)
    lab.start_python("internet", "lab.telnetd", telnetd, "office-router", str(lab.state), *plan.TELNET_HOSTS)


def start_gateway(lab: Lab) -> None:
    """DHCP, DNS and IPv6 router advertisements for the LAN."""
    leases = [f"--dhcp-host={device.mac},{device.ip}" for device in plan.DEVICES]
    start, end = plan.LAN[100], plan.LAN[199]
    lab.start(
        "gateway",
        *dnsmasq("--interface=lan", "--bind-interfaces", "--no-resolv", f"--server={plan.DNS_IP}"),
        *["--domain=lan", "--local=/lan/", "--dhcp-authoritative", "--enable-ra"],
        *[f"--dhcp-range={start},{end},{LEASE}", f"--dhcp-range={plan.LAN6.network_address},ra-names"],
        *[f"--dhcp-leasefile={lab.folder('gateway') / 'leases'}", *leases],
    )


def dnsmasq(*options: str) -> list[str]:
    """dnsmasq in the foreground, reading nothing of the machine's own configuration."""
    alone = ["--keep-in-foreground", "--conf-file=/dev/null", "--no-hosts", "--pid-file=", "--user=root"]
    return ["dnsmasq", *alone, "--log-facility=-", *options]


def start_devices(lab: Lab, telnetd: str) -> None:
    """Boot one device after the other: address, servers, habits."""
    for device in plan.DEVICES:
        script = str(lab.folder(device.role) / "dhcp.sh")
        shutil.copy(Path(__file__).with_name("dhcp.sh"), script)
        lab.start(
            *[device.role, "busybox", "udhcpc", "-f", "-i", "eth0", "-t", "10", "-T", "2"],
            *["-x", f"hostname:{device.name}", "-s", script],
        )
        lab.wait_for_address(device)
        if device is plan.CAMERA:
            announce(lab, device)
            lab.start_python(device.role, "lab.camera")
        if device is plan.DVR:
            lab.start_python(device.role, "lab.telnetd", telnetd, device.name, str(lab.state), device.ip)
        lab.start_python(device.role, "lab.ntp", "ask", "ntp.pool.example", NTP_EVERY[device.role])
        lab.start_python(device.role, "lab.habits", device.role)
        time.sleep(BOOT_PAUSE)


def announce(lab: Lab, device: plan.Device) -> None:
    """Let avahi announce a device's name and web server by mDNS and DNS-SD (RFC 6762, RFC 6763)."""
    folder = lab.folder(device.role)
    (folder / "services").mkdir()
    (folder / "services" / "http.service").write_text(
        "<service-group><name>Porch Camera</name>"
        "<service><type>_http._tcp</type><port>80</port></service></service-group>\n"
    )
    (folder / "avahi.conf").write_text(
        f"[server]\nhost-name={device.name}\nuse-ipv6=yes\nenable-dbus=no\nallow-interfaces=eth0\n"
        "[publish]\npublish-hinfo=no\npublish-workstation=no\n"
    )
    quiet = ["--no-drop-root", "--no-chroot", "--no-rlimits", "--no-proc-title"]
    lab.start(device.role, "avahi-daemon", "--file", str(folder / "avahi.conf"), *quiet)
