import socket
import threading
from collections.abc import Iterator

import pytest

from botwarden.lab import irc


@pytest.fixture
def server() -> Iterator[irc.Server]:
    made = irc.Server(("127.0.0.1", 0))
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


class Client:
    def __init__(self, server: irc.Server, *lines: str) -> None:
        self.link = socket.create_connection(server.server_address, 5)  # type: ignore[arg-type]
        self.file = self.link.makefile("rb")
        for line in lines:
            self.say(line)

    def say(self, line: str) -> None:
        self.link.sendall(line.encode() + b"\r\n")

    def until(self, mark: str) -> str:
        while line := self.file.readline().decode():
            if mark in line:
                return line.strip()
        raise AssertionError(f"never heard {mark}")

    def close(self) -> None:
        self.file.close()
        self.link.close()


def join(server: irc.Server, name: str, key: str = "") -> Client:
    return Client(server, f"NICK {name}", f"USER {name} 0 * :x", f"JOIN #bots {key}".strip())


def test_what_is_said_in_a_channel_is_heard_by_the_others(server: irc.Server) -> None:
    one = join(server, "one")
    one.until(" 366 ")
    two = join(server, "two")
    two.until(" 366 ")
    assert one.until("JOIN").startswith(":two!two@127.0.0.1 ")
    two.say("PRIVMSG #bots :hello there")
    assert one.until("PRIVMSG") == ":two!two@127.0.0.1 PRIVMSG #bots :hello there"
    assert server.tell("#bots", irc.OPERATOR, "!* SCAN ON") == 2
    assert two.until("PRIVMSG") == f":{irc.OPERATOR} PRIVMSG #bots :!* SCAN ON"
    one.say("PING x")
    assert one.until("PONG") == ":chat.example PONG chat.example x"
    one.close()
    two.close()


def test_a_channel_with_a_password_wants_it(server: irc.Server) -> None:
    one = join(server, "one", "secret")
    one.until(" 366 ")
    two = join(server, "two", "wrong")
    assert " 475 two #bots " in two.until(" 475 ")
    one.close()
    two.close()


def test_who_says_build_gets_bare_lines(server: irc.Server) -> None:
    bot = Client(server, "BUILD MIPS", "NICK x", "PING x")
    bot.until("PONG")
    assert server.tell(irc.LINES, irc.OPERATOR, "!* UDP 203.0.113.200 80 10\r\nQUIT") == 1
    assert bot.until("UDP") == "!* UDP 203.0.113.200 80 10  QUIT"
    bot.close()


def test_channels_are_bounded(server: irc.Server) -> None:
    bot = join(server, "one")
    for number in range(irc.MAX_CHANNELS + 1):
        bot.say(f"JOIN #{number}")
    assert " 475 " in bot.until(" 475 ")
    bot.close()


def test_who_joins_twice_is_there_once_and_leaves_no_channel_behind(server: irc.Server) -> None:
    for number in range(2 * irc.MAX_CHANNELS):
        bot = Client(server, "NICK x", f"JOIN #{number}", f"JOIN #{number}")
        assert bot.until(" 366 ")
        assert bot.until(" 353 ").endswith(":x")
        bot.say("QUIT")
        while bot.file.readline():
            pass
        bot.close()
    last = join(server, "last")
    last.until(" 366 ")
    assert server.tell("#bots", irc.OPERATOR, "hello") == 1
    last.close()
