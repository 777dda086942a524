"""TLS for the lab's sites: a certificate authority of its own and a certificate per name, made by openssl.

Who verifies can: ``ca.pem`` goes to the clients. The keys are made anew for every lab and removed with it.
"""

import ssl
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from botwarden.lab.errors import LabError
from botwarden.lab.network import run

AUTHORITY: Final = "Lab Certificate Authority"
BEFORE: Final = timedelta(days=31)
AFTER: Final = timedelta(days=60)
_CONFIG: Final = """
[ca]
default_ca = lab
[lab]
database = {folder}/index
serial = {folder}/serial
new_certs_dir = {folder}
default_md = sha256
policy = any
unique_subject = no
copy_extensions = copy
[any]
commonName = supplied
organizationName = optional
[req]
distinguished_name = name
[name]
"""


def make(folder: Path, names: Iterable[str], dates: Iterable[float]) -> None:
    """Make an authority and a certificate for each of ``names`` in ``folder``, good at all of ``dates`` (s, UTC).

    Files: ``ca.pem``, and ``NAME.pem`` with key and certificate. Raises LabError where openssl fails.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    config = folder / "openssl.cnf"
    config.write_text(_CONFIG.format(folder=folder))
    (folder / "index").write_text("")
    (folder / "serial").write_text("4c0a1001\n")
    moments = [datetime.fromtimestamp(date, UTC) for date in dates]
    window = (min(moments) - BEFORE, max(moments) + AFTER)
    _sign(folder, config, "ca", f"/O=Lab/CN={AUTHORITY}", window, authority=True)
    for name in names:
        _sign(folder, config, name, f"/CN={name}", window, authority=False)


def _sign(
    folder: Path, config: Path, name: str, subject: str, window: tuple[datetime, datetime], *, authority: bool
) -> None:
    key, asked, made = (folder / f"{name}.{kind}" for kind in ("key", "csr", "crt"))
    extension = "basicConstraints=critical,CA:TRUE" if authority else f"subjectAltName=DNS:{name}"
    run(
        *["openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"],
        *["-config", str(config), "-subj", subject, "-addext", extension, "-keyout", str(key), "-out", str(asked)],
    )
    start, end = (moment.strftime("%Y%m%d%H%M%SZ") for moment in window)
    signer = ["-selfsign", "-keyfile", str(key)] if authority else ["-cert", str(folder / "ca.crt")]
    signer += [] if authority else ["-keyfile", str(folder / "ca.key")]
    run(
        *["openssl", "ca", "-batch", "-notext", "-config", str(config), *signer],
        *["-startdate", start, "-enddate", end, "-in", str(asked), "-out", str(made)],
    )
    if authority:
        (folder / "ca.pem").write_text(made.read_text())
    else:
        both = folder / f"{name}.pem"
        both.touch(mode=0o600)
        both.write_text(key.read_text() + made.read_text() + (folder / "ca.crt").read_text())


def server_context(folder: Path) -> ssl.SSLContext:
    """For a server that shows each client the certificate of the name it asked for (SNI, RFC 6066).

    Raises LabError where there are no certificates.
    """
    contexts: dict[str, ssl.SSLContext] = {}
    for path in sorted(folder.glob("*.*.pem")):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        contexts[path.name.removesuffix(".pem")] = context
    if not contexts:
        raise LabError(f"{folder}: there are no certificates")
    first = next(iter(contexts.values()))

    def choose(link: ssl.SSLSocket | ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
        found = contexts.get(name or "")
        if found is not None:
            link.context = found

    first.sni_callback = choose
    return first


def client_context(folder: Path, *, verify: bool = True, newest: bool = True) -> ssl.SSLContext:
    """For a client; ``verify``: trusts the lab's authority only; not ``newest``: an older device, up to TLS 1.2."""
    context = ssl.create_default_context(cafile=str(folder / "ca.pem"))
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if not newest:
        context.maximum_version = ssl.TLSVersion.TLSv1_2
    return context
