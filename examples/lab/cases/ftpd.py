"""A small FTP server (RFC 959, RFC 2428): a login, a listing, nothing that could be changed.

python -m lab.cases.ftpd ADDRESS USER:PASSWORD
"""

import socket
import socketserver
import sys
from typing import ClassVar, Final

LISTING: Final = b"-rw-r--r-- 1 lab lab 81230 Mar 01 10:00 porch-0001.jpg\r\n"
MAX_LINE: Final = 256


class Session(socketserver.StreamRequestHandler):
    """One control connection."""

    account: ClassVar[tuple[str, str]] = ("", "")
    user = ""
    inside = False
    door: socket.socket | None = None

    def handle(self) -> None:
        self.say("220 lab FTP ready")
        while line := self.rfile.readline(MAX_LINE):
            command, _, argument = line.decode("ascii", "replace").strip().partition(" ")
            if not self._do(command.upper(), argument):
                break

    def say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")

    def _do(self, command: str, argument: str) -> bool:
        if command == "USER":
            self.user = argument
            self.say("331 Password required")
        elif command == "PASS":
            self.inside = (self.user, argument) == self.account
            self.say("230 Logged in" if self.inside else "530 Login incorrect")
        elif command == "QUIT":
            self.say("221 Bye")
            return False
        elif not self.inside:
            self.say("530 Please log in")
        elif command == "EPSV":
            self.door = socket.create_server((self.connection.getsockname()[0], 0))
            self.say(f"229 Extended passive mode (|||{self.door.getsockname()[1]}|)")
        elif command in ("LIST", "NLST") and self.door is not None:
            self.say("150 Here it comes")
            with self.door, self.door.accept()[0] as data:
                data.sendall(LISTING)
            self.door = None
            self.say("226 Done")
        else:
            self.say({"PWD": '257 "/"', "TYPE": "200 Type set", "SYST": "215 UNIX Type: L8"}.get(command, "502 No"))
        return True


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


if __name__ == "__main__":
    user, _, password = sys.argv[2].partition(":")
    Session.account = user, password
    Server((sys.argv[1], 21), Session).serve_forever()
