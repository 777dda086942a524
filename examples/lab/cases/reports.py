"""Who talks in bare lines: a bot of BASHLITE's kind, which only says that it is there, and a weather station."""

from lab import plan
from lab.cases import cast
from lab.cases.actor import Actor, main

READINGS = 12


def bot(actor: Actor) -> int:
    """Say what it was built for, answer each ``PING``, and do nothing that it is told."""
    orders = 0
    with actor.connect(plan.CNC_IP, cast.LINES_PORT) as link:
        link.settimeout(30)
        link.sendall(b"BUILD ARM\n")
        while said := link.recv(512):
            orders += said.count(b"!*")
            if b"PING" in said:
                link.sendall(b"PONG\n")
    return orders


def station(actor: Actor) -> int:
    """Report the weather every four minutes, as amateurs' stations do (APRS-IS)."""
    with actor.connect("rotate.weather.example", cast.WEATHER_PORT) as link:
        link.recv(512)
        link.sendall(b"user DB0LAB pass -1 vers greenhouse 1.4\r\n")
        link.recv(512)
        for n in range(READINGS):
            reading = (
                f"DB0LAB>APRS,TCPIP*:@25{n:02}00z5230.00N/01323.00E_220/004g005t0{60 + n}r000p000P000h50b10150\r\n"
            )
            link.sendall(reading.encode())
            link.recv(512)
            actor.pause(240, 0.02)
    return READINGS


if __name__ == "__main__":
    main(bot=bot, station=station)
