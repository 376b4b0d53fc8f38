"""HTTP and TLS: what servers, proxies and their certificates answer; curl and wget."""

from typing import Final

from sygaldry.diagnosis import Family, Kind, Rule

_LATER: Final = "try again later"
_NAME: Final = "check the network, DNS and proxy"

FAMILY: Final = Family(
    "HTTP and TLS",
    (
        Rule(
            "certificate",
            r"(?P<what>(?:CERTIFICATE_VERIFY_FAILED|certificate verify failed|certificate has expired|(?<!pair and )self[- ]signed certificate(?! \(SHA| with a validity)|unable to get local issuer certificate|certificate signed by unknown authority|certificate is not trusted|PKIX path building failed|server certificate verification failed).{0,200})",
            84,
            "the server's certificate is not trusted here",
            "install the site's CA; check the clock",
        ),
        Rule(
            "pkix path building failed",
            r"(?P<what>PKIX path building failed.{0,120})",
            84,
            "the server's certificate is not trusted here",
            "import the site's CA into the trust store",
        ),
        Rule(
            "ssl",
            r"(?P<what>(?:SSL_ERROR_\w+|SSL: \w+|SSLError|SSL handshake|SSL routines).{0,200})",
            72,
            "TLS fails",
            "check certificates, clock and proxy",
            Kind.TRANSIENT,
        ),
        Rule(
            "proxy",
            r"(?P<what>(?:[Pp]roxy CONNECT aborted|ProxyError|Cannot connect to proxy|Tunnel connection failed|407 Proxy).{0,160})",
            82,
            "the proxy refuses",
            "check http_proxy and its login",
        ),
        Rule(
            "the requested url returned error",
            r"The requested URL returned error: (?P<what>\d{3}.{0,60})",
            82,
            "the server answered {what}",
            "",
            Kind.UNKNOWN,
        ),
        Rule(
            "http error ",
            r"(?P<what>HTTP [Ee]rror (?:4|5)\d\d.{0,120})",
            78,
            "the server refused: {what}",
            "",
            Kind.UNKNOWN,
        ),
        Rule(
            "404 not found",
            r"(?P<what>404:? +Not Found.{0,120})",
            74,
            "the server did not find it (404)",
            "check the address and version",
        ),
        Rule(
            "401 unauthorized",
            r"(?P<what>401:? +Unauthorized.{0,120})",
            78,
            "the server requires a login (401)",
            "renew the token",
        ),
        Rule(
            "403 forbidden",
            r"(?P<what>403:? +Forbidden.{0,120})",
            78,
            "the server refuses (403)",
            "check the token's rights and quota",
        ),
        Rule(
            "429 too many requests",
            r"(?P<what>429:? +Too Many Requests.{0,120})",
            80,
            "the server asks for fewer requests (429)",
            _LATER,
            Kind.TRANSIENT,
        ),
        Rule(
            "bad gateway",
            r"(?P<what>50[234]:? +(?:Bad Gateway|Service (?:Temporarily )?Unavailable|Gateway Time-?out).{0,120})",
            80,
            "the server is in trouble (5xx)",
            _LATER,
            Kind.TRANSIENT,
        ),
        Rule(
            "service unavailable",
            r"(?P<what>503:? +Service (?:Temporarily )?Unavailable.{0,120})",
            80,
            "the server is in trouble (503)",
            _LATER,
            Kind.TRANSIENT,
        ),
        Rule(
            "internal server error",
            r"(?P<what>500:? +Internal Server Error.{0,120})",
            72,
            "the server is in trouble (500)",
            _LATER,
            Kind.TRANSIENT,
        ),
        Rule(
            "gateway time-out",
            r"(?P<what>504:? +Gateway Time-?[oO]ut.{0,120})",
            80,
            "the server is in trouble (504)",
            _LATER,
            Kind.TRANSIENT,
        ),
        Rule(
            "max retries exceeded",
            r"(?P<what>Max retries exceeded with url.{0,200})",
            70,
            "the server cannot be reached",
            _NAME,
            Kind.TRANSIENT,
        ),
        Rule(
            "rate limit",
            r"(?P<what>[Rr]ate limit.{0,30}exceeded.{0,160})",
            80,
            "the server asks for fewer requests",
            "log in, or wait",
            Kind.TRANSIENT,
        ),
        Rule(
            "curl: (", r"curl: \((?P<code>\d+)\) (?P<what>.{1,200})", 80, "a download fails: {what}", "", Kind.TRANSIENT
        ),
        Rule(
            "wget: ",
            r"wget: (?P<what>(?:unable|bad|server returned|can't|error).{1,200})",
            78,
            "a download fails: {what}",
            "",
            Kind.TRANSIENT,
        ),
        Rule("retrying", r"[Rr]etrying.{0,200}", 12),
    ),
)
