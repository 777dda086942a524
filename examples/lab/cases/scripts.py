"""The cases: what is set up, who does what, and what `scan` has to say of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from lab import plan
from lab.cases import cast
from lab.cases.stage import Act, Stage, Verdict
from lab.network import run

Play = Callable[[Stage], list[Verdict]]


@dataclass(frozen=True, slots=True)
class Case:
    """One capture.

    what : one sentence
    set_up : what runs before the recording
    play : what happens; returns what has to be found, nothing for a benign case
    pace : seconds of the story in one of the machine's: by how much the recorded time is stretched
    ssh : whether it takes OpenSSH
    """

    what: str
    set_up: Callable[[Stage], None]
    play: Play
    pace: int = 1
    ssh: bool = False


def _verdict(device: plan.Device, label: str, act: Act, what: str, role: str = "attacker") -> Verdict:
    return Verdict(device, label, role, act.start, act.end, what)


# -- command and control --------------------------------------------------------------------------------------------


def _controller(stage: Stage) -> None:
    stage.serve("internet", "echo", plan.CNC_IP, str(cast.CALLED_PORT), str(cast.UDP_PORT), port=cast.CALLED_PORT)


def _call(stage: Stage) -> list[Verdict]:
    stage.ordinary_life("camera", "dvr", "sensor", every=256)
    act = stage.act("camera", "beacon", "call")
    what = f"{act.count} calls of {plan.CNC_IP}, TCP port {cast.CALLED_PORT}, one a minute, give or take 15 %"
    return [_verdict(plan.CAMERA, "cnc.beacon", act, what)]


def _plug_cloud(stage: Stage) -> None:
    lab = stage.lab
    folder = lab.folder("internet")
    run(
        *["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30"],
        *["-subj", "/CN=plug-cloud.example", "-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")],
    )
    (folder / "mosquitto.conf").write_text(f"listener 1883 {plan.MQTT_IP}\nallow_anonymous true\nuser root\n")
    lab.start("internet", "mosquitto", "-c", str(folder / "mosquitto.conf"))
    lab.start_python("internet", "lab.web", str(folder / "cert.pem"), str(folder / "key.pem"))
    stage.serve("internet", "echo", plan.CLOUD_IP, str(cast.CALLED_PORT), str(cast.UDP_PORT), port=443)


def _plug(stage: Stage) -> list[Verdict]:
    stage.ordinary_life("camera", "laptop", every=256)
    stage.act("sensor", "beacon", "live")
    return []


def _chat_server(stage: Stage) -> None:
    stage.serve("internet", "ircd", plan.CNC_IP, str(cast.CHAT_PORT), port=cast.CHAT_PORT)


def _take_orders(stage: Stage) -> list[Verdict]:
    stage.ordinary_life("camera", "sensor", every=120)
    operator = stage.begin("stranger", "chat", "operator")
    act = stage.act("camera", "chat", "bot")
    stage.end(operator)
    what = f"joins a channel under the name [ARM|xkvtq] and is told {act.count} things, which it does not do"
    return [_verdict(plan.CAMERA, "cnc.irc", act, what)]


def _chat(stage: Stage) -> list[Verdict]:
    stage.ordinary_life("camera", "sensor", every=120)
    friend = stage.begin("stranger", "chat", "bruno")
    stage.act("laptop", "chat", "anna")
    stage.end(friend)
    return []


def _lines(stage: Stage) -> None:
    stage.serve("internet", "lines", port=cast.LINES_PORT)


def _take_bare_orders(stage: Stage) -> list[Verdict]:
    stage.ordinary_life("camera", "sensor", every=120)
    act = stage.act("camera", "reports", "bot")
    what = f"says BUILD ARM, answers PING with PONG and is given {act.count} orders, which it does not follow"
    return [_verdict(plan.CAMERA, "cnc.irc", act, what)]


def _report_weather(stage: Stage) -> list[Verdict]:
    stage.ordinary_life("camera", "sensor", every=300)
    stage.act("sensor", "reports", "station")
    return []


def _nothing(_: Stage) -> None:
    """The name servers of the stage are enough."""


def _try_names(stage: Stage) -> list[Verdict]:
    stage.ordinary_life("sensor", every=60)
    act = stage.act("camera", "names", "day")
    what = f"asks for {act.count} made-up names, of which the last one has an address"
    return [_verdict(plan.CAMERA, "cnc.dga", act, what)]


def _browse(stage: Stage) -> list[Verdict]:
    stage.ordinary_life("sensor", every=60)
    stage.act("laptop", "names", "browse")
    return []


def _authority(stage: Stage) -> None:
    stage.lab.start_python("internet", "lab.cases.nameserver")


def _tunnel(stage: Stage) -> list[Verdict]:
    stage.ordinary_life("sensor", every=60)
    act = stage.act("camera", "names", "carry")
    what = f"carries text out in {act.count} names below {cast.TUNNEL_ZONE}, base32, asked for as TXT"
    return [_verdict(plan.CAMERA, "cnc.tunnel", act, what)]


def _long_names(stage: Stage) -> list[Verdict]:
    stage.ordinary_life("sensor", every=120)
    stage.act("laptop", "names", "long")
    return []


# -- what was said to devices, and by them --------------------------------------------------------------------------


def _pages(stage: Stage) -> None:
    stage.serve("internet", "device_web", plan.VICTIM_IP, *plan.TELNET_HOSTS, port=80)
    stage.serve("dvr", "device_web", plan.DVR.ip, port=80)
    stage.forward(80, plan.DVR)


def _exploit(stage: Stage) -> list[Verdict]:
    stage.ordinary_life("sensor", every=120)
    act = stage.act("camera", "requests", "attack")
    what = f"{act.count} requests in the shape of as many known exploits, to three machines outside; inert"
    found = [_verdict(plan.CAMERA, "exploit.http", act, what)]
    act = stage.act("stranger", "requests", "house")
    what = f"{act.count} of them from outside, to the recorder's page, to which the router leads; inert"
    return [*found, _verdict(plan.DVR, "exploit.http", act, what, "victim")]


def _administer(stage: Stage) -> list[Verdict]:
    stage.ordinary_life("sensor", every=120)
    stage.act("laptop", "requests", "administer")
    return []


def _servers(stage: Stage, login: tuple[str, str], mqtt: tuple[str, str]) -> None:
    stage.serve("dvr", "ftpd", plan.DVR.ip, ":".join(login), port=21)
    stage.serve_mqtt("dvr", plan.DVR.ip, mqtt)
    stage.forward(1883, plan.DVR)
    stage.lab.start_python("camera", "lab.camera")
    stage.wait("camera", 80)


def _factory_servers(stage: Stage) -> None:
    _servers(stage, cast.FACTORY_LOGIN, cast.FACTORY_LOGIN)


def _own_servers(stage: Stage) -> None:
    _servers(stage, cast.FTP_LOGIN, cast.MQTT_LOGIN)


def _known_passwords(stage: Stage) -> list[Verdict]:
    stage.ordinary_life("sensor", every=60)
    act = stage.act("laptop", "logins", "known")
    what = "FTP and MQTT let somebody in with admin/admin, which is in every list of factory passwords"
    return [_verdict(plan.DVR, "exposure.credentials", act, what, "victim")]


def _own_passwords(stage: Stage) -> list[Verdict]:
    stage.ordinary_life("sensor", every=60)
    stage.act("laptop", "logins", "own")
    return []


def _guess_ftp(stage: Stage) -> list[Verdict]:
    act = stage.act("camera", "logins", "guess_ftp")
    what = f"{act.count} logins of Mirai's list at the recorder's FTP server, all refused"
    return [
        _verdict(plan.CAMERA, "bruteforce.ftp", act, what),
        _verdict(plan.DVR, "bruteforce.ftp", act, what, "victim"),
    ]


def _guess_mqtt(stage: Stage) -> list[Verdict]:
    stage.ordinary_life("sensor", every=60)
    act = stage.act("stranger", "logins", "guess_mqtt")
    what = f"{act.count} logins of Mirai's list at the recorder's MQTT broker, all refused"
    return [_verdict(plan.DVR, "bruteforce.mqtt", act, what, "victim")]


def _guess_ssh(stage: Stage) -> list[Verdict]:
    stage.ordinary_life("sensor", every=60)
    act = stage.act("camera", "logins", "guess_ssh")
    what = f"{act.count} passwords at {plan.TELNET_HOSTS[0]}, three on each connection, all refused"
    return [_verdict(plan.CAMERA, "bruteforce.ssh", act, what)]


def _use_ftp(stage: Stage) -> list[Verdict]:
    stage.act("laptop", "logins", "use_ftp")
    return []


def _use_mqtt(stage: Stage) -> list[Verdict]:
    stage.act("sensor", "logins", "use_mqtt")
    return []


def _use_ssh(stage: Stage) -> list[Verdict]:
    stage.act("laptop", "logins", "use_ssh")
    return []


def _outside_ssh(stage: Stage) -> None:
    stage.serve_ssh("internet", plan.TELNET_HOSTS[0], None)


def _own_ssh(stage: Stage) -> None:
    stage.serve_ssh("dvr", plan.DVR.ip, cast.SSH_LOGIN)


# -- doors ----------------------------------------------------------------------------------------------------------


def _open_router(stage: Stage) -> None:
    stage.serve("gateway", "router", "open", port=5000)


def _closed_router(stage: Stage) -> None:
    stage.serve("gateway", "router", "closed", port=5000)


def _map_port(stage: Stage) -> list[Verdict]:
    stage.ordinary_life("sensor", every=60)
    act = stage.act("camera", "doors", "map")
    what = f"asks the router over UPnP to let port {plan.MAPPED_PORT} lead to its telnet; the router does"
    return [_verdict(plan.CAMERA, "exposure.port_mapping", act, what, "victim")]


def _ask_router(stage: Stage) -> list[Verdict]:
    stage.ordinary_life("sensor", every=60)
    stage.act("laptop", "doors", "ask")
    return []


def _camera_page(stage: Stage) -> None:
    stage.lab.start_python("camera", "lab.camera")
    stage.wait("camera", 80)
    stage.forward(cast.DOOR_PORT, plan.CAMERA)


def _door(stage: Stage) -> list[Verdict]:
    stage.ordinary_life("camera", "sensor", every=512)
    visitor = stage.begin("laptop", "doors", "visit")
    knocker = stage.begin("stranger", "doors", "knock")
    act = stage.act("camera", "doors", "open")
    stage.end(knocker)
    stage.end(visitor)
    what = f"serves TCP port {cast.DOOR_PORT} after 41 minutes in which it was closed; a stranger comes three times"
    return [_verdict(plan.CAMERA, "exposure.service", act, what, "victim")]


def _house_pages(stage: Stage) -> None:
    stage.lab.start_python("camera", "lab.camera")
    stage.begin("dvr", "doors", "serve")
    stage.wait("camera", 80)
    stage.wait("dvr", 8899)
    stage.forward(80, plan.CAMERA)


def _house(stage: Stage) -> list[Verdict]:
    stage.ordinary_life("camera", "sensor", "dvr", every=512)
    owner = stage.begin("stranger", "doors", "home")
    stage.act("laptop", "doors", "house")
    stage.end(owner)
    return []


CASES: Final[dict[str, Case]] = {
    "cnc-beacon": Case(
        "a camera calls an outside address about once a minute on a port that no usual service has; it is answered",
        _controller,
        _call,
        pace=60,
    ),
    "cnc-beacon-benign": Case(
        "a plug polls its cloud by name over TLS, asks for the time, keeps an MQTT connection and a way back over UDP",
        _plug_cloud,
        _plug,
        pace=60,
    ),
    "cnc-irc": Case(
        "a camera sits in a channel of an IRC server, with a bot's name, where an operator calls out orders",
        _chat_server,
        _take_orders,
        pace=20,
    ),
    "cnc-irc-benign": Case(
        "somebody on a laptop talks about tomatoes, and about a bot's order, at the same IRC server",
        _chat_server,
        _chat,
        pace=20,
    ),
    "cnc-bashlite": Case("a camera is given orders in BASHLITE's bare lines", _lines, _take_bare_orders, pace=20),
    "cnc-bashlite-benign": Case(
        "a weather station reports in bare lines on an odd port (APRS-IS) for 46 minutes",
        _lines,
        _report_weather,
        pace=60,
    ),
    "cnc-dga": Case("a camera tries made-up names until one has an address", _nothing, _try_names, pace=10),
    "cnc-dga-benign": Case(
        "a browser starts: random single labels, hashes of content networks, typing errors, reverse look-ups",
        _nothing,
        _browse,
        pace=10,
    ),
    "cnc-tunnel": Case("a camera carries text out in names that it asks for", _authority, _tunnel, pace=5),
    "cnc-tunnel-benign": Case(
        "a virus scanner asks by hash, a mail program asks lists of spammers, pages come from content networks",
        _nothing,
        _long_names,
        pace=60,
    ),
    "exploit-http": Case(
        "a camera sends requests in the shape of known exploits to machines outside; a recorder gets some; all inert",
        _pages,
        _exploit,
        pace=10,
    ),
    "exploit-http-benign": Case(
        "REST, SOAP, UPnP and settings pages, some of them those that the exploits are for",
        _pages,
        _administer,
        pace=10,
    ),
    "exposure-credentials": Case(
        "a recorder lets its owner in by FTP and MQTT with the password of the factory",
        _factory_servers,
        _known_passwords,
        pace=10,
    ),
    "exposure-credentials-benign": Case(
        "the same with passwords that the owner has chosen, and a guest at what is for everyone",
        _own_servers,
        _own_passwords,
        pace=10,
    ),
    "exposure-mapping": Case(
        "a camera has the router open a port to its telnet over UPnP", _open_router, _map_port, pace=10
    ),
    "exposure-mapping-benign": Case(
        "a laptop asks the router for its address and state, and for a port, which it refuses",
        _closed_router,
        _ask_router,
        pace=10,
    ),
    "exposure-service": Case(
        "a camera begins to serve a port after 41 minutes, and a stranger uses it", _camera_page, _door, pace=60
    ),
    "exposure-service-benign": Case(
        "a port of a recorder is used by one local client after 41 minutes; the owner looks at a camera from outside",
        _house_pages,
        _house,
        pace=60,
    ),
    "bruteforce-ftp": Case("a camera tries Mirai's list at a recorder's FTP server", _own_servers, _guess_ftp, pace=4),
    "bruteforce-ftp-benign": Case(
        "a person mistypes twice; a program tries an old password every four minutes for an hour",
        _own_servers,
        _use_ftp,
        pace=60,
    ),
    "bruteforce-mqtt": Case(
        "a stranger tries Mirai's list at a recorder's MQTT broker", _own_servers, _guess_mqtt, pace=4
    ),
    "bruteforce-mqtt-benign": Case(
        "a sensor tries an old password every minute until somebody tells it the new one",
        _own_servers,
        _use_mqtt,
        pace=20,
    ),
    "bruteforce-ssh": Case(
        "a camera tries 24 passwords at an SSH server outside, which refuses them", _outside_ssh, _guess_ssh, ssh=True
    ),
    "bruteforce-ssh-benign": Case(
        "a person logs in by SSH four times and mistypes three times", _own_ssh, _use_ssh, pace=20, ssh=True
    ),
}
