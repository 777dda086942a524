"""What devices do of their own accord: ask for the time, keep in touch with their makers, report the weather."""

from typing import Final

from botwarden.lab import links, mqtt, ntp, plan
from botwarden.lab.acting import Actor, Outcome
from botwarden.lab.certificates import client_context
from botwarden.lab.internet import KEEP_PORT
from plays import cast

MAKER: Final = "firmware.example"
NTP_POOL: Final = "ntp.pool.example"
BROKER: Final = "mqtt.plugs.example"
PING_EVERY: Final = 60.0


def tell_time(actor: Actor, /, *, times: int = 38, every: float = 64.0) -> Outcome:
    """Look the time server up and ask it, again and again."""
    for _ in actor.permit.conversations(times, 50.0):
        server = links.find(actor.permit, NTP_POOL, actor.random) or plan.NTP_IP
        links.ask(actor.permit, server, ntp.PORT, ntp.request(actor.clock.now()))
        actor.pause(every, 0.02)
    return Outcome(count=times, target=plan.NTP_IP, what=f"asks for the time {times} times")


def poll(actor: Actor, /, *, times: int = 24, every: float = 30.0) -> Outcome:
    """Ask the maker over TLS whether there is something to switch."""
    actor.permit.confirm()
    context = client_context(actor.folder / "tls")
    request = f"PUT /plug HTTP/1.1\r\nHost: {MAKER}\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}"
    for _ in range(times):
        address = links.find(actor.permit, MAKER, actor.random) or plan.UPDATE_IP
        with (
            links.connect(actor.permit, address, 443) as plain,
            context.wrap_socket(plain, server_hostname=MAKER) as link,
        ):
            link.sendall(request.encode())
            while link.recv(4096):
                pass
        actor.pause(every, 0.02)
    return Outcome(count=times, target=plan.UPDATE_IP, what=f"{times} requests to {MAKER} over TLS")


def listen(actor: Actor, /, *, pings: int = 40) -> Outcome:
    """One MQTT connection in which hardly anything is said but that both are there."""
    broker = links.find(actor.permit, BROKER, actor.random) or plan.MQTT_IP
    client = mqtt.Client(links.ready(actor.permit, broker), 1883, plan.PLUG.name, round(PING_EVERY))
    client.send(mqtt.subscribe("plug/switch"))
    client.read()
    for _ in range(pings):
        client.send(mqtt.packet(mqtt.PINGREQ))
        client.read()
        actor.pause(PING_EVERY)
    client.send(mqtt.packet(mqtt.DISCONNECT))
    client.close()
    return Outcome(count=pings, target=broker, what=f"one MQTT connection to {BROKER} with {pings} signs of life")


def keep_open(actor: Actor, /, *, times: int = 45, every: float = 28.0) -> Outcome:
    """A sign of life over UDP, so that the router keeps the way back open; answered, to a port of its own."""
    for _ in range(times):
        links.ask(actor.permit, plan.CLOUD_IP, KEEP_PORT, b"\x0a\x00keep")
        actor.pause(every, 0.02)
    return Outcome(count=times, target=plan.CLOUD_IP, what=f"{times} signs of life over UDP")


def report_weather(actor: Actor, /, *, readings: int = 12) -> Outcome:
    """Report the weather in bare lines every four minutes, as amateurs' stations do (APRS-IS)."""
    server = links.find(actor.permit, "rotate.weather.example", actor.random) or cast.WEATHER_IP
    with links.connect(actor.permit, server, cast.WEATHER_PORT) as link:
        link.recv(512)
        link.sendall(b"user DB0LAB pass -1 vers greenhouse 1.4\r\n")
        link.recv(512)
        for n in range(readings):
            weather = f"@25{n:02}00z5230.00N/01323.00E_220/004g005t0{60 + n}r000p000P000h50b10150"
            link.sendall(f"DB0LAB>APRS,TCPIP*:{weather}\r\n".encode())
            link.recv(512)
            actor.pause(240, 0.02)
    return Outcome(count=readings, target=server, what=f"{readings} reports of the weather")
