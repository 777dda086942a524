"""Two people who garden, at the lab's IRC server. Nothing acts on what is said."""

from typing import Final

from botwarden.lab import links, plan
from botwarden.lab.acting import Actor, Outcome
from botwarden.lab.acts.chat import line
from botwarden.lab.errors import LabError

CHANNEL: Final = "#gardening"
SAID: Final = {
    "anna": (
        "hello, is anyone here?",
        "my tomatoes have brown spots again",
        "no, they get water every morning",
        "!help",
        "thank you! there is a good page on it: https://news.example/tomatoes",
        "strange, somebody wrote !udpflood 203.0.113.9 80 60 in here last week",
        "see you tomorrow",
    ),
    "bruno_k": (
        "good evening anna",
        "do you water them from above?",
        "water the roots, not the leaves",
        "! that is no word the channel's bot knows ;)",
        "nice, I'll read that",
        "yes, it was kicked out. good night everyone",
    ),
}


def chat(actor: Actor, /, *, nick: str = "anna", first: float = 60.0) -> Outcome:
    """Join a channel and talk about tomatoes, and about a bot's order."""
    if nick not in SAID:
        raise LabError(f"nobody is called {nick!r}; there are {', '.join(SAID)}")
    with links.connect(actor.permit, plan.IRC_IP, plan.IRC_PORT) as link:
        line(link, f"NICK {nick}")
        line(link, f"USER {nick} 0 * :{nick}")
        actor.pause(20)
        line(link, f"JOIN {CHANNEL}")
        actor.pause(first)
        for text in SAID[nick]:
            line(link, f"PRIVMSG {CHANNEL} :{text}")
            actor.pause(80, 0.2)
            line(link, "PING :still here")
        line(link, "QUIT :bye")
        while link.recv(2048):
            pass  # unread words would turn the goodbye into a reset
    return Outcome(count=len(SAID[nick]), target=plan.IRC_IP, what=f"{nick} says {len(SAID[nick])} things")
