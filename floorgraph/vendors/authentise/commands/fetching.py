"""Files behind links of the vendor: without credentials, as the link carries its own permission."""

from urllib.parse import parse_qsl, urlsplit

from floorgraph.vendors.answers import Image
from floorgraph.vendors.authentise.server import Server
from floorgraph.vendors.failures import Malformed
from floorgraph.vendors.http import HttpClient
from floorgraph.vendors.tls import TlsSettings

ENDPOINT = "document"
PLAIN = "application/octet-stream"


async def fetched(link: str, server: Server) -> Image:
    """The file that a link of the vendor leads to. Raises `SourceFailure`, which never quotes the link.

    The link may lead to another host, which gets nothing but the question; its certificate is trusted by
    the system's authorities unless it is the vendor's own host. There it counts as a call of the day.
    """
    settings, parts = server.settings, urlsplit(link)
    origin = f"{parts.scheme}://{parts.netloc}"
    own = parts.netloc == urlsplit(settings.base_url).netloc
    secure = parts.scheme == "https" or (own and parts.scheme == urlsplit(settings.base_url).scheme)
    if not parts.netloc or not secure or parts.username is not None:
        raise Malformed(source=settings.key, endpoint=ENDPOINT, detail="the vendor's link cannot be followed")
    if own:
        server.count_further(ENDPOINT)
    client = HttpClient(
        settings.key,
        origin,
        tls=settings.tls if own else TlsSettings(),
        options=settings.timeouts.options(1),
        clock=server.clock,
    )
    try:
        reply = await client.send(
            "GET",
            parts.path or "/",
            endpoint=ENDPOINT,
            params=dict(parse_qsl(parts.query, keep_blank_values=True)),
        )
    finally:
        await client.close()
    if not reply.ok:
        raise reply.failing(type(reply.failure()), f"HTTP {reply.status} for the document")
    media = reply.headers.get("content-type", PLAIN).partition(";")[0].strip() or PLAIN
    return Image(content=bytes(reply.body), media_type=media)
