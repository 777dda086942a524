"""A small IRC server (RFC 2812): names, channels with or without a password, and what is said in them.

It also takes calls from bots of BASHLITE's kind, which say ``BUILD`` and an architecture and then wait for bare lines.
"""

import socketserver
import threading
from typing import Final

from botwarden.lab.serving import BACKLOG, Threads

HOST: Final = "chat.example"
OPERATOR: Final = "op!op@chat.example"
"""Who speaks for the one that gives orders."""
LINES: Final = "lines"
"""In place of a channel: those who said ``BUILD``."""
MAX_LINE: Final = 510
MAX_CHANNELS: Final = 64


class Member(socketserver.StreamRequestHandler):
    """One connection."""

    timeout = 600
    nick = ""
    server: "Server"

    def handle(self) -> None:
        """Answer line after line."""
        while line := self.rfile.readline(MAX_LINE):
            command, _, rest = line.decode("utf-8", "replace").strip().partition(" ")
            if command.upper() == "QUIT":
                break
            action = getattr(self, f"do_{command.lower()}", None)
            if action is not None:
                action(rest)

    def finish(self) -> None:
        """Leave all channels."""
        self.server.leave(self)
        try:
            super().finish()
        except OSError:
            return  # the other end is gone already

    def say(self, text: str) -> None:
        """Send a line. Raises OSError."""
        self.wfile.write(text.replace("\r", " ").replace("\n", " ").encode() + b"\r\n")

    def do_nick(self, rest: str) -> None:
        """Be called something."""
        self.nick = rest.lstrip(":")[:32]

    def do_user(self, _: str) -> None:
        """Be welcomed."""
        self.say(f":{HOST} 001 {self.nick} :Welcome, {self.nick}")
        self.say(f":{HOST} 422 {self.nick} :MOTD File is missing")

    def do_ping(self, rest: str) -> None:
        """A sign of life."""
        self.say(f":{HOST} PONG {HOST} {rest}")

    def do_join(self, rest: str) -> None:
        """Enter a channel."""
        channel, _, key = rest.partition(" ")
        members = self.server.enter(channel, key, self)
        if members is None:
            self.say(f":{HOST} 475 {self.nick} {channel} :Cannot join channel (+k)")
            return
        self.say(f":{HOST} 353 {self.nick} = {channel} :{' '.join(member.nick for member in members)}")
        self.say(f":{HOST} 366 {self.nick} {channel} :End of /NAMES list")

    def do_privmsg(self, rest: str) -> None:
        """Say something to the others of a channel."""
        channel, _, text = rest.partition(" ")
        self.server.tell(channel, self.mask, text.removeprefix(":"), self)

    def do_build(self, _: str) -> None:
        """Be one of those who get bare lines."""
        self.server.enter(LINES, "", self)

    @property
    def mask(self) -> str:
        """Who this is, as others see it."""
        return f"{self.nick}!{self.nick.strip('[]').replace('|', '-').lower()}@{self.client_address[0]}"


class Server(Threads, socketserver.TCPServer):
    """The channels and who is in them. A channel goes with the last of its members."""

    allow_reuse_address = True
    request_queue_size = BACKLOG

    def __init__(self, address: tuple[str, int]) -> None:
        """Listen; raises OSError."""
        self._lock = threading.Lock()
        self._channels: dict[str, list[Member]] = {}
        self._keys: dict[str, str] = {}
        super().__init__(address, Member)

    def enter(self, channel: str, key: str, who: Member) -> list[Member] | None:
        """Who is in a channel once ``who`` is; None where the key is wrong."""
        with self._lock:
            if channel not in self._keys and len(self._keys) >= MAX_CHANNELS:
                return None
            if key != self._keys.setdefault(channel, key):
                return None
            members = self._channels.setdefault(channel, [])
            if who not in members:
                members.append(who)
            heard = list(members)
        if channel != LINES:
            self._send(heard, f":{who.mask} JOIN {channel}")
        return heard

    def leave(self, who: Member) -> None:
        """Take somebody out of every channel."""
        with self._lock:
            for channel in [channel for channel, members in self._channels.items() if who in members]:
                self._channels[channel].remove(who)
                if not self._channels[channel]:
                    del self._channels[channel], self._keys[channel]

    def tell(self, channel: str, mask: str, text: str, but: Member | None = None) -> int:
        """Say something to all of a channel but one; how many there are."""
        with self._lock:
            heard = [member for member in self._channels.get(channel, []) if member is not but]
        self._send(heard, text if channel == LINES else f":{mask} PRIVMSG {channel} :{text}")
        return len(heard)

    @staticmethod
    def _send(members: list[Member], line: str) -> None:
        for member in members:
            try:
                member.say(line)
            except OSError:
                continue  # gone; its own thread takes it out
