"""Telnet sessions that are out of the ordinary, cut short, or made to mislead."""

from protocols.telnet_sessions import BUSYBOX, NEGOTIATE, SESSIONS, Case, c, keys, s

CASES: dict[str, Case] = SESSIONS | {
    "out after too many": Case(
        [
            s("login: "), c("a\r\n"), s("Password: "), c("b\r\n"), s("\r\nLogin incorrect\r\nlogin: "), c("a\r\n"),
            s("Password: "), c("c\r\n"), s("\r\nMaximum number of tries exceeded\r\n"),
        ],
        {"attempts": 2, "refused": 2, "success": False, "users": ("a",)},
    ),
    "told of earlier failures": Case(
        [
            s("login: "), c("bob\r\n"), s("Password: "), c("pw\r\n"),
            s("\r\nLast failed login: Mon Jan  1 00:00:00 UTC 2024 from 203.0.113.5 on pts/0\r\n"),
            s("There were 3 failed login attempts since the last successful login.\r\n"),
            s("Last login: Sun Dec 31 10:00:00 from 203.0.113.5\r\nbob@host:~$ "), c("ls\r\n"),
        ],
        {"attempts": 1, "refused": 0, "success": True, "commands": ("ls",)},
    ),
    "a default that has to be changed": Case(
        [
            s("login: "), c("admin\r\n"), s("Password: "), c("admin\r\n"),
            s("\r\nYou are required to change your password immediately\r\nNew password: "), c("n3w\r\n"),
            s("\r\nRetype new password: "), c("n3w\r\n"), s("\r\n# "), c("ls\r\n"),
        ],
        {"attempts": 1, "passwords": 3, "success": True, "commands": ("ls",)},
    ),
    "logged out and in again": Case(
        [
            s("login: "), c("root\r\n"), s("Password: "), c("root\r\n"), s("\r\n# "), c("exit\r\n"),
            s("\r\nlogin: "), c("guest\r\n"), s("Password: "), c("nope\r\n"), s("\r\nLogin incorrect\r\nlogin: "),
        ],
        {
            "attempts": 2, "refused": 1, "success": True, "user": "root", "users": ("root", "guest"),
            "commands": ("exit",),
        },
    ),
    "a banner full of prompts": Case(
        [
            s("* Earn $ \r\n# This is not a prompt > \r\nlogin: not here\r\nPassword: is secret\r\n$ "),
            s("\r\ncam login: "), c("root\r\n"), s("Password: "), c("nope\r\n"),
            s("\r\nLogin incorrect\r\ncam login: "),
        ],
        {"attempts": 1, "passwords": 1, "users": ("root",), "refused": 1, "success": False, "commands": None},
    ),
    "a client that types prompts": Case(
        [
            s("login: "), *keys("login:"), s("\r\nPassword: "), *keys("Password:", echo=False),
            s("\r\nLogin incorrect\r\nlogin: "), *keys("# "), s("\r\nPassword: "), *keys("$ ", echo=False),
            s("\r\nLogin incorrect\r\nlogin: "),
        ],
        {"attempts": 2, "passwords": 2, "users": ("login:", "#"), "refused": 2, "success": False},
    ),
    "a shell made to print prompts": Case(
        [
            s("login: "), c("root\r\n"), s("Password: "), c("root\r\n"), s("\r\n# "),
            c("echo 'login:'\r\n"), s("echo 'login:'\r\nlogin:\r\n# "), c("id\r\n"), s("id\r\nuid=0\r\n# "),
        ],
        {"attempts": 1, "users": ("root",), "success": True, "commands": ("echo 'login:'", "id")},
    ),
    "refused in words, yet there is a shell": Case(
        [
            s("login: "), c("root\r\n"), s("Password: "), c("root\r\n"), s("\r\nLogin incorrect\r\n# "),
            c("/bin/busybox OWARI\r\n"), s("OWARI: applet not found\r\n# "),
        ],
        {"attempts": 1, "success": True, "tokens": ("OWARI",), "success_dictionary": ("mirai", "default")},
    ),
    "begun before the capture, at the password": Case(
        [c("mysecret\r\n"), s("\r\nLogin incorrect\r\nhost login: "), c("bob\r\n"), s("bob\r\nPassword: ")],
        {"attempts": 2, "passwords": 1, "refused": 1, "users": ("bob",), "commands": None},
    ),
    "begun before the capture, at the name": Case(
        [c("bob\r\n"), s("bob\r\nPassword: "), c("mysecret\r\n"), s("\r\n"), s(BUSYBOX), c("ls\r\n"), s("ls\r\n# ")],
        {"attempts": 1, "passwords": 1, "users": ("bob",), "success": True, "commands": ("ls",)},
    ),
    "begun before the capture, in a shell": Case(
        [c("su\r\n"), s("su\r\nPassword: "), c("mysecret\r\n"), s("\r\n# "), c("id\r\n"), s("id\r\nuid=0\r\n# ")],
        {"attempts": 0, "passwords": 1, "users": None, "success": None, "commands": ("id",)},
    ),
    "an unknown language": Case(
        [s("Tunnus > Nimi? "), c("bob\r\n"), s("Salasana: "), c("mysecret\r\n"), s("\r\nVirhe\r\nTunnus > Nimi? ")],
        {"attempts": 1, "passwords": 1, "users": ("bob",), "commands": None},
    ),
    "a password given twice, ahead of its prompt": Case(
        [
            s("login: "), c("bob\r\nwrong\r\nbob\r\nmysecret\r\nenable\r\n"),
            s("bob\r\nPassword: \r\nPassword: \r\n$ "),
        ],
        {"attempts": 1, "users": ("bob",), "success": True, "commands": ("enable",)},
    ),
    "a password changed in a session that began before": Case(
        [c("passwd\r\n"), s("New password: "), c("mysecret\r\n"), s("\r\nRetype new password: "), c("mysecret\r\n")],
        {"attempts": 0, "passwords": 2, "users": None, "success": None, "commands": None},
    ),
    "asked for a code at a prompt of its own": Case(
        [
            s("login: "), c("bob\r\n"), s("Password: "), c("pw\r\n"), s("\r\nWelcome, one more thing.\r\nKod: "),
            c("123456\r\n"), s("\r\n$ "), c("ls\r\n"),
        ],
        {"attempts": 1, "success": True, "commands": ("ls",)},
    ),
    "a shell that prompts with a colon": Case(
        [
            s("Username: "), c("admin\r\n"), s("Password: "), c("admin\r\n"), s("\r\nConsole\r\nadmin:"),
            c("show status\r\n"), s("show status\r\nok\r\nadmin:"), c("show ip\r\n"), s("show ip\r\nadmin:"),
        ],
        {"attempts": 1, "success": True, "commands": ("show ip",)},
    ),
    "only negotiation": Case(
        [*NEGOTIATE],
        {"attempts": 0, "success": None, "negotiated": True, "banner": None, "user": None, "commands": None},
    ),
    "only a look": Case(
        [s("Welcome to HDVR\r\nHDVR login: ")],
        {"attempts": 0, "success": None, "banner": "Welcome to HDVR", "negotiated": False},
    ),
    "left before the answer": Case(
        [s("login: "), c("root\r\n"), s("Password: "), c("xc3511\r\n"), s("\r\n")],
        {"attempts": 1, "passwords": 1, "refused": 0, "success": None, "dictionary_attempts": 1},
    ),
    "a name and no more": Case(
        [s("login: "), c("root\r\n"), s("Password: ")],
        {"attempts": 1, "passwords": 0, "refused": 0, "success": None},
    ),
    "Enter alone is no login": Case(
        [s("login: "), c("\r\n"), s("\r\nlogin: "), c("\r\n"), s("\r\nlogin: ")],
        {"attempts": 0, "refused": 0, "success": None, "users": None},
    ),
    "the name is refused by itself": Case(
        [s("Username: "), c("bob\r\n"), s("bob\r\nUnknown user\r\nUsername: ")],
        {"attempts": 1, "passwords": 0, "refused": 1, "success": False},
    ),
    "interrupted and begun anew": Case(
        [
            s("login: "), *keys("root"), s("\r\nPassword: "), c("\x03"), s("\r\nlogin: "), *keys("bob"),
            s("\r\nPassword: "), *keys("pw", echo=False), s("\r\nLogin incorrect\r\nlogin: "),
        ],
        {"attempts": 2, "passwords": 1, "users": ("root", "bob"), "success": False},
    ),
    "typed faster than the prompt comes": Case(
        [
            c("r"), s("login: r"), c("oot\r\n"), s("oot\r\nPassword: "), c("nope\r\n"),
            s("\r\nLogin incorrect\r\nlogin: "),
        ],
        {"attempts": 1, "passwords": 1, "users": ("root",), "refused": 1},
    ),
    "a name that is not text": Case(
        [
            s("login: "), c(b"\xff\xff\xfe\x01root\x1b[31m\r\n"), s("Password: "), c("x\r\n"),
            s("\r\nLogin incorrect\r\n"),
        ],
        {"attempts": 1, "users": ("\\xff\\xferoot",), "refused": 1},
    ),
    "answers come before the negotiation is over": Case(
        [
            (False, b"\xff\xfd\x18log"), (True, b"\xff\xfb"), (False, b"in: "), (True, b"\x18ro"),
            (False, b"\xff\xfa\x18\x01\xff\xf0"), (True, b"\xff\xfa\x18\0xterm\xff\xf0ot\r\0"), s("Password: "),
            c("nope\r\n"), s("\r\nLogin incorrect\r\nlogin: "),
        ],
        {"attempts": 1, "users": ("root",), "refused": 1, "negotiated": True},
    ),
}  # fmt: skip
