"""Who logs in: bots that guess, people who mistype, programs with an old password. Most clients are real ones."""

import os
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from botwarden.lab import links, plan
from botwarden.lab.acting import Actor, Outcome
from plays import cast

SSH_QUICK: Final = (
    *("-F", "none", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "IdentityAgent=none"),
    *("-o", "KexAlgorithms=curve25519-sha256", "-o", "HostKeyAlgorithms=ssh-ed25519", "-o", "LogLevel=ERROR"),
    *("-o", "PubkeyAuthentication=no"),
)
ASKPASS: Final = Path(__file__).with_name("askpass.sh")
HURRY: Final = 60.0
"""s of the machine's time that a client program may take."""


def program(actor: Actor, host: str, *command: str, **environment: str) -> None:
    """Run a client program that talks to ``host``, to its end; what it says is thrown away. Raises Refused."""
    links.ready(actor.permit, host)
    quiet = subprocess.DEVNULL
    subprocess.run(
        command,
        stdin=quiet,
        stdout=quiet,
        stderr=quiet,
        timeout=HURRY,
        check=False,
        env={**os.environ, **environment},
    )


def curl(actor: Actor, scheme: str, host: str, path: str, login: str) -> None:
    """Ask once, with a login."""
    url = f"{scheme}://{host}/{path}"
    source = actor.permit.source
    program(actor, host, "curl", "--silent", "--max-time", "8", "--interface", source, "--user", login, url)


def publish(actor: Actor, host: str, client: str, login: tuple[str, str]) -> None:
    """Tell a broker something, with a login."""
    where = ("-h", host, "-A", actor.permit.source, "-i", client)
    what = ("-u", login[0], "-P", login[1], "-t", "house/climate", "-m", "18.2")
    program(actor, host, "mosquitto_pub", *where, *what)


def ssh(actor: Actor, host: str, user: str, passwords: list[str]) -> None:
    """OpenSSH's client, which asks `askpass.sh` for one password after the other."""
    options = (*SSH_QUICK, "-o", f"NumberOfPasswordPrompts={len(passwords)}", "-b", actor.permit.source)
    with tempfile.TemporaryDirectory() as folder:
        program(
            *(actor, host, "ssh", *options, f"{user}@{host}", "true"),
            SSH_ASKPASS=str(ASKPASS),
            SSH_ASKPASS_REQUIRE="force",
            LAB_PASSWORDS="\n".join(passwords),
            LAB_FOLDER=folder,
        )


def guess_ftp(actor: Actor, /) -> Outcome:
    """One login of Mirai's list after another at the recorder, a connection each, in the plainest of ways."""
    for user, password in plan.MIRAI_GUESSES:
        with links.connect(actor.permit, plan.DVR.ip, 21) as link:
            link.recv(256)
            for line in (f"USER {user}", f"PASS {password}", "QUIT"):
                link.sendall(line.encode() + b"\r\n")
                link.recv(256)
        actor.pause(3, 0.3)
    return _guessed(f"logins of Mirai's list at the FTP server of {plan.DVR.ip}", len(plan.MIRAI_GUESSES), plan.DVR.ip)


def guess_mqtt(actor: Actor, /) -> Outcome:
    """From outside, one login of Mirai's list after another at the broker that the router leads to."""
    for login in plan.MIRAI_GUESSES:
        publish(actor, plan.WAN_GATEWAY, f"mqtt-{login[0]}", login)
        actor.pause(3, 0.3)
    return _guessed("logins of Mirai's list at the recorder's MQTT broker", len(plan.MIRAI_GUESSES), plan.WAN_GATEWAY)


def guess_ssh(actor: Actor, /, *, connections: int = 8) -> Outcome:
    """Passwords that are all refused, three on a connection, as names that the server does not know."""
    for n in range(connections):
        user, password = plan.MIRAI_GUESSES[n % len(plan.MIRAI_GUESSES)]
        ssh(actor, cast.OUTSIDE_IP, user, [password, f"{password}1", f"{password}123"])
        actor.pause(5, 0.3)
    return _guessed(f"passwords at {cast.OUTSIDE_IP}, three on each connection", 3 * connections, cast.OUTSIDE_IP)


def _guessed(what: str, count: int, target: str) -> Outcome:
    return Outcome(count=count, target=target, what=f"{count} {what}, all refused")


def use_ftp(actor: Actor, /) -> Outcome:
    """A person mistypes twice and gets in; a program that nobody told the new password tries it every four minutes."""
    user, password = cast.FTP_LOGIN
    for typed in ("heron-lake", "heron-lake-91", password):
        curl(actor, "ftp", plan.DVR.ip, "", f"{user}:{typed}")
        actor.pause(15)
    for _ in range(16):
        curl(actor, "ftp", plan.DVR.ip, "", f"backup:{cast.OLD_PASSWORD}")
        actor.pause(240, 0.02)
    return Outcome(count=19, target=plan.DVR.ip, what="19 logins by FTP, one of them right")


def use_mqtt(actor: Actor, /) -> Outcome:
    """A sensor has an old password and tries it every minute, until somebody tells it the new one."""
    user, password = cast.MQTT_LOGIN
    for typed in [cast.OLD_PASSWORD] * 20 + [password] * 3:
        publish(actor, plan.DVR.ip, plan.SENSOR.name, (user, typed))
        actor.pause(60, 0.02)
    return Outcome(count=23, target=plan.DVR.ip, what="23 logins by MQTT, of which the last three are right")


def use_ssh(actor: Actor, /) -> Outcome:
    """A person mistypes once and gets in, and twice more at once; a little later mistypes twice."""
    user, password = cast.SSH_LOGIN
    for typed in (["lime-tree-pthaw", password], [password], [password], ["lime", "lime-tree", password]):
        ssh(actor, plan.DVR.ip, user, typed)
        actor.pause(60, 0.3)
    return Outcome(count=4, target=plan.DVR.ip, what="four sessions by SSH")


def with_known_passwords(actor: Actor, /) -> Outcome:
    """The owner looks at the recorder's files and tells its broker something; both have the factory's password."""
    curl(actor, "ftp", plan.DVR.ip, "", ":".join(cast.FACTORY_LOGIN))
    actor.pause(20)
    publish(actor, plan.DVR.ip, plan.LAPTOP.name, cast.FACTORY_LOGIN)
    said = "FTP and MQTT let somebody in with admin/admin, which is in every list of factory passwords"
    return Outcome(count=2, target=plan.DVR.ip, what=said)


def with_own_passwords(actor: Actor, /) -> Outcome:
    """The same with passwords that the owner has chosen; a guest looks at what is for everyone."""
    curl(actor, "ftp", plan.DVR.ip, "", ":".join(cast.FTP_LOGIN))
    actor.pause(20)
    curl(actor, "http", plan.CAMERA.ip, "", ":".join(plan.CAMERA_LOGIN))
    actor.pause(20)
    publish(actor, plan.DVR.ip, plan.LAPTOP.name, cast.MQTT_LOGIN)
    curl(actor, "ftp", plan.DVR.ip, "", "anonymous:anna@example.com")
    curl(actor, "http", plan.CAMERA.ip, "status", ":")
    return Outcome(count=5, target=plan.DVR.ip, what="five logins, by FTP, HTTP and MQTT")
