"""Who calls home: a bot on an odd port, and a plug in the ways that plugs have."""

import ssl

from lab import ntp, plan
from lab.cases import cast
from lab.cases.actor import Actor, main

CALLS = 45
EVERY = 60.0  # s
JITTER = 0.15
PLUG_POLLS, POLL_EVERY = 24, 30.0
PLUG_PINGS, PING_EVERY = 40, 60.0
PLUG_TIMES, TIME_EVERY = 38, 64.0
PLUG_KEEPS, KEEP_EVERY = 45, 28.0


def call(actor: Actor) -> int:
    """A sign of life to a fixed address, answered, about once a minute."""
    for _ in range(CALLS):
        with actor.connect(plan.CNC_IP, cast.CALLED_PORT) as link:
            link.sendall(b"\x00\x00")
            link.recv(16)
        actor.pause(EVERY, JITTER)
    return CALLS


def poll(actor: Actor) -> int:
    """Ask the maker's cloud over TLS whether there is something to switch."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    request = b"PUT /plug HTTP/1.1\r\nHost: plug-cloud.example\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
    for _ in range(PLUG_POLLS):
        with (
            actor.connect("plug-cloud.example", 443) as plain,
            context.wrap_socket(plain, server_hostname="plug-cloud.example") as link,
        ):
            link.sendall(request)
            while link.recv(4096):
                pass
        actor.pause(POLL_EVERY, 0.02)
    return PLUG_POLLS


def listen(actor: Actor) -> int:
    """One MQTT connection (3.1.1) in which hardly anything is said but that both are there."""
    name = plan.SENSOR.name.encode()
    body = b"\x00\x04MQTT\x04\x02" + int(PING_EVERY).to_bytes(2, "big") + len(name).to_bytes(2, "big") + name
    with actor.connect("mqtt.sensors.example", 1883) as link:
        link.sendall(b"\x10" + bytes([len(body)]) + body)
        link.recv(64)
        topic = b"plug/switch"
        link.sendall(b"\x82" + bytes([5 + len(topic)]) + b"\x00\x01\x00" + bytes([len(topic)]) + topic + b"\x00")
        link.recv(64)
        for _ in range(PLUG_PINGS):
            link.sendall(b"\xc0\x00")
            link.recv(64)
            actor.pause(PING_EVERY)
        link.sendall(b"\xe0\x00")
    return PLUG_PINGS


def tell_time(actor: Actor) -> int:
    for _ in range(PLUG_TIMES):
        actor.datagram(actor.find("ntp.pool.example") or plan.NTP_IP, ntp.PORT, ntp.request(0.0))
        actor.pause(TIME_EVERY, 0.02)
    return PLUG_TIMES


def keep(actor: Actor) -> int:
    """A sign of life over UDP, so that the router keeps the way back open; answered, to a port of its own."""
    cloud = actor.find("plug-cloud.example") or plan.CLOUD_IP
    for _ in range(PLUG_KEEPS):
        actor.datagram(cloud, cast.UDP_PORT, b"\x0a\x00keep")
        actor.pause(KEEP_EVERY, 0.02)
    return PLUG_KEEPS


def live(actor: Actor) -> int:
    """Everything that the plug does."""
    return actor.together(poll, listen, tell_time, keep)


if __name__ == "__main__":
    main(call=call, live=live)
