"""The host's trusted certificates: a site with its own authority has it only there."""

from __future__ import annotations

import os

_CERTIFICATE_BUNDLES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt")


def certificates() -> str:
    """Find the host's trusted certificates: a site with its own authority has it only there."""
    candidates = (os.environ.get("SSL_CERT_FILE", ""), *_CERTIFICATE_BUNDLES)
    return next((each for each in candidates if each.startswith("/") and os.path.isfile(each)), "")
