"""A timestamp authority of one's own: certificates made here, answers by `openssl ts`, served on the loopback."""

import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from yesword.proof.timestamps import Authority

MUST_HAVE_ALL = bool(os.environ.get("CI"))
PAST = datetime(2020, 1, 1, tzinfo=UTC)
FAR = datetime(2060, 1, 1, tzinfo=UTC)

# No line `certs`: with it OpenSSL 3.0 writes a set of certificates out of DER's order, which strict readers refuse.
SETTINGS = """
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/signer.pem
signer_key = {folder}/signer.key
signer_digest = sha256
default_policy = 1.3.6.1.4.1.55555.1
digests = {digests}
accuracy = secs:1
ess_cert_id_alg = sha256
"""


def need_openssl() -> None:
    """Skips aloud at a desk, fails where everything has to be there."""
    if shutil.which("openssl"):
        return
    message = "openssl is not on this machine: timestamps are not tested"
    if MUST_HAVE_ALL:
        pytest.fail(message)
    pytest.skip(message)


@dataclass(frozen=True, kw_only=True, slots=True)
class Stamper:
    """The keys and settings of one authority, in a folder."""

    folder: Path

    @property
    def roots(self) -> bytes:
        return (self.folder / "root.pem").read_bytes()

    def reply(self, query: bytes) -> bytes:
        (self.folder / "query").write_bytes(query)
        self.openssl("ts", "-reply", "-config", "settings", "-queryfile", "query", "-out", "reply")
        return (self.folder / "reply").read_bytes()

    def openssl(self, *arguments: str) -> str:
        done = subprocess.run(
            ["openssl", *arguments], cwd=self.folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def reads(self, token: bytes, data: bytes) -> bool:
        """Whether OpenSSL, which had no part in asking, accepts the token for the data."""
        (self.folder / "data").write_bytes(data)
        (self.folder / "token").write_bytes(token)
        done = subprocess.run(
            ["openssl", "ts", "-verify", "-data", "data", "-in", "token", "-CAfile", "root.pem"],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode == 0 and "Verification: OK" in done.stdout


def stamper(
    folder: Path,
    *,
    until: datetime = FAR,
    digests: str = "sha256",
    purpose: ObjectIdentifier = ExtendedKeyUsageOID.TIME_STAMPING,
) -> Stamper:
    """A root, and a signer under it that is valid from 2020."""
    folder.mkdir()
    root_key, signer_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name, signer_name = _named("Root of " + folder.name), _named("Signer of " + folder.name)
    root = (
        x509.CertificateBuilder(
            issuer_name=root_name, subject_name=root_name, public_key=root_key.public_key()
        )
        .serial_number(1)
        .not_valid_before(PAST)
        .not_valid_after(FAR)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    signer = (
        x509.CertificateBuilder(
            issuer_name=root_name, subject_name=signer_name, public_key=signer_key.public_key()
        )
        .serial_number(2)
        .not_valid_before(PAST)
        .not_valid_after(until)
        .add_extension(x509.ExtendedKeyUsage([purpose]), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "root.pem").write_bytes(root.public_bytes(pem))
    (folder / "signer.pem").write_bytes(signer.public_bytes(pem))
    (folder / "signer.key").write_bytes(
        signer_key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    (folder / "serial").write_text("01\n")
    (folder / "settings").write_text(SETTINGS.format(folder=folder, digests=digests))
    return Stamper(folder=folder)


def authority(made: Stamper, url: str = "http://localhost/stamp") -> Authority:
    return Authority(name=made.folder.name, url=url, roots=made.roots)


@contextmanager
def serving(answer: Callable[[BaseHTTPRequestHandler, bytes], None]) -> Iterator[str]:
    """The address of a server on the loopback whose every POST goes to `answer`."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            answer(self, self.rfile.read(int(self.headers["Content-Length"])))

        def log_message(self, *_: object) -> None:
            """Tests speak for themselves."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/stamp"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def send(to: BaseHTTPRequestHandler, body: bytes, *, status: int = 200, location: str | None = None) -> None:
    to.send_response(status)
    to.send_header("Content-Type", "application/timestamp-reply")
    to.send_header("Content-Length", str(len(body)))
    if location:
        to.send_header("Location", location)
    to.end_headers()
    to.wfile.write(body)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
