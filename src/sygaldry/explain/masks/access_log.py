"""Access logs of web servers: a request that was answered, with whatever status, is no failure of the job."""

from typing import Final

from sygaldry.explain.masks import Mask

MASK: Final = Mask(
    "access log",
    (b" HTTP/1.", b" HTTP/2"),
    passes=r"\"(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) \S{1,300} HTTP/\d(?:\.\d)?\" \d{3}\b",
)
