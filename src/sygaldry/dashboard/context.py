"""What every page needs: the index of runs, the secrets of this start, the templates, and the number of followers."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from jinja2 import Environment
    from starlette.requests import Request
    from starlette.responses import Response

    from sygaldry.config.resolve import Resolved
    from sygaldry.dashboard.access import Access
    from sygaldry.dashboard.index import RunIndex
    from sygaldry.dashboard.measured import Cache

MOST_STREAMS: Final = 200


@dataclass
class Context:
    """The state of one server."""

    index: RunIndex
    access: Access
    templates: Environment
    resolved: Resolved
    cache: Cache
    is_read_only: bool = False
    streams: int = 0
    stopping: threading.Event = field(default_factory=threading.Event)

    def page(self, template: str, **values: Any) -> str:  # noqa: ANN401 - what a template shows
        """Render a page."""
        return self.templates.get_template(template).render(
            form_token=self.access.form_token, is_read_only=self.is_read_only, **values
        )

    @property
    def has_room(self) -> bool:
        """Whether another follower may be served: each costs memory for as long as it stays."""
        return self.streams < MOST_STREAMS and not self.stopping.is_set()


@dataclass(frozen=True)
class Page:
    """A page: the path of its address, what answers it, and whether it changes anything (then it is a POST)."""

    path: str
    answer: Callable[[Context, Request], Awaitable[Response]]
    changes: bool = False
