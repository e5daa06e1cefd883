"""The real nginx with the configuration of deployment, on loopback, with a certificate made for it."""

from __future__ import annotations

import os
import re
import shutil
import ssl
import subprocess
import time
from datetime import timedelta
from ipaddress import ip_address

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.core.clock import utc_now
from tests.e2e.server_process import MAX_WAIT_SECONDS, free_port
from tests.support.deployment import DEPLOY

HOST = "127.0.0.1"
FOLDERS = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
"""What Debian's nginx may write to, used or not."""


def program():
    """The path of nginx; without it the test is skipped, or fails if databases are required."""
    found = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        if os.environ.get("REQUIRE_DATABASES") == "1":
            pytest.fail("nginx is not installed", pytrace=False)
        pytest.skip("nginx is not installed (Debian: apt-get install nginx-light)")
    return found


def make_certificate(folder):
    """Write `certificate.pem` and `key.pem` for the loopback address, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = utc_now()
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "certificate.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


class TlsProxy:
    """nginx in front of a port; only addresses and paths differ from the file of deployment."""

    def __init__(self, folder, upstream):
        self.port = free_port()
        self.root = f"https://{HOST}:{self.port}"
        make_certificate(folder)
        self.certificate = folder / "certificate.pem"
        self._folder = folder
        (folder / "nginx.conf").write_text(self._placed((DEPLOY / "nginx.conf").read_text(), upstream))
        self._command = [program(), "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"]
        self._process = None

    def _placed(self, text, upstream):
        """The file with addresses and paths of this machine."""
        places = {
            r"server api:5000;": f"server {HOST}:{upstream};",
            r"listen 443 ssl;": f"listen {HOST}:{self.port} ssl;",
            r"/etc/ssl/allocator/": f"{self._folder}/",
            r"pid /run/nginx\.pid;": f"pid {self._folder}/nginx.pid;",
            # Folders that its package keeps elsewhere.
            r"http \{": "\n".join(
                ["http {", *(f"{name}_temp_path {self._folder}/{name};" for name in FOLDERS)]
            ),
        }
        for pattern, placed in places.items():
            text, count = re.subn(pattern, placed, text)
            assert count, pattern
        # Started by root, its workers would be another user's, who cannot read the folders of tests.
        if os.geteuid() == 0:
            text = f"user root;\n{text}"
        return text

    def check(self):
        """Return what nginx says of the configuration, and its exit status."""
        done = subprocess.run([*self._command, "-t"], capture_output=True, text=True, check=False)  # noqa: S603
        return done.returncode, done.stderr

    def start(self):
        with (self._folder / "nginx.log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                [*self._command, "-g", "daemon off;"], stdout=log, stderr=log
            )
        deadline = time.monotonic() + MAX_WAIT_SECONDS
        while time.monotonic() < deadline:
            try:
                httpx.get(self.root, verify=self.trust())
            except httpx.TransportError:
                assert self._process.poll() is None, (self._folder / "nginx.log").read_text()
                time.sleep(0.05)
            else:
                return
        raise AssertionError("nginx does not start")

    def trust(self):
        """What a client trusts that knows the certificate."""
        return ssl.create_default_context(cafile=str(self.certificate))

    def stop(self):
        if self._process is not None:
            self._process.terminate()
            self._process.wait(MAX_WAIT_SECONDS)
