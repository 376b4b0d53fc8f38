"""The network: names, refused and broken connections, TLS, proxies, HTTP answers."""

from typing import Final

from sygaldry.diagnosis import Family, Kind, Rule

_NAME: Final = "is there network here? check DNS and proxy"
_LATER: Final = "try again later"

FAMILY: Final = Family(
    "network",
    (
        Rule("could not resolve host", r"(?P<what>.{0,160}[Cc]ould not resolve (?:host|hostname|proxy)(?: name)?:? ?\S{0,200})", 84, "a host name is not known", _NAME, Kind.TRANSIENT),
        Rule("name or service not known", r"(?P<what>.{0,250}Name or service not known.{0,100})", 82, "a host name is not known", _NAME, Kind.TRANSIENT),
        Rule("temporary failure in name resolution", r"(?P<what>.{0,250}Temporary failure in name resolution.{0,60})", 82, "a host name is not known", _NAME, Kind.TRANSIENT),
        Rule("temporary failure resolving", r"(?P<what>.{0,250}Temporary failure resolving.{0,100})", 82, "a host name is not known", _NAME, Kind.TRANSIENT),
        Rule("getaddrinfo", r"(?P<what>.{0,200}getaddrinfo(?: failed| E\w+).{0,160})", 82, "a host name is not known", _NAME, Kind.TRANSIENT),
        Rule("enotfound", r"(?P<what>.{0,200}\bENOTFOUND\b.{0,160})", 82, "a host name is not known", _NAME, Kind.TRANSIENT),
        Rule("unknownhostexception", r"UnknownHostException: (?P<what>.{1,160})", 84, "a host name is not known: {what}", _NAME, Kind.TRANSIENT),
        Rule("no such host", r"(?P<what>.{0,200}no such host.{0,100})", 84, "a host name is not known", _NAME, Kind.TRANSIENT),
        Rule("no address associated with hostname", r"(?P<what>.{0,200}No address associated with hostname)", 82, "a host name is not known", _NAME, Kind.TRANSIENT),
        Rule("connection refused", r"(?P<what>.{0,250}[Cc]onnection refused.{0,160})", 79, "nobody answers at that address", "is the service up? host and port right?", Kind.TRANSIENT),
        Rule("econnrefused", r"(?P<what>.{0,250}ECONNREFUSED.{0,160})", 80, "nobody answers at that address", "is the service up? host and port right?", Kind.TRANSIENT),
        Rule("connection reset", r"(?P<what>.{0,250}[Cc]onnection reset.{0,160})", 76, "the connection broke", _LATER, Kind.TRANSIENT),
        Rule("econnreset", r"(?P<what>.{0,250}ECONNRESET.{0,160})", 76, "the connection broke", _LATER, Kind.TRANSIENT),
        Rule("connection timed out", r"(?P<what>.{0,250}[Cc]onnection timed out.{0,160})", 80, "no answer in time", _LATER, Kind.TRANSIENT),
        Rule("etimedout", r"(?P<what>.{0,250}ETIMEDOUT.{0,160})", 80, "no answer in time", _LATER, Kind.TRANSIENT),
        Rule("network is unreachable", r"(?P<what>.{0,250}[Nn]etwork is unreachable.{0,160})", 82, "there is no network here", _NAME, Kind.TRANSIENT),
        Rule("no route to host", r"(?P<what>.{0,250}[Nn]o route to host.{0,160})", 82, "there is no way to that host", _NAME, Kind.TRANSIENT),
        Rule("operation timed out", r"(?P<what>.{0,250}[Oo]peration timed out.{0,160})", 76, "no answer in time", _LATER, Kind.TRANSIENT),
        Rule("read timed out", r"(?P<what>.{0,250}[Rr]ead timed out.{0,160})", 72, "no answer in time", _LATER, Kind.TRANSIENT),
        Rule("certificate", r"(?P<what>.{0,250}(?:CERTIFICATE_VERIFY_FAILED|certificate verify failed|certificate has expired|self[- ]signed certificate|unable to get local issuer certificate|certificate signed by unknown authority|certificate is not trusted|PKIX path building failed|server certificate verification failed).{0,200})", 84, "the server's certificate is not trusted here", "install the site's CA; check the clock"),
        Rule("pkix path building failed", r"(?P<what>.{0,200}PKIX path building failed.{0,120})", 84, "the server's certificate is not trusted here", "import the site's CA into the trust store"),
        Rule("ssl", r"(?P<what>.{0,200}(?:SSL_ERROR_\w+|SSL: \w+|SSLError|SSL handshake|SSL routines).{0,200})", 72, "TLS fails", "check certificates, clock and proxy", Kind.TRANSIENT),
        Rule("proxy", r"(?P<what>.{0,200}(?:[Pp]roxy CONNECT aborted|ProxyError|Cannot connect to proxy|Tunnel connection failed|407 Proxy).{0,160})", 82, "the proxy refuses", "check http_proxy and its login"),
        Rule("the requested url returned error", r"The requested URL returned error: (?P<what>\d{3}.{0,60})", 82, "the server answered {what}", "", Kind.UNKNOWN),
        Rule("http error ", r"(?P<what>.{0,200}HTTP [Ee]rror (?:4|5)\d\d.{0,120})", 78, "the server refused: {what}", "", Kind.UNKNOWN),
        Rule("404 not found", r"(?P<what>.{0,250}404:? +Not Found.{0,120})", 74, "the server has no such thing (404)", "check the address and version"),
        Rule("401 unauthorized", r"(?P<what>.{0,250}401:? +Unauthorized.{0,120})", 78, "the server wants a login (401)", "renew the token"),
        Rule("403 forbidden", r"(?P<what>.{0,250}403:? +Forbidden.{0,120})", 78, "the server refuses (403)", "check the token's rights and quota"),
        Rule("429 too many requests", r"(?P<what>.{0,250}429:? +Too Many Requests.{0,120})", 80, "the server asks for fewer requests (429)", _LATER, Kind.TRANSIENT),
        Rule("bad gateway", r"(?P<what>.{0,250}50[234]:? +(?:Bad Gateway|Service (?:Temporarily )?Unavailable|Gateway Time-?out).{0,120})", 80, "the server is in trouble (5xx)", _LATER, Kind.TRANSIENT),
        Rule("service unavailable", r"(?P<what>.{0,250}503:? +Service (?:Temporarily )?Unavailable.{0,120})", 80, "the server is in trouble (503)", _LATER, Kind.TRANSIENT),
        Rule("internal server error", r"(?P<what>.{0,250}500:? +Internal Server Error.{0,120})", 72, "the server is in trouble (500)", _LATER, Kind.TRANSIENT),
        Rule("gateway time-out", r"(?P<what>.{0,250}504:? +Gateway Time-?[oO]ut.{0,120})", 80, "the server is in trouble (504)", _LATER, Kind.TRANSIENT),
        Rule("max retries exceeded", r"(?P<what>.{0,120}Max retries exceeded with url.{0,200})", 70, "the server cannot be reached", _NAME, Kind.TRANSIENT),
        Rule("rate limit", r"(?P<what>.{0,200}[Rr]ate limit.{0,30}exceeded.{0,160})", 80, "the server asks for fewer requests", "log in, or wait", Kind.TRANSIENT),
        Rule("curl: (", r"curl: \((?P<code>\d+)\) (?P<what>.{1,200})", 80, "a download fails: {what}", "", Kind.TRANSIENT),
        Rule("wget: ", r"wget: (?P<what>(?:unable|bad|server returned|can't|error).{1,200})", 78, "a download fails: {what}", "", Kind.TRANSIENT),
        Rule("retrying", r"[Rr]etrying.{0,200}", 12),
    ),
)
