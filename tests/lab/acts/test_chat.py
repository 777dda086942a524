import socket
import threading
from collections.abc import Callable

import pytest

from botwarden.lab import plan
from botwarden.lab.acts import chat
from botwarden.lab.guard import check_target


def test_what_is_ordered_is_about_the_victim_of_the_lab() -> None:
    for said in (*chat.SAID, *chat.CALLED_OUT):
        assert "{" not in said
        for word in said.split():
            if word.count(".") == 3:
                assert check_target(word) == plan.VICTIM_IP


@pytest.mark.parametrize("act", ["irc", "lines"])
def test_what_is_said_has_a_limit(refusal: Callable[..., str], act: str) -> None:
    assert "connections at 20/s is more than" in refusal(act, words=3_000)


@pytest.mark.parametrize(("sent", "heard"), [(b":op PRIVMSG #ctl :!scan\r\n", 1), (b"", 0)])
def test_a_line_is_heard_or_not(sent: bytes, heard: int) -> None:
    bot, server = socket.socketpair()
    with bot:
        threading.Thread(target=lambda: (server.sendall(sent), server.close())).start()
        assert chat.hears(bot, "!scan") == heard
