"""Applications of nothing but pages, for tests that serve them in a process of their own."""

from pathlib import Path

from starlette.applications import Starlette

from floorgraph.server.pages import page_routes


def complete() -> Starlette:
    return Starlette(routes=page_routes())


def without_bundle() -> Starlette:
    return Starlette(routes=page_routes(bundle=Path(__file__).parent / "no-such-folder"))


def switched_off() -> Starlette:
    return Starlette(routes=page_routes(graphiql=False))
