"""Who sits at the chat server: a bot and its operator, or two people who garden. Nothing acts on what is said."""

import socket
import threading
from typing import Final

from lab import plan
from lab.cases import cast
from lab.cases.actor import Actor, main

BOT: Final = "[ARM|xkvtq]"
CONTROL, KEY = "#ctl", "fern"
ORDERS: Final = ("!scan", "!udpflood 203.0.113.9 80 60", "!stop", "!synflood 203.0.113.9 443 120", "!version")
GARDEN: Final = "#gardening"
ANNA: Final = (
    "hello, is anyone here?",
    "my tomatoes have brown spots again",
    "no, they get water every morning",
    "!help",
    "thank you! there is a good page on it: https://news.example/tomatoes",
    "strange, somebody wrote !udpflood 203.0.113.9 80 60 in here last week",
    "see you tomorrow",
)
BRUNO: Final = (
    "good evening anna",
    "do you water them from above?",
    "water the roots, not the leaves",
    "! that is no word the channel's bot knows ;)",
    "nice, I'll read that",
    "yes, it was kicked out. good night everyone",
)


class Talker:
    """A member of a channel who answers the server's questions and otherwise listens."""

    def __init__(self, actor: Actor, nick: str, channel: str) -> None:
        self._link = actor.connect(plan.CNC_IP, cast.CHAT_PORT)
        self._actor = actor
        self.heard = 0
        self.send(f"NICK {nick}")
        self.send(f"USER {nick.strip('[]').replace('|', '').lower()} 0 * :{nick}")
        threading.Thread(target=self._listen, daemon=True).start()
        self._channel = channel

    def join(self, after: float) -> None:
        self._actor.pause(after)
        self.send(f"JOIN {self._channel}")

    def send(self, line: str) -> None:
        self._link.sendall(line.encode() + b"\r\n")

    def say(self, text: str) -> None:
        self.send(f"PRIVMSG {self._channel.partition(' ')[0]} :{text}")

    def leave(self) -> None:
        self.send("QUIT :bye")
        self._link.shutdown(socket.SHUT_WR)

    def _listen(self) -> None:
        while said := self._link.recv(2048):
            self.heard += said.count(b"PRIVMSG")


def bot(actor: Actor) -> int:
    """Join at once and listen; only ever say that it is there."""
    talker = Talker(actor, BOT, f"{CONTROL} {KEY}")
    talker.join(after=1)
    for _ in range(10):
        actor.pause(60)
        talker.send(f"PING {cast.CHAT_PORT}")
    talker.leave()
    return talker.heard


def operator(actor: Actor) -> int:
    """Call out orders; there is nothing in the lab that would follow them."""
    talker = Talker(actor, "op", f"{CONTROL} {KEY}")
    talker.join(after=1)
    for order in ORDERS:
        actor.pause(100)
        talker.say(order)
    actor.pause(20)
    talker.leave()
    return len(ORDERS)


def anna(actor: Actor) -> int:
    return _person(actor, "anna", ANNA, first=60)


def bruno(actor: Actor) -> int:
    return _person(actor, "bruno_k", BRUNO, first=90)


def _person(actor: Actor, nick: str, lines: tuple[str, ...], first: float) -> int:
    talker = Talker(actor, nick, GARDEN)
    talker.join(after=20)
    actor.pause(first)
    for line in lines:
        talker.say(line)
        actor.pause(80, 0.2)
        talker.send("PING :still here")
    talker.leave()
    return len(lines)


if __name__ == "__main__":
    main(bot=bot, operator=operator, anna=anna, bruno=bruno)
