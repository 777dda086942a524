import socket
import threading
from pathlib import Path

import pytest

from botwarden.lab import irc, orders, plan
from botwarden.lab.acts import chat
from botwarden.lab.guard import check_target


def test_what_is_ordered_is_about_the_victim_of_the_lab() -> None:
    for said in (*chat.SAID, *chat.CALLED_OUT):
        assert "{" not in said
        for word in said.split():
            if word.count(".") == 3:
                assert check_target(word) == plan.VICTIM_IP


def test_orders_in_bare_lines_go_where_the_server_looks_for_them(tmp_path: Path) -> None:
    assert chat.orders_to() == irc.LINES
    inbox = orders.Inbox(tmp_path)
    orders.give(tmp_path, chat.orders_to(), b"PING")
    assert inbox.new() == [(irc.LINES, b"PING")]


@pytest.mark.parametrize(("sent", "heard"), [(b":op PRIVMSG #ctl :!scan\r\n", 1), (b"", 0)])
def test_a_line_is_heard_or_not(sent: bytes, heard: int) -> None:
    bot, server = socket.socketpair()
    with bot:
        threading.Thread(target=lambda: (server.sendall(sent), server.close())).start()
        assert chat.hears(bot, "!scan") == heard
