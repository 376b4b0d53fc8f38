"""Are trusted certificates installed? Downloads need them."""

from sygaldry.checks import Check, FileText
from sygaldry.model.finding import Finding, Verdict

_PEM = "-----BEGIN CERTIFICATE-----"


def _judge(debian: str | None, fedora: str | None) -> Finding:
    if any(text is not None and _PEM in text for text in (debian, fedora)):
        return Finding(Verdict.OK, "trusted certificates are installed")
    return Finding(
        Verdict.PROBLEM,
        "no trusted certificates are installed: downloads over https will fail",
        "sudo apt-get install ca-certificates",
    )


CHECK = Check(
    "Certificates",
    (FileText("/etc/ssl/certs/ca-certificates.crt"), FileText("/etc/pki/tls/certs/ca-bundle.crt")),
    _judge,
)
