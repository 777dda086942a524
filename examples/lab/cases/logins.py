"""Who logs in: bots that guess, people who mistype, programs with an old password. Clients are real ones."""

import tempfile
from pathlib import Path
from typing import Final

from lab import plan
from lab.cases import cast
from lab.cases.actor import Actor, main

SSH_QUICK: Final = (
    *("-F", "none", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "IdentityAgent=none"),
    *("-o", "KexAlgorithms=curve25519-sha256", "-o", "HostKeyAlgorithms=ssh-ed25519", "-o", "LogLevel=ERROR"),
)
SSH_PASSWORDS: Final = 3
"""As many as a client may try on a connection before it begins another, as people's clients do."""
SSH_CONNECTIONS: Final = 8
ASKPASS: Final = Path(__file__).with_name("askpass.sh")
OLD_PASSWORD: Final = "willow-bend"


def guess_ftp(actor: Actor) -> int:
    """One login of Mirai's list after another at the recorder, a connection each, in the plainest of ways."""
    for user, password in plan.MIRAI_GUESSES:
        with actor.connect(plan.DVR.ip, 21) as link:
            link.recv(256)
            for line in (f"USER {user}", f"PASS {password}", "QUIT"):
                link.sendall(line.encode() + b"\r\n")
                link.recv(256)
        actor.pause(3, 0.3)
    return len(plan.MIRAI_GUESSES)


def use_ftp(actor: Actor) -> int:
    """A person mistypes twice and gets in; a program that nobody told the new password tries it every four minutes."""
    user, password = cast.FTP_LOGIN
    for typed in ("heron-lake", "heron-lake-91", password):
        _curl(actor, f"ftp://{plan.DVR.ip}/", f"{user}:{typed}")
        actor.pause(15)
    for _ in range(16):
        _curl(actor, f"ftp://{plan.DVR.ip}/", f"backup:{OLD_PASSWORD}")
        actor.pause(240, 0.02)
    return 19


def _curl(actor: Actor, url: str, login: str) -> None:
    actor.program("curl", "--silent", "--max-time", "8", "--user", login, url)


def guess_mqtt(actor: Actor) -> int:
    """From outside, one login of Mirai's list after another at the broker that the router leads to."""
    for user, password in plan.MIRAI_GUESSES:
        _mqtt(actor, plan.WAN_GATEWAY, f"mqtt-{user}", user, password)
        actor.pause(3, 0.3)
    return len(plan.MIRAI_GUESSES)


def use_mqtt(actor: Actor) -> int:
    """A sensor has an old password and tries it every minute, until somebody tells it the new one."""
    user, password = cast.MQTT_LOGIN
    for _ in range(20):
        _mqtt(actor, plan.DVR.ip, plan.SENSOR.name, user, OLD_PASSWORD)
        actor.pause(60, 0.02)
    for _ in range(3):
        _mqtt(actor, plan.DVR.ip, plan.SENSOR.name, user, password)
        actor.pause(60, 0.02)
    return 23


def _mqtt(actor: Actor, host: str, client: str, user: str, password: str) -> None:
    where = ["-h", actor.permit.check(host), "-A", actor.permit.source, "-i", client]
    actor.program("mosquitto_pub", *where, "-u", user, "-P", password, "-t", "house/climate", "-m", "18.2")


def guess_ssh(actor: Actor) -> int:
    """Passwords that are all refused, three on a connection, as names that the server does not know."""
    for n in range(SSH_CONNECTIONS):
        user, password = plan.MIRAI_GUESSES[n % len(plan.MIRAI_GUESSES)]
        _ssh(actor, plan.TELNET_HOSTS[0], user, [password, f"{password}1", f"{password}123"])
        actor.pause(5, 0.3)
    return SSH_CONNECTIONS * SSH_PASSWORDS


def use_ssh(actor: Actor) -> int:
    """A person mistypes once and gets in, and twice more at once; a little later mistypes twice."""
    user, password = cast.SSH_LOGIN
    for typed in (["lime-tree-pthaw", password], [password], [password], ["lime", "lime-tree", password]):
        _ssh(actor, plan.DVR.ip, user, typed)
        actor.pause(60, 0.3)
    return 4


def _ssh(actor: Actor, host: str, user: str, passwords: list[str]) -> None:
    """OpenSSH's client, which asks `askpass.sh` for one password after the other."""
    with tempfile.TemporaryDirectory() as folder:
        actor.program(
            *["ssh", *SSH_QUICK, "-o", f"NumberOfPasswordPrompts={len(passwords)}", "-b", actor.permit.source],
            *["-o", "PubkeyAuthentication=no", f"{user}@{actor.permit.check(host)}", "true"],
            SSH_ASKPASS=str(ASKPASS),
            SSH_ASKPASS_REQUIRE="force",
            LAB_PASSWORDS="\n".join(passwords),
            LAB_FOLDER=folder,
        )


def with_known_passwords(actor: Actor) -> int:
    """The owner looks at the recorder's files and tells its broker something; both have the factory's password."""
    _curl(actor, f"ftp://{plan.DVR.ip}/", ":".join(cast.FACTORY_LOGIN))
    actor.pause(20)
    _mqtt(actor, plan.DVR.ip, plan.LAPTOP.name, *cast.FACTORY_LOGIN)
    return 2


def with_own_passwords(actor: Actor) -> int:
    """The same with passwords that the owner has chosen; a guest looks at what is for everyone."""
    _curl(actor, f"ftp://{plan.DVR.ip}/", ":".join(cast.FTP_LOGIN))
    actor.pause(20)
    _curl(actor, f"http://{plan.CAMERA.ip}/", ":".join(plan.CAMERA_LOGIN))
    actor.pause(20)
    _mqtt(actor, plan.DVR.ip, plan.LAPTOP.name, *cast.MQTT_LOGIN)
    _curl(actor, f"ftp://{plan.DVR.ip}/", "anonymous:anna@example.com")
    _curl(actor, f"http://{plan.CAMERA.ip}/status", ":")
    return 5


if __name__ == "__main__":
    main(
        guess_ftp=guess_ftp, use_ftp=use_ftp, guess_mqtt=guess_mqtt, use_mqtt=use_mqtt, guess_ssh=guess_ssh,
        use_ssh=use_ssh, known=with_known_passwords, own=with_own_passwords,
    )  # fmt: skip
