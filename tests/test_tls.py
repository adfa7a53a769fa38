"""A certificate is verified, unless the agency's own file says that it is broken and believed all the same."""

import logging
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from archive.settings import CrawlerSettings, Settings
from archive.store import open_store
from crawler.agency import load_agency
from scheduler.commands.crawl import crawl_all


@pytest.fixture
def self_signed(tmp_path):
    """A TLS context whose certificate nobody vouches for."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
    file = tmp_path / "certificate.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


@pytest.mark.parametrize(
    ("line", "ended"),
    [pytest.param("", ("failed", 0), id="verified"), pytest.param("verify_tls = false", ("ok", 3), id="by-exception")],
)
def test_a_certificate_nobody_vouches_for(tmp_path, open_wire, self_signed, line, ended):
    wire = open_wire(3)
    wire.site.encrypt(self_signed)
    file = tmp_path / "agencies" / "wire.toml"
    file.parent.mkdir()
    file.write_text(
        f'name = "آزمون"\nhome = "{wire.home}"\nfamily = "nastooh"\nsitemaps = []\nstory = \'/news/(?P<id>\\d+)\'\n{line}\n',
        "utf-8",
    )
    settings = Settings(crawler=CrawlerSettings(delay_s=0.0, private_hosts=("127.0.0.1",)))
    with open_store(tmp_path / "news.db") as store:
        (report,) = crawl_all(store, settings, [load_agency(file)], logging.CRITICAL)
    assert (report.outcome, report.new) == ended
