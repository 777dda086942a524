"""Bots that take orders in plain text: in a channel of an IRC server, and on a bare line as BASHLITE's do.

Nothing in the lab acts on what is said there.
"""

import socket
import time
from typing import Final

from botwarden.lab import links, orders, plan
from botwarden.lab.acting import Actor, Outcome
from botwarden.lab.irc import LINES

CHANNEL: Final = "#ctl"
KEY: Final = "fern"
SAID: Final = (
    f"!udpflood {plan.VICTIM_IP} 80 60",
    "!scan",
    "!stop",
    f"!synflood {plan.VICTIM_IP} 443 120",
    "!version",
)
CALLED_OUT: Final = (
    "!* SCANNER ON",
    f"!* UDP {plan.VICTIM_IP} 80 60 32 0 10",
    "!* KILLATTK",
    f"!* TCP {plan.VICTIM_IP} 443 60 32 all 0 1",
    f"!* HOLD {plan.VICTIM_IP} 80 30",
)
MAX_LISTEN: Final = 2.0
"""s of the machine's time to listen for one line."""
MAX_RATE: Final = 20.0
"""Orders a second of the machine's time."""


def irc(actor: Actor, /, *, every: float = 60.0, words: int = 5, channel: str = CHANNEL) -> Outcome:
    """Join a channel under a bot's name, and hear what its operator orders."""
    steps = actor.permit.conversations(words, MAX_RATE)
    nick = "[ARM|" + "".join(actor.random.choices("bcdfghjklmnpqrstvwxz", k=5)) + "]"
    heard = 0
    with links.connect(actor.permit, plan.IRC_IP, plan.IRC_PORT) as link:
        line(link, f"NICK {nick}")
        line(link, f"USER {nick.strip('[]').replace('|', '').lower()} 0 * :{nick}")
        line(link, f"JOIN {channel} {KEY}")
        for n in steps:
            order = SAID[n % len(SAID)]
            actor.pause(every, 0.2)
            orders.give(actor.folder, channel, order.encode())
            heard += hears(link, order)
            line(link, f"PING {plan.IRC_PORT}")
        actor.pause(every, 0.2)
        line(link, "QUIT :bye")
    told = f"joins {channel} as {nick} and is told {heard} things, none of which it does"
    return Outcome(count=heard, target=plan.IRC_IP, what=told)


def lines(actor: Actor, /, *, every: float = 60.0, words: int = 5) -> Outcome:
    """Say what one was built for, answer each PING, and hear orders in bare lines, as BASHLITE's bots do."""
    steps = actor.permit.conversations(words, MAX_RATE)
    heard = 0
    with links.connect(actor.permit, plan.IRC_IP, plan.IRC_PORT) as link:
        line(link, "BUILD ARM")
        for n in steps:
            for text in ("PING", CALLED_OUT[n % len(CALLED_OUT)]):
                actor.pause(every / 2, 0.2)
                orders.give(actor.folder, LINES, text.encode())
                heard += hears(link, text)
                if text == "PING":
                    line(link, "PONG")
    told = f"says BUILD ARM, answers PING with PONG and is given {words} orders, none of which it follows"
    return Outcome(count=heard, target=plan.IRC_IP, what=told)


def line(link: socket.socket, text: str) -> None:
    """Say a line. Raises OSError."""
    link.sendall(text.encode() + b"\r\n")


def hears(link: socket.socket, text: str) -> int:
    """1 where the line comes within a moment."""
    end, data = time.monotonic() + MAX_LISTEN, b""
    link.settimeout(MAX_LISTEN)
    try:
        while time.monotonic() < end and text.encode() not in data:
            more = link.recv(2_048)
            if not more:
                break
            data = (data + more)[-8_192:]
    except TimeoutError:
        return 0
    return int(text.encode() in data)
