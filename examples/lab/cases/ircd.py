"""A small IRC server (RFC 2812): names, channels with or without a password, and what is said in them.

python -m lab.cases.ircd ADDRESS PORT
"""

import socketserver
import sys
import threading
from typing import Final

HOST: Final = "chat.example"
MAX_LINE: Final = 510


class Member(socketserver.StreamRequestHandler):
    """One connection."""

    nick = ""
    lock = threading.Lock()
    channels: Final[dict[str, list["Member"]]] = {}
    keys: Final[dict[str, str]] = {}

    def handle(self) -> None:
        while line := self.rfile.readline(MAX_LINE):
            command, _, rest = line.decode("utf-8", "replace").strip().partition(" ")
            action = getattr(self, f"do_{command.lower()}", None)
            if command.upper() == "QUIT":
                break
            if action is not None:
                action(rest)

    def finish(self) -> None:
        with Member.lock:
            for members in Member.channels.values():
                if self in members:
                    members.remove(self)
        super().finish()

    def say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")

    def do_nick(self, rest: str) -> None:
        self.nick = rest.lstrip(":")

    def do_user(self, _: str) -> None:
        self.say(f":{HOST} 001 {self.nick} :Welcome, {self.nick}")
        self.say(f":{HOST} 422 {self.nick} :MOTD File is missing")

    def do_ping(self, rest: str) -> None:
        self.say(f":{HOST} PONG {HOST} {rest}")

    def do_join(self, rest: str) -> None:
        channel, _, key = rest.partition(" ")
        with Member.lock:
            if key != Member.keys.setdefault(channel, key):
                self.say(f":{HOST} 475 {self.nick} {channel} :Cannot join channel (+k)")
                return
            members = Member.channels.setdefault(channel, [])
            members.append(self)
            for member in members:
                member.say(f":{self.mask} JOIN {channel}")
        self.say(f":{HOST} 353 {self.nick} = {channel} :{' '.join(member.nick for member in members)}")
        self.say(f":{HOST} 366 {self.nick} {channel} :End of /NAMES list")

    def do_privmsg(self, rest: str) -> None:
        channel = rest.partition(" ")[0]
        with Member.lock:
            for member in Member.channels.get(channel, []):
                if member is not self:
                    member.say(f":{self.mask} PRIVMSG {rest}")

    @property
    def mask(self) -> str:
        return f"{self.nick}!{self.nick.strip('[]').replace('|', '-').lower()}@{self.client_address[0]}"


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


if __name__ == "__main__":
    Server((sys.argv[1], int(sys.argv[2])), Member).serve_forever()
