"""TLS servers with certificates of their own, fresh and old."""

from __future__ import annotations

import datetime as dt
import ipaddress
import socket
import ssl
import threading
from contextlib import contextmanager

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.test import override_settings


def certificate(days):
    """A TLS server whose certificate ends in so many days."""

    @contextmanager
    def fault(site, monkeypatch):
        chain = self_signed(site.folder / "tls.pem", days)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain)
        with socket.create_server(("127.0.0.1", 0)) as server:
            thread = threading.Thread(target=_shake_hands, args=(server, context), daemon=True)
            thread.start()
            with override_settings(BASE_URL=f"https://127.0.0.1:{server.getsockname()[1]}"):
                yield

    return fault


def _shake_hands(server, context):
    while True:
        try:
            raw, _address = server.accept()
            context.wrap_socket(raw, server_side=True).close()
        except ssl.SSLError:
            continue
        except OSError:
            return


def self_signed(path, days):
    key, now = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=90))
        .not_valid_after(now + dt.timedelta(days=days, minutes=5))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    path.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(pem)
    )
    return path
