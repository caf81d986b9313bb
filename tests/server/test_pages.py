"""The pages over a real socket: what they send, what they refuse, and that nothing is foreign to them."""

import re
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from floorgraph.server.pages import BOARD, BUNDLE, STATIC
from tests.browser.serving import served
from tests.support.deadline import DEADLINE

ANOTHER_HOST = re.compile(r"""(?:https?:)?//[\w.-]""")
CSS_ADDRESS = re.compile(r"""(?:url\(\s*["']?|@import\s+["'])([^"')\s]+)""")
HTML_ADDRESS = re.compile(r"""(?:src|href|srcset|action|data)=["']([^"']*)["']""")


@pytest.fixture(scope="module")
def complete() -> Iterator[str]:
    with served("tests.server.page_apps:complete") as address:
        yield address


@pytest.fixture(scope="module")
def without_bundle() -> Iterator[str]:
    with served("tests.server.page_apps:without_bundle") as address:
        yield address


@pytest.fixture(scope="module")
def switched_off() -> Iterator[str]:
    with served("tests.server.page_apps:switched_off") as address:
        yield address


@pytest.fixture
def client(complete: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=complete, timeout=DEADLINE) as client:
        yield client


def assert_page_headers(answer: httpx2.Response) -> None:
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'self'"
    assert policy["script-src"] == "'self'"
    assert policy["connect-src"] == "'self'"
    assert {policy[name] for name in ("frame-ancestors", "base-uri", "form-action")} == {"'none'"}
    assert "http" not in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"


def hashed_asset(suffix: str, bundle: Path = BUNDLE) -> str:
    return sorted(path.name for path in (bundle / "assets").glob(f"*{suffix}"))[0]


@pytest.mark.parametrize(
    ("path", "media_type", "contains"),
    [
        ("/", "text/html; charset=utf-8", "<title>Floorgraph</title>"),
        ("/board/LICENSES.txt", "text/plain; charset=utf-8", "preact"),
        ("/favicon.svg", "image/svg+xml", "<svg"),
        ("/favicon.ico", "image/svg+xml", "<svg"),
        ("/graphiql/", "text/html; charset=utf-8", "GraphiQL"),
        ("/graphiql/LICENSES.txt", "text/plain; charset=utf-8", "monaco-editor"),
    ],
)
def test_each_page_has_its_type_the_headers_of_all_pages_and_is_asked_for_again(
    client: httpx2.Client, path: str, media_type: str, contains: str
) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == media_type
    assert contains in answer.text
    assert answer.headers["cache-control"] == "no-cache"
    assert_page_headers(answer)


@pytest.mark.parametrize(
    ("suffix", "media_type"),
    [
        (".js", "text/javascript; charset=utf-8"),
        (".css", "text/css; charset=utf-8"),
        (".ttf", "font/ttf"),
    ],
)
def test_assets_with_a_hash_in_their_name_are_kept_for_good(
    client: httpx2.Client, suffix: str, media_type: str
) -> None:
    answer = client.get(f"/graphiql/assets/{hashed_asset(suffix)}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == media_type
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert_page_headers(answer)


@pytest.mark.parametrize("bundle", [BOARD, BUNDLE], ids=lambda path: path.name)
def test_every_asset_of_a_bundle_has_a_hash_in_its_name(client: httpx2.Client, bundle: Path) -> None:
    names = [path.name for path in (bundle / "assets").iterdir()]
    assert names
    for name in names:
        kept = client.head(f"/{bundle.name}/assets/{name}")
        assert "immutable" in kept.headers["cache-control"], name


def test_a_missing_asset_is_a_404_that_nobody_keeps(client: httpx2.Client) -> None:
    answer = client.get("/graphiql/assets/index-AAAAAAAA.js")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    assert_page_headers(answer)


def test_an_unchanged_page_is_not_sent_again(client: httpx2.Client) -> None:
    first = client.get("/graphiql/")
    again = client.get("/graphiql/", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert_page_headers(again)


def test_pages_are_only_read(client: httpx2.Client) -> None:
    answer = client.post("/graphiql/")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"
    assert_page_headers(answer)


@pytest.mark.parametrize("query", ["", "?query=%7Bsources%7Bkey%7D%7D"])
def test_graphiql_without_a_slash_leads_to_the_folder_by_a_relative_address(
    client: httpx2.Client, query: str
) -> None:
    answer = client.get(
        f"/graphiql{query}", headers={"host": "elsewhere.example"}, follow_redirects=False, timeout=DEADLINE
    )
    assert answer.status_code == 307
    assert answer.headers["location"] == f"graphiql/{query}"
    assert_page_headers(answer)
    assert client.get(f"/graphiql{query}", follow_redirects=True, timeout=DEADLINE).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/graphiql/../pages.py",
        "/graphiql/../../pages.py",
        "/graphiql/%2e%2e/%2e%2e/pages.py",
        "/graphiql/..%2f..%2fpages.py",
        "/graphiql/..%5c..%5cpages.py",
        "/graphiql/assets/../../../pages.py",
        "/graphiql//etc/passwd",
        "/graphiql/%2fetc%2fpasswd",
        "/board/../../pages.py",
        "/board/%2e%2e/favicon.svg",
        "/graphiql/%00",
    ],
)
def test_no_path_leads_out_of_a_folder(client: httpx2.Client, path: str) -> None:
    """The path goes out as written: clients would tidy it up before they send it."""
    host, port = str(client.base_url.host), int(client.base_url.port or 0)
    with socket.create_connection((host, port), timeout=DEADLINE) as wire:
        wire.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        received = b"".join(iter(lambda: wire.recv(65536), b""))
    assert received.split(b" ", 2)[1] in (b"404", b"400"), received[:200]
    assert b"page_routes" not in received
    assert b"root:" not in received


def test_switched_off_graphiql_is_a_404_in_plain_words(switched_off: str) -> None:
    for path in ("/graphiql", "/graphiql/", "/graphiql/index.html"):
        answer = httpx2.get(switched_off + path, follow_redirects=False, timeout=DEADLINE)
        assert answer.status_code == 404
        assert "switched off" in answer.text
        assert_page_headers(answer)
    assert httpx2.get(switched_off, timeout=DEADLINE).status_code == 200


def test_without_the_bundle_a_small_page_stands_in(without_bundle: str) -> None:
    answer = httpx2.get(f"{without_bundle}/graphiql", follow_redirects=True, timeout=DEADLINE)
    assert answer.status_code == 200
    assert "scripts/build-graphiql" in answer.text
    assert "<textarea" in answer.text
    assert_page_headers(answer)
    for name, media_type in (("fallback.js", "text/javascript"), ("fallback.css", "text/css")):
        asset = httpx2.get(f"{without_bundle}/graphiql/{name}", timeout=DEADLINE)
        assert asset.status_code == 200
        assert asset.headers["content-type"].startswith(media_type)
        assert asset.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("page", ["/", "/graphiql/"])
def test_everything_a_page_names_is_there(client: httpx2.Client, page: str) -> None:
    api_own = {"/schema.graphql", "/livez", "/readyz"}
    named = {
        client.base_url.join(page).join(address) for address in HTML_ADDRESS.findall(client.get(page).text)
    }
    assert named
    for address in named:
        assert address.host == client.base_url.host
        if address.path not in api_own:
            assert client.get(address).status_code == 200, address


@pytest.mark.parametrize(
    "path", sorted(STATIC.rglob("*.html")) + sorted(STATIC.rglob("*.css")), ids=lambda path: path.name
)
def test_no_page_and_no_style_sheet_names_another_host(path: Path) -> None:
    text = path.read_text("utf-8")
    pattern = HTML_ADDRESS if path.suffix == ".html" else CSS_ADDRESS
    for address in pattern.findall(text):
        assert not urlsplit(address).netloc, address
        assert not ANOTHER_HOST.match(address), address


@pytest.mark.parametrize(
    "path", sorted(STATIC.rglob("*.html")), ids=lambda path: f"{path.parent.name}-{path.name}"
)
def test_no_page_carries_a_script_or_style_that_the_policy_would_refuse(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"\son\w+=", text)


@pytest.mark.parametrize(("bundle", "limit"), [(BOARD, 1_000_000), (BUNDLE, 10_000_000)])
def test_a_bundle_is_whole_and_of_a_reasonable_size(bundle: Path, limit: int) -> None:
    files = [path for path in bundle.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} >= {".html", ".css", ".js", ".txt"}
    assert not [path.name for path in files if path.suffix == ".map"]
    assert sum(path.stat().st_size for path in files) < limit


def test_the_board_is_a_page_only_at_the_top(client: httpx2.Client) -> None:
    """What it names is relative to the top: elsewhere it would be a page without scripts."""
    assert client.get("/board/", follow_redirects=True, timeout=DEADLINE).status_code == 404
