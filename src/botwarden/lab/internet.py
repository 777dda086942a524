"""Everybody on the lab's internet but its name server and its MQTT broker, in one process.

    python -m botwarden.lab.internet FOLDER SEED

FOLDER is the lab's. Certificates lie in its ``tls``.
"""

import os
import random
import sys
import threading
from pathlib import Path
from typing import Final

from botwarden.lab import guard, mqtt, ntp, peers, plan, rhythm, telnetd, underworld
from botwarden.lab.certificates import server_context
from botwarden.lab.clock import Clock
from botwarden.lab.serving import serve_http, serve_udp, udp_socket
from botwarden.lab.sites import PLAIN, Site, Victim

KEEP_PORT: Final = 32_100
"""UDP: where devices keep their router's door open, and are answered."""
SINKS: Final = (80, 443, 123, 9_999)
"""UDP ports of the victim that swallow what comes. Others are closed, as they would be."""
SWITCH_EVERY: Final = 900.0
SWITCHED: Final = "plugs/washer-plug/set"


def start(folder: Path, seed: int) -> None:
    """Serve. Raises Refused outside the lab, OSError, LabError."""
    guard.obtain("internet", folder / "state.json")
    clock = Clock(folder / "clock")
    context = server_context(folder / "tls")
    for address in (*plan.WEB_IPS, *plan.WEB_IPS6):
        serve_http(address, 443, Site, context)
    for address in PLAIN:
        serve_http(address, 80, Site)
    serve_http(plan.VICTIM_IP, 80, Victim)
    for port in SINKS:
        serve_udp(udp_socket(plan.VICTIM_IP, port), lambda _, __: None)
    serve_udp(udp_socket(plan.NTP_IP, ntp.PORT), ntp.server(clock.now))
    for address in (plan.CLOUD_IP, plan.MQTT_IP):
        serve_udp(udp_socket(address, KEEP_PORT), lambda asked, _: asked[:8])
    peers.serve(plan.PEER_HOSTS, random.Random(f"{seed}/peers"))
    underworld.start(folder)
    served = telnetd.serve(plan.TELNET_HOSTS, "host", folder / "state.json", folder / "internet")
    print(f"telnet: {served}", flush=True)
    threading.Thread(target=_switch, args=(clock, rhythm.dice(seed, "internet", "switch", 0)), daemon=True).start()


def _switch(clock: Clock, thrown: random.Random) -> None:
    """The plug's owner presses buttons in the maker's app, somewhere on the internet."""
    for pause in rhythm.pauses(SWITCH_EVERY, 0.6, thrown):
        clock.sleep(pause)
        if thrown.random() > rhythm.people(clock.now()):
            continue
        try:
            client = mqtt.Client(plan.MQTT_IP, 1883, "app-7f21", 60)
            client.send(mqtt.publish(SWITCHED, thrown.choice((b'{"on": true}', b'{"on": false}'))))
            client.send(mqtt.packet(mqtt.DISCONNECT))
            client.close()
        except OSError:
            continue  # the broker is busy; next time


def fail(arguments: threading.ExceptHookArgs) -> None:
    """End the process when one of its threads fails: half a house would look like a whole one."""
    threading.__excepthook__(arguments)
    os._exit(1)


if __name__ == "__main__":
    threading.excepthook = fail
    start(Path(sys.argv[1]), int(sys.argv[2]))
    threading.Event().wait()
