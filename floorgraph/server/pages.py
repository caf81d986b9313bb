"""The pages for people: the live board, GraphiQL, and the icon.

All of it is static and comes from `floorgraph/server/static`; nothing loads
from another host, so that the pages work on an isolated floor. What the
pages show they ask from `/graphql` like any other client, with the caller's
own rights.
"""

import re
from collections.abc import Awaitable, Callable
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

STATIC = Path(__file__).parent / "static"
BUNDLE = STATIC / "graphiql"
BOARD = STATIC / "board"

# GraphiQL's editor writes style elements and takes pictures from data: URLs, the board sets widths in
# style attributes; all else is plain files.
# 'self' covers websockets to the same host and port as well.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self'",
        "worker-src 'self'",
        "connect-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'none'",
    )
)
PAGE_HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}
REVALIDATE = "no-cache"
KEEP_FOR_GOOD = "public, max-age=31536000, immutable"

SWITCHED_OFF = "GraphiQL is switched off in the settings of this server. The API answers at /graphql.\n"

# The build puts a hash of the content in the name: assets/index-D-eAht2r.css.
_HASHED = re.compile(r"assets/[\w.-]+-[\w-]{8}\.\w+")

# The machine's own table of media types may be changed by what is installed on it; browsers
# refuse scripts of a wrong type.
_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".graphql": "application/graphql; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".txt": "text/plain; charset=utf-8",
}


Endpoint = Callable[[Request], Awaitable[Response]]


def page_routes(*, graphiql: bool = True, bundle: Path = BUNDLE) -> list[BaseRoute]:
    """The routes `/`, `/board/`, `/favicon.svg`, `/favicon.ico`, `/graphiql` and `/graphiql/`.

    With `graphiql` false the last two answer 404 in plain words. `bundle` is
    the folder that GraphiQL was built into; a small page that sends queries
    stands in when there is no `index.html` in it (looked for once, here).
    """
    icon = _file(STATIC, "favicon.svg")
    return [
        Route("/", _file(BOARD, "index.html"), name="board"),
        Mount("/board", PageFiles(BOARD, index=False), name="board-files"),
        Route("/favicon.svg", icon, name="favicon"),
        Route("/favicon.ico", icon, name="favicon-ico"),
        *(_graphiql_routes(bundle) if graphiql else _switched_off_routes()),
    ]


def _graphiql_routes(bundle: Path) -> list[BaseRoute]:
    present = (bundle / "index.html").is_file()
    return [
        Route("/graphiql", _to_folder, name="graphiql-redirect"),
        Mount("/graphiql", PageFiles(bundle if present else STATIC / "fallback"), name="graphiql"),
    ]


def _switched_off_routes() -> list[BaseRoute]:
    return [
        Route("/graphiql", _switched_off, name="graphiql-redirect"),
        Route("/graphiql/{path:path}", _switched_off, name="graphiql"),
    ]


async def _to_folder(request: Request) -> Response:
    """The page with a slash at the end, where its relative addresses hold.

    The address is relative itself: it holds behind a proxy with a path of
    its own, and does not repeat what the `Host` header says.
    """
    query = f"?{request.url.query}" if request.url.query else ""
    return _dressed(RedirectResponse(f"graphiql/{query}"), "")


async def _switched_off(_request: Request) -> Response:
    return _dressed(PlainTextResponse(SWITCHED_OFF, 404), "")


def _file(folder: Path, name: str) -> Endpoint:
    files = PageFiles(folder)

    async def answer(request: Request) -> Response:
        return await files.get_response(name, request.scope)

    return answer


class PageFiles(StaticFiles):
    """The files of one page with the headers of all pages; with `index` its `index.html` for the folder."""

    def __init__(self, folder: Path, *, index: bool = True) -> None:
        super().__init__(directory=folder, html=index)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """One file, or a plain 404 or 405 that carries the same headers."""
        try:
            response = await super().get_response(path, scope)
        except HTTPException as refused:
            response = PlainTextResponse(f"{refused.detail}.\n", refused.status_code, refused.headers)
        return _dressed(response, path.replace("\\", "/"))


def _dressed(response: Response, path: str) -> Response:
    """The response with the headers of all pages and with what its path says of type and age."""
    response.headers.update(PAGE_HEADERS)
    kept = response.status_code in (200, 206, 304) and _HASHED.fullmatch(path)
    response.headers["cache-control"] = KEEP_FOR_GOOD if kept else REVALIDATE
    if isinstance(response, FileResponse):
        media_type = _MEDIA_TYPES.get(Path(response.path).suffix)
        if media_type is not None:
            response.headers["content-type"] = media_type
    return response
