"""The cases: what is set up, who does what, and what `scan` has to say of it."""

from typing import Final

from botwarden.lab import plan
from plays import cast, daemons
from plays.stage import Case, Found, Server, Turn

SERVED: Final = (
    Server("dvr", "ftp", cast.FTP_LOGIN),
    Server("dvr", "mqtt", cast.MQTT_LOGIN),
    Server("camera", "camera"),
)
"""The recorder and the camera of an owner who chooses passwords."""
SERVED_BY_FACTORY: Final = (
    Server("dvr", "ftp", cast.FACTORY_LOGIN),
    Server("dvr", "mqtt", cast.FACTORY_LOGIN),
    Server("camera", "camera"),
)
PAGES: Final = (
    *(Server("internet", "page", address=host) for host in plan.TELNET_HOSTS),
    Server("dvr", "page"),
)
QUIET: Final = ("camera", "sensor")


def _by(device: str, label: str) -> tuple[Found, ...]:
    return (Found(device, label, "attacker"),)


def _on(device: str, label: str) -> tuple[Found, ...]:
    return (Found(device, label, "victim"),)


CASES: Final[dict[str, Case]] = {
    "cnc-beacon": Case(
        "a camera calls an outside address about once a minute on a port that no usual service has; it is answered",
        (Turn("camera", "beacon", found=_by("camera", "cnc.beacon")),),
        calm=("camera", "dvr", "sensor"),
        calm_every=256,
        pace=60,
    ),
    "cnc-beacon-benign": Case(
        "a plug polls its cloud by name over TLS, asks for the time, keeps an MQTT connection and a way back over UDP",
        tuple(Turn("plug", act) for act in ("poll", "listen", "tell-time", "keep-open")),
        calm=("camera", "laptop"),
        calm_every=256,
        pace=60,
    ),
    "cnc-irc": Case(
        "a camera sits in a channel of an IRC server, with a bot's name, where an operator calls out orders",
        (Turn("camera", "irc", {"every": 100.0}, _by("camera", "cnc.irc")),),
        calm=QUIET,
        calm_every=120,
        pace=20,
    ),
    "cnc-irc-benign": Case(
        "somebody on a laptop talks about tomatoes, and about a bot's order, at the same IRC server",
        (Turn("laptop", "chat"), Turn("internet", "chat", {"nick": "bruno_k", "first": 90.0})),
        calm=QUIET,
        calm_every=120,
        pace=20,
    ),
    "cnc-bashlite": Case(
        "a camera is given orders in BASHLITE's bare lines",
        (Turn("camera", "lines", {"every": 120.0}, _by("camera", "cnc.irc")),),
        calm=QUIET,
        calm_every=120,
        pace=20,
    ),
    "cnc-bashlite-benign": Case(
        "a weather station reports in bare lines on an odd port (APRS-IS) for 46 minutes",
        (Turn("sensor", "weather"),),
        servers=(Server("internet", "weather", address=cast.WEATHER_IP),),
        calm=QUIET,
        calm_every=300,
        pace=60,
    ),
    "cnc-dga": Case(
        "a camera tries sixty made-up names, one after the other",
        (Turn("camera", "dga", found=_by("camera", "cnc.dga")),),
        pace=10,
    ),
    "cnc-dga-benign": Case(
        "a browser starts: random single labels, hashes of content networks, typing errors, reverse look-ups",
        (Turn("laptop", "browse"),),
        pace=10,
    ),
    "cnc-tunnel": Case(
        "a camera carries text out in names that it asks for",
        (Turn("camera", "carry", found=_by("camera", "cnc.tunnel")),),
        servers=(Server("internet", "names", address=cast.AUTHORITY_IP),),
        pace=5,
    ),
    "cnc-tunnel-benign": Case(
        "a virus scanner asks by hash, a mail program asks lists of spammers, pages come from content networks",
        (Turn("laptop", "long-names"),),
        calm_every=120,
        pace=60,
    ),
    "exploit-http": Case(
        "a camera sends requests in the shape of known exploits to machines outside; a recorder gets some; all inert",
        (
            Turn("camera", "exploit", found=_by("camera", "exploit.http")),
            Turn("internet", "exploit", {"hosts": [plan.WAN_GATEWAY], "step": 2}, _on("dvr", "exploit.http")),
        ),
        servers=PAGES,
        doors={80: "dvr"},
        calm_every=120,
        pace=10,
    ),
    "exploit-http-benign": Case(
        "REST, SOAP, UPnP and settings pages, some of them those that the exploits are for",
        (Turn("laptop", "administer"),),
        servers=PAGES,
        calm_every=120,
        pace=10,
    ),
    "exposure-credentials": Case(
        "a recorder lets its owner in by FTP and MQTT with the password of the factory",
        (Turn("laptop", "log-in-known", found=_on("dvr", "exposure.credentials")),),
        servers=SERVED_BY_FACTORY,
        pace=10,
    ),
    "exposure-credentials-benign": Case(
        "the same with passwords that the owner has chosen, and a guest at what is for everyone",
        (Turn("laptop", "log-in"),),
        servers=SERVED,
        pace=10,
    ),
    "exposure-mapping": Case(
        "a camera has the router open a port to its telnet over UPnP",
        (Turn("camera", "upnp", {"times": 2, "pause": 30.0}, _on("camera", "exposure.port_mapping")),),
        servers=(Server("gateway", "router"),),
        pace=10,
    ),
    "exposure-mapping-benign": Case(
        "a laptop asks the router for its address and state, and for a port, which it refuses",
        (Turn("laptop", "ask-router"),),
        servers=(Server("gateway", "closed-router"),),
        pace=10,
    ),
    "exposure-service": Case(
        "a camera begins to serve a port after 41 minutes, and a stranger uses it",
        (
            Turn("camera", "open-door", found=_on("camera", "exposure.service")),
            Turn("internet", "knock"),
            Turn("laptop", "look"),
        ),
        servers=(Server("camera", "camera"),),
        doors={cast.DOOR_PORT: "camera"},
        calm=QUIET,
        calm_every=512,
        pace=60,
    ),
    "exposure-service-benign": Case(
        "a port of a recorder is used by one local client after 41 minutes; the owner looks at a camera from outside",
        (
            Turn("laptop", "look"),
            Turn("laptop", "new-program"),
            Turn("internet", "look", {"host": plan.WAN_GATEWAY, "after": 2_520.0, "times": 3, "every": 30.0}),
        ),
        servers=(Server("camera", "camera"), Server("dvr", "recordings")),
        doors={80: "camera"},
        calm=("camera", "sensor", "dvr"),
        calm_every=512,
        pace=60,
    ),
    "bruteforce-ftp": Case(
        "a camera tries Mirai's list at a recorder's FTP server",
        (Turn("camera", "guess-ftp", found=_by("camera", "bruteforce.ftp") + _on("dvr", "bruteforce.ftp")),),
        servers=SERVED,
        calm=(),
        pace=4,
    ),
    "bruteforce-ftp-benign": Case(
        "a person mistypes twice; a program tries an old password every four minutes for an hour",
        (Turn("laptop", "use-ftp"),),
        servers=SERVED,
        calm=(),
        pace=60,
    ),
    "bruteforce-mqtt": Case(
        "a stranger tries Mirai's list at a recorder's MQTT broker",
        (Turn("internet", "guess-mqtt", found=_on("dvr", "bruteforce.mqtt")),),
        servers=SERVED,
        doors={daemons.MQTT_PORT: "dvr"},
        pace=4,
    ),
    "bruteforce-mqtt-benign": Case(
        "a sensor tries an old password every minute until somebody tells it the new one",
        (Turn("sensor", "use-mqtt"),),
        servers=SERVED,
        calm=(),
        pace=20,
    ),
    "bruteforce-ssh": Case(
        "a camera tries 24 passwords at an SSH server outside, which refuses them",
        (Turn("camera", "guess-ssh", found=_by("camera", "bruteforce.ssh")),),
        servers=(Server("internet", "ssh", address=cast.OUTSIDE_IP),),
        ssh=True,
    ),
    "bruteforce-ssh-benign": Case(
        "a person logs in by SSH four times and mistypes three times",
        (Turn("laptop", "use-ssh"),),
        servers=(Server("dvr", "ssh", cast.SSH_LOGIN),),
        calm=(),
        pace=20,
        ssh=True,
    ),
}
