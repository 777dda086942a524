"""Domain names: whose they are, and whether they look as if a program had made them up.

A name that is made up at random has letters side by side that words hardly ever have. `bits` adds up, over the pairs
of neighbouring letters of a label, how much more often words have that pair than chance: words come out positive,
random letters negative, both the more the longer they are. `_PAIRS` holds one row for each first letter and one digit
for each second one: twice the binary logarithm of (how often the second follows the first in words) / (1 in 26),
plus 5, kept within 0 to 9. It was counted in the 8,783 different words of three letters and more that stand in the
docstrings of Python 3.11's standard library, with one added to each count.

Of 11,000 names that people gave to their software, and that are as short, new and abbreviated as domains are, 2 to 5 %
(by length) look made up at `GENERATED` bits; of twelve letters at random 91 % do, of eight 80 %, of sixteen
hexadecimal digits 95 %. Names put together from syllables or words are not found.
"""

import re
from functools import lru_cache
from itertools import pairwise
from typing import Final

_PAIRS: Final = {
    "a": "06760040401868050879321020",
    "b": "84518000730921820563700040",
    "c": "80408007507610900528500010",
    "d": "71259210900501610563500010",
    "e": "60783420000658041997021500",
    "f": "70028800900600900724600030",
    "g": "60109056700536510862600000",
    "h": "90019000800321900516300020",
    "i": "43755340000659840477040104",
    "j": "91319311414111931161911131",
    "k": "61149350900605320292305010",
    "l": "80049000900700810055400070",
    "m": "94019000800250780052500020",
    "n": "70788490601103510079330000",
    "o": "23660240103679560955635100",
    "p": "90119003600800860947500030",
    "q": "10130100000213000141900000",
    "r": "80449120801253810576310040",
    "s": "50609106801311560079700030",
    "t": "80319006900310630765400040",
    "u": "56526230500869260878000000",
    "v": "90109000900000510000000000",
    "w": "90238017900407730773002200",
    "x": "51739403800350190339100430",
    "y": "33546431700567590487003032",
    "z": "80009000900141610113000021",
}
_BITS: Final = {
    first + chr(ord("a") + k): (int(digit) - 5) / 2 for first, row in _PAIRS.items() for k, digit in enumerate(row)
}
_SWITCH: Final = -1.5
"""Bits for each change between letters and digits after the first: names end in a number, they are not riddled with
them."""

GENERATED: Final = -4.0
"""Bits at and below which a label looks made up."""
MIN_GENERATED: Final = 7
"""Letters and digits from which on that is judged: a shorter one may be an abbreviation."""
MAX_SCORED: Final = 64  # characters; a label has 63 at most

CACHE: Final = 8192  # names whose owner is remembered: devices ask for the same ones all day

_SECOND_LEVEL: Final = frozenset(("co", "com", "net", "org", "gov", "edu", "ac", "or", "ne", "go", "gob", "gen", "nom"))
"""Below a country's domain these are registries, and names are registered below them."""
_SHARED: Final = frozenset({
    "duckdns.org", "no-ip.org", "no-ip.com", "no-ip.biz", "ddns.net", "hopto.org", "zapto.org", "sytes.net",
    "dyndns.org", "dynu.net", "dynu.com", "afraid.org", "mooo.com", "ddnss.de", "spdns.de", "3322.org", "f3322.net",
    "servehttp.com", "myftp.org", "myq-see.com", "dvrdns.org", "myfritz.net", "synology.me", "ngrok.io",
    "ngrok-free.app", "ngrok.app", "trycloudflare.com", "workers.dev", "pages.dev", "github.io", "herokuapp.com",
    "blogspot.com", "azurewebsites.net", "cloudfront.net", "amazonaws.com", "web.app", "netlify.app", "vercel.app",
})  # fmt: skip
"""Domains below which anybody gets a name: dynamic DNS and hosting."""
_HOME: Final = frozenset({
    "local", "lan", "home", "internal", "intranet", "localdomain", "corp", "private", "localhost", "test", "invalid",
    "example", "arpa", "box", "router", "gateway", "workgroup", "domain", "mshome", "station", "belkin", "dlink",
    "homenet", "lokal", "office", "openstacklocal", "consul", "cluster", "onion", "alt", "wpad",
})  # fmt: skip
"""Top-level domains of home networks, and those that are none (RFC 6761, RFC 6762 appendix G, RFC 9476)."""
_TOP: Final = re.compile(r"(?:[a-z]{2,18}|xn--[a-z0-9-]+)\Z")


def bits(label: str) -> float:
    """How word-like a label is, in lower case; negative where letters at random are likelier than a word."""
    score = 0.0
    switches = 0
    for first, second in pairwise(label[:MAX_SCORED]):
        found = _BITS.get(first + second)
        if found is not None:
            score += found
        elif first.isalnum() and second.isalnum() and first.isalpha() != second.isalpha():
            switches += 1
            if switches > 1:
                score += _SWITCH
    return score


def looks_generated(label: str) -> bool:
    """Whether a label looks made up by a program; never for numbers and for names in other scripts (``xn--``)."""
    if len(label) < MIN_GENERATED or label.startswith("xn--") or not label.isascii() or label.isdigit():
        return False
    return bits(label.lower()) <= GENERATED


@lru_cache(CACHE)
def registered(name: str) -> str | None:
    """The domain that somebody registered, of a name in the public DNS: ``b.co.uk`` of ``a.b.co.uk``.

    None for single labels, reverse look-ups, names of home networks, and what cannot be in the public DNS.
    """
    labels = name.lower().rstrip(".").split(".")
    if len(labels) < 2 or not all(labels) or not _TOP.match(labels[-1]) or labels[-1] in _HOME:
        return None
    size = 3 if len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL else 2
    if size == 2 and ".".join(labels[-2:]) in _SHARED:
        size = 3
    return ".".join(labels[-size:]) if len(labels) >= size else None


def is_private(name: str) -> bool:
    """Whether a name is no matter of the public DNS: a single label, a reverse look-up, a home network's."""
    head, _, top = name.lower().rstrip(".").rpartition(".")
    return not head or top in _HOME
