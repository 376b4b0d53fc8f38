"""Read what a form sends: small, and with the token of our own pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from starlette.requests import Request

    from sygaldry.dashboard.access import Access

_LARGEST: Final = 16 << 10
FIELD: Final = "form_token"


async def read_form(request: Request) -> dict[str, str]:
    """Return the fields of a form; none if it is too large."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST:
            return {}
    try:
        fields = parse_qs(body.decode("utf-8"), max_num_fields=20)
    except ValueError:
        return {}
    return {name: values[0] for name, values in fields.items()}


def is_ours(request: Request, form: dict[str, str], access: Access) -> bool:
    """Return whether a form was made by a page of ours; a program with the token needs no form."""
    return bool(request.state.by_bearer) or access.is_form_token(form.get(FIELD, ""))
