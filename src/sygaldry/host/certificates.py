"""Locate the host's certificate bundle; a site's private authority is only in there."""

from __future__ import annotations

import os

_CERTIFICATE_BUNDLES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt")


def certificates() -> str:
    """Return the path of the host's bundle of trusted certificates, or an empty string."""
    candidates = (os.environ.get("SSL_CERT_FILE", ""), *_CERTIFICATE_BUNDLES)
    return next((each for each in candidates if each.startswith("/") and os.path.isfile(each)), "")
