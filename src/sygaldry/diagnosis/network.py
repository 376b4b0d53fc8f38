"""The network: unknown names, refused and broken connections, no way to a host."""

from typing import Final

from sygaldry.diagnosis import Family, Kind, Rule

_NAME: Final = "check the network, DNS and proxy"
_LATER: Final = "try again later"

FAMILY: Final = Family(
    "network",
    (
        Rule(
            "could not resolve host",
            r"(?P<what>[Cc]ould not resolve (?:host|hostname|proxy)(?: name)?:? ?\S{0,200})",
            84,
            "a host name is not known",
            _NAME,
            Kind.TRANSIENT,
        ),
        Rule(
            "name or service not known",
            r"(?P<what>Name or service not known.{0,100})",
            82,
            "a host name is not known",
            _NAME,
            Kind.TRANSIENT,
        ),
        Rule(
            "temporary failure in name resolution",
            r"(?P<what>Temporary failure in name resolution.{0,60})",
            82,
            "a host name is not known",
            _NAME,
            Kind.TRANSIENT,
        ),
        Rule(
            "temporary failure resolving",
            r"(?P<what>Temporary failure resolving.{0,100})",
            82,
            "a host name is not known",
            _NAME,
            Kind.TRANSIENT,
        ),
        Rule(
            "getaddrinfo",
            r"(?P<what>getaddrinfo(?: failed| E\w+).{0,160})",
            82,
            "a host name is not known",
            _NAME,
            Kind.TRANSIENT,
        ),
        Rule(
            "enotfound",
            r"(?P<what>\bENOTFOUND\b.{0,160})",
            82,
            "a host name is not known",
            _NAME,
            Kind.TRANSIENT,
        ),
        Rule(
            "unknownhostexception",
            r"UnknownHostException: (?P<what>.{1,160})",
            84,
            "a host name is not known: {what}",
            _NAME,
            Kind.TRANSIENT,
        ),
        Rule(
            "no such host",
            r"(?P<what>no such host.{0,100})",
            84,
            "a host name is not known",
            _NAME,
            Kind.TRANSIENT,
        ),
        Rule(
            "no address associated with hostname",
            r"(?P<what>No address associated with hostname)",
            82,
            "a host name is not known",
            _NAME,
            Kind.TRANSIENT,
        ),
        Rule(
            "connection refused",
            r"(?P<what>[Cc]onnection refused.{0,160})",
            79,
            "connection refused: no server listens at that address",
            "is the service up? host and port right?",
            Kind.TRANSIENT,
        ),
        Rule(
            "econnrefused",
            r"(?P<what>ECONNREFUSED.{0,160})",
            80,
            "connection refused: no server listens at that address",
            "is the service up? host and port right?",
            Kind.TRANSIENT,
        ),
        Rule(
            "connection reset",
            r"^(?!.{0,400}\bunix @?\S{0,100}(?:->|: )).{0,2000}?(?P<what>[Cc]onnection reset.{0,160})",  # a local socket is no network
            76,
            "the connection broke",
            _LATER,
            Kind.TRANSIENT,
        ),
        Rule("econnreset", r"(?P<what>ECONNRESET.{0,160})", 76, "the connection broke", _LATER, Kind.TRANSIENT),
        Rule(
            "connection timed out",
            r"(?P<what>[Cc]onnection timed out.{0,160})",
            80,
            "no answer in time",
            _LATER,
            Kind.TRANSIENT,
        ),
        Rule("etimedout", r"(?P<what>ETIMEDOUT.{0,160})", 80, "no answer in time", _LATER, Kind.TRANSIENT),
        Rule(
            "network is unreachable",
            r"(?P<what>[Nn]etwork is unreachable.{0,160})",
            82,
            "the network is unreachable",
            _NAME,
            Kind.TRANSIENT,
        ),
        Rule(
            "no route to host",
            r"(?P<what>[Nn]o route to host.{0,160})",
            82,
            "no route to the host",
            _NAME,
            Kind.TRANSIENT,
        ),
        Rule(
            "operation timed out",
            r"(?P<what>[Oo]peration timed out.{0,160})",
            76,
            "no answer in time",
            _LATER,
            Kind.TRANSIENT,
        ),
        Rule(
            "read timed out",
            r"(?P<what>[Rr]ead timed out.{0,160})",
            72,
            "no answer in time",
            _LATER,
            Kind.TRANSIENT,
        ),
    ),
)
