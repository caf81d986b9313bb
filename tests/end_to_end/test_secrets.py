"""Secrets appear nowhere: not in answers, not in logs, not in metrics or diagnostics, whatever goes wrong.

Every vendor's adapter talks to a server that gives back what it was sent, in
every place where a careless program would repeat it.
"""

import base64
import io
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import graphql
import httpx2
import pytest
import structlog

from floorgraph.logs import QUIET
from floorgraph.server.app import create_app
from floorgraph.settings import ConfigurationError, settings_of
from floorgraph.vendors.floor import offered_commands
from schema.build import schema_text
from tests.support.client import LiveClient, close_code, live, post, raw_socket
from tests.support.deadline import DEADLINE
from tests.support.identities import AUDIENCE, ISSUER, Provider, key
from tests.support.serving import serving
from tests.support.upstream import Answer, Raw, Received, Upstream
from tests.support.upstream import serving as upstream_server

VENDOR_SECRETS = ("cwork-key-4d1f", "cloudnest-secret-77ab", "authentise-secret-90cc", "signing-key-ee21")

DIAGNOSTICS = """{ sources {
    key version status failure failureCode capabilities { reason } feeds { name reason } budget { endpoint }
    unmapped { word } drift { payload field change } quarantined { reason remoteId }
} }"""
QUESTIONS = (
    "{ stations(maxAge: 0) { nodes { raw state { name } } } jobs { nodes { raw } } orders { totalCount } }",
    "{ batches { totalCount } layouts { totalCount } pieces { totalCount } programs { totalCount } }",
    '{ nodes(ids: ["north:job:1", "laser:job:1", "am:job:1"]) { id } }',
    '{ source(key: "am") { resource(path: "machine/printer") { items } } }',
    DIAGNOSTICS,
)
AUDIT = """{ commands(first: 200) { totalCount nodes {
    name outcome who input before after vendorAnswer userErrors { message vendorCode field }
    operation { detail result }
} } }"""
SCHEMA = graphql.build_schema(schema_text())
SOURCES = {"north": "cwork", "laser": "cloudnest", "am": "authentise"}


def repeated(received: Received) -> str:
    return " ".join([received.target, *received.headers.values(), received.body.decode(errors="replace")])


def echo(
    status: int, *, headers: Callable[[str], dict[str, str]] | None = None
) -> Callable[[Received], Answer]:
    """An answer that repeats the request in its body, as text in JSON, and perhaps in its headers."""

    def answer(received: Received) -> Answer:
        text = repeated(received).replace('"', "'").replace("\\", "/")
        body = f'{{"message": "{text}", "msg": "{text}", "data": "{text}", "code": "{text}"}}'.encode()
        return Answer(status, body, headers(text.replace("\n", " ")) if headers else {})

    return answer


def garbled(received: Received) -> Answer:
    return Answer(body=f"<html>{repeated(received)}".encode(), headers={"Content-Type": "text/html"})


def cut(received: Received) -> Raw:
    text = repeated(received).encode()
    return Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n" + text, "close")


def not_http(received: Received) -> Raw:
    return Raw(repeated(received).encode() + b"\r\n\r\n")


def elsewhere(text: str) -> dict[str, str]:
    return {"Location": "http://127.0.0.1:1/" + text.replace(" ", "/")[:500]}


def strange(text: str) -> dict[str, str]:
    return {"Retry-After": text[:300], "Date": text[:300], "X-Error": text[:300]}


MODES: dict[str, Callable[[Received], Answer | Raw]] = {
    "an answer of another shape": echo(200),
    "refused credentials": echo(401),
    "a missing right": echo(403, headers=strange),
    "nothing there": echo(404),
    "a fault inside": echo(500, headers=strange),
    "too many calls": echo(429, headers=strange),
    "a redirect": echo(302, headers=elsewhere),
    "no JSON": garbled,
    "a cut answer": cut,
    "no HTTP": not_http,
    "a reset": lambda _: Raw(b"", "reset"),
}


def configuration(base_url: str, folder: Path, provider: Provider) -> tuple[dict[str, Any], str]:
    """A configuration with every kind of secret, and the key of a caller."""
    kept, text = key()
    (folder / "key.pem").write_text(provider.pem, encoding="utf-8")
    quick = {"timeouts": {"total": 2.0}}
    sources: list[dict[str, Any]] = [
        {"key": "north", "vendor": "cwork", "base_url": base_url, "api_key": VENDOR_SECRETS[0], **quick},
        {
            "key": "laser",
            "vendor": "cloudnest",
            "base_url": base_url,
            "app_id": "app",
            "app_secret": VENDOR_SECRETS[1],
            "org_code": "TEAM",
            "calls_per_second": 100,
        },
        {
            "key": "am",
            "vendor": "authentise",
            "base_url": base_url,
            "token": {"uuid": "u-1", "secret": VENDOR_SECRETS[2]},
            **quick,
        },
    ]
    for source in sources:
        commands = [kind.word() for kind in offered_commands()[source["vendor"]]]
        source |= {"commands": commands, "destructive_commands": True}
    table = {**kept.model_dump(mode="json", exclude_none=True), "role": "admin"}
    return {
        "server": {"anonymous_role": "none", "signing_key": VENDOR_SECRETS[3], "metrics": "all"}
        | {"state_dir": str(folder)},
        "limits": {"mode": "off"},
        "keys": [table],
        "jwt": {"issuer": ISSUER, "audience": AUDIENCE, "key_file": str(folder / "key.pem")},
        "sources": sources,
    }, text


@contextmanager
def overheard() -> Iterator[list[str]]:
    """All that is logged in any way at the lowest level that can be chosen, tracebacks included."""
    found: list[str] = []

    def collect(logger: Any, method: str, entry: Any) -> Any:
        found.append(repr(structlog.processors.format_exc_info(logger, method, entry)))
        raise structlog.DropEvent

    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    root = logging.getLogger()
    levels = {name: logging.getLogger(name).level for name in (None, *QUIET)}
    processors = structlog.get_config()["processors"]
    before = processors.copy()
    root.addHandler(handler)
    for name in levels:
        logging.getLogger(name).setLevel(logging.INFO if name in QUIET else logging.DEBUG)
    processors[:] = [collect]
    try:
        yield found
    finally:
        processors[:] = before
        root.removeHandler(handler)
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
        found.append(stream.getvalue())


async def asked(base_url: str, texts: list[str], *credentials: str) -> None:
    """Ask everything with all credentials, right ones and wrong ones, over all transports."""
    for credential in credentials:
        for question in QUESTIONS:
            answer = await post(
                base_url, question, None, authorization=credential, **{"X-Floorgraph-Trace": "1"}
            )
            texts.append(answer.text + str(answer.headers))
    async with httpx2.AsyncClient(trust_env=False, timeout=DEADLINE) as http:
        paths = ("/metrics", "/readyz", "/livez", "/schema.graphql")
        texts.extend([(await http.get(base_url + path)).text for path in paths])


def example(kind: Any, name: str, source: str) -> Any:
    """Something that an argument of this type and name may be, of one source."""
    kind = graphql.get_nullable_type(kind)
    if isinstance(kind, graphql.GraphQLList):
        return [example(kind.of_type, name.removesuffix("s"), source)]
    if isinstance(kind, graphql.GraphQLInputObjectType):
        required = {n: f.type for n, f in kind.fields.items() if graphql.is_required_input_field(f)}
        return {word: example(wanted, word, source) for word, wanted in required.items()}
    if isinstance(kind, graphql.GraphQLEnumType):
        return next(iter(kind.values))
    if name == "sourceKey":
        return source
    values = {"ID": f"{source}:{name.removesuffix('Id').lower()}:1", "Int": 1, "Float": 1.0, "Boolean": True}
    return values.get(kind.name, "2026-11-21")


async def commanded(base_url: str, texts: list[str], credential: str) -> int:
    """Send every command of every vendor, then read the log of commands; how many stand there."""
    mutation = SCHEMA.mutation_type
    assert mutation is not None
    for source, vendor in SOURCES.items():
        for word in (kind.word() for kind in offered_commands()[vendor]):
            kind = mutation.fields[word].args["input"].type
            asked_for = f"{word}(input: $input) {{ outcome userErrors {{ message }} }}"
            document = f"mutation ($input: {kind}) {{ {asked_for} }}"
            given = {"input": example(kind, "input", source)}
            texts.append((await post(base_url, document, given, authorization=credential)).text)
    answer = await post(base_url, AUDIT, None, authorization=credential)
    texts.append(answer.text)
    assert "errors" not in answer.json(), answer.text
    total: int = answer.json()["data"]["commands"]["totalCount"]
    return total


async def followed(client: LiveClient, texts: list[str]) -> None:
    """The first events about sources and stations."""
    await client.subscribe("subscription { sourceChanged { kind key source { failure } } }", key="1")
    texts.extend([str(await client.receive()) for _ in range(4)])


def encoded(secret: str) -> str:
    """As it stands in the header of Basic authentication, but for what depends on its neighbours."""
    return base64.b64encode(secret.encode()).decode()[: len(secret) // 3 * 4]


def leaked(texts: list[str], secrets: list[str]) -> dict[str, str]:
    whole = "\n".join(texts)
    return {secret: whole[max(0, whole.find(secret) - 200) :][:500] for secret in secrets if secret in whole}


@pytest.mark.parametrize("mode", MODES)
async def test_no_secret_is_told_whatever_goes_wrong(mode: str, tmp_path: Path) -> None:
    provider = Provider()
    texts: list[str] = []
    async with upstream_server() as upstream:
        upstream.default = MODES[mode]
        content, text = configuration(upstream.url, tmp_path, provider)
        token, wrong_token = provider.token(role="admin"), Provider().token(role="admin")
        secrets = [
            *VENDOR_SECRETS,
            *map(encoded, VENDOR_SECRETS),
            text,
            text.split("_", 2)[2],
            token,
            wrong_token,
        ]
        with overheard() as logged:
            settings = settings_of(content, "test", tmp_path)
            texts.append(repr(settings))
            async with serving(create_app(settings)) as base_url:
                await asked(
                    base_url,
                    texts,
                    f"ApiKey {text}",
                    f"Bearer {token}",
                    f"ApiKey {text}x",
                    f"Bearer {wrong_token}",
                )
                logged_commands = await commanded(base_url, texts, f"ApiKey {text}")
                async with live(base_url, {"apiKey": text}) as client:
                    await followed(client, texts)
                async with raw_socket(base_url) as socket:
                    await socket.send(
                        '{"type": "connection_init", "payload": {"token": "' + wrong_token + '"}}'
                    )
                    assert await close_code(socket) == 4403
        assert logged_commands > 10
        texts.extend(written(tmp_path))
        assert sent(upstream), "The server was not asked with credentials, so that nothing was tested."
    assert leaked(texts + logged, secrets) == {}


def written(folder: Path) -> list[str]:
    """What the server keeps on disk, its log of commands included."""
    found = [path for path in folder.iterdir() if path.suffix != ".pem"]
    assert found, "Nothing was written."
    return [path.read_bytes().decode(errors="replace") for path in found]


def sent(upstream: Upstream) -> bool:
    """Whether credentials reached the server, in the form of headers that it repeats."""
    return any(
        "authorization" in request.headers or "signature" in str(request.headers)
        for request in upstream.requests
    )


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: content["sources"][0].update(api_key=[VENDOR_SECRETS[0]]),
        lambda content: content["sources"][1].update(app_secret={"text": VENDOR_SECRETS[1]}),
        lambda content: content["sources"][2].update(token=VENDOR_SECRETS[2]),
        lambda content: content["sources"][2]["token"].update(uuid="a b"),
        lambda content: content["server"].update(signing_key={"secret": VENDOR_SECRETS[3]}),
        lambda content: content["keys"][0].update(hash=VENDOR_SECRETS[0]),
        lambda content: content["jwt"].update(jwks_url=f"https://x:{VENDOR_SECRETS[0]}@login.test/"),
        lambda content: content["sources"][0].update(base_url=f"https://u:{VENDOR_SECRETS[0]}@10.0.0.1/"),
    ],
)
def test_a_wrong_configuration_is_explained_without_its_secrets(
    spoil: Callable[[Any], None], tmp_path: Path
) -> None:
    content, _ = configuration("http://127.0.0.1:1", tmp_path, Provider())
    spoil(content)
    with pytest.raises(ConfigurationError) as caught:
        settings_of(content, "test", tmp_path)
    assert leaked(caught.value.problems, list(VENDOR_SECRETS)) == {}


def test_a_leak_would_be_seen() -> None:
    with overheard() as logged:
        structlog.get_logger("x").warning("oops", key="a-secret-1")
        logging.getLogger("y").debug("a-secret-2")
        try:
            int("a-secret-3")
        except ValueError:
            structlog.get_logger("z").exception("failed")
    secrets = [f"a-secret-{number}" for number in range(1, 5)]
    assert list(leaked(logged, secrets)) == secrets[:3]
