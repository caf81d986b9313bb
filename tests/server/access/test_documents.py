"""Trusted documents: by their id over every transport, unknown, tampered with, and alone allowed."""

import hashlib
import json
from pathlib import Path
from typing import Any

import httpx2
import pytest
import structlog

from floorgraph.server.access.documents import TrustedDocuments
from floorgraph.server.access.refusals import UnknownDocument
from floorgraph.settings import DocumentSettings, Role
from floorgraph.settings.documents import DocumentMode
from tests.server.access.guarded import configured, two_lines
from tests.support.client import live, post
from tests.support.deadline import DEADLINE

SOURCES = "{ sources { key } }"
FOLLOW = "subscription Follow($on: [String!]) { stationChanged(on: $on) { kind } }"
HASH = hashlib.sha256(SOURCES.encode()).hexdigest()
ANSWER = {"data": {"sources": [{"key": "north"}, {"key": "south"}]}}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "board.json").write_text(json.dumps({"sources": SOURCES, HASH: SOURCES}), encoding="utf-8")
    apollo = {"format": "apollo-persisted-query-manifest", "operations": [{"id": "follow", "body": FOLLOW}]}
    (tmp_path / "apollo.json").write_text(json.dumps(apollo), encoding="utf-8")
    return tmp_path


def trusting(folder: Path, mode: DocumentMode) -> Any:
    return configured(anonymous=Role.VIEWER, documents=DocumentSettings(folder=folder, mode=mode))


async def sent(base_url: str, **body: Any) -> httpx2.Response:
    async with httpx2.AsyncClient(trust_env=False, timeout=DEADLINE) as http:
        return await http.post(f"{base_url}/graphql", json=body)


def code(answer: httpx2.Response) -> tuple[int, str]:
    (error,) = answer.json()["errors"]
    return answer.status_code, error["extensions"]["code"]


@pytest.mark.parametrize("mode", DocumentMode)
@pytest.mark.parametrize(
    "body",
    [
        {"documentId": "sources"},
        {"documentId": HASH},
        {"documentId": f"sha256:{HASH}"},
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": HASH}}},
        {"documentId": "sources", "query": SOURCES},
        {"query": SOURCES},
    ],
)
async def test_a_known_document_is_answered_by_its_id(folder: Path, mode: DocumentMode, body: Any) -> None:
    async with two_lines(trusting(folder, mode)) as (base_url, *_):
        assert (await sent(base_url, **body)).json() == ANSWER


async def test_a_known_document_can_be_asked_for_by_get(folder: Path) -> None:
    settings = trusting(folder, DocumentMode.ENFORCE)
    async with (
        two_lines(settings) as (base_url, *_),
        httpx2.AsyncClient(trust_env=False, timeout=DEADLINE) as http,
    ):
        answer = await http.get(f"{base_url}/graphql", params={"documentId": "sources"})
    assert answer.json() == ANSWER


@pytest.mark.parametrize("mode", DocumentMode)
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"documentId": "nothing"}, (404, "PERSISTED_QUERY_NOT_FOUND")),
        ({"documentId": 5}, (404, "PERSISTED_QUERY_NOT_FOUND")),
        ({"extensions": {"persistedQuery": {"sha256Hash": "0" * 64}}}, (404, "PERSISTED_QUERY_NOT_FOUND")),
        (
            {"query": SOURCES, "extensions": {"persistedQuery": {"sha256Hash": "0" * 64}}},
            (404, "PERSISTED_QUERY_NOT_FOUND"),
        ),
        ({"documentId": "sources", "query": "{ __typename }"}, (400, "PERSISTED_QUERY_MISMATCH")),
    ],
)
async def test_unknown_and_tampered_documents_are_refused_in_every_mode(
    folder: Path, mode: DocumentMode, body: Any, expected: Any
) -> None:
    async with two_lines(trusting(folder, mode)) as (base_url, north, _):
        north.calls.clear()
        assert code(await sent(base_url, **body)) == expected


async def test_other_documents_are_refused_where_that_is_enforced(folder: Path) -> None:
    async with two_lines(trusting(folder, DocumentMode.ENFORCE)) as (base_url, *_):
        assert code(await post(base_url, "{ __typename }")) == (403, "PERSISTED_QUERY_ONLY")
        assert code(await post(base_url, SOURCES + " ")) == (403, "PERSISTED_QUERY_ONLY")
        headers = {"accept": "text/event-stream"}
        assert code(await post(base_url, "subscription { stationChanged { kind } }", None, **headers)) == (
            403,
            "PERSISTED_QUERY_ONLY",
        )


async def test_other_documents_are_answered_and_logged_once(folder: Path) -> None:
    with structlog.testing.capture_logs() as logged:
        async with two_lines(trusting(folder, DocumentMode.LOG)) as (base_url, *_):
            for _ in range(3):
                assert (await post(base_url, "{ __typename }")).json() == {"data": {"__typename": "Query"}}
                await post(base_url, SOURCES)
    told = [entry for entry in logged if entry["event"] == "document is in no manifest"]
    assert [entry["begins"] for entry in told] == ["{ __typename }"]


async def test_documents_are_named_over_websockets_too(folder: Path) -> None:
    async with two_lines(trusting(folder, DocumentMode.ENFORCE)) as (base_url, *_), live(base_url) as client:
        await client.send({"id": "1", "type": "subscribe", "payload": {"documentId": "follow"}})
        assert (await client.next())["data"]["stationChanged"]["kind"] == "SNAPSHOT"
        for key, payload, expected in (
            ("2", {"documentId": "nothing"}, "PERSISTED_QUERY_NOT_FOUND"),
            ("3", {"documentId": "follow", "query": SOURCES}, "PERSISTED_QUERY_MISMATCH"),
            ("4", {"query": "{ __typename }"}, "PERSISTED_QUERY_ONLY"),
        ):
            await client.send({"id": key, "type": "subscribe", "payload": payload})
            message = await client.receive()
            while message["id"] != key:
                message = await client.receive()
            assert message["type"] == "error"
            assert message["payload"][0]["extensions"]["code"] == expected
        await client.send({"id": "5", "type": "subscribe", "payload": {"documentId": "sources"}})
        message = await client.receive()
        while message["id"] != "5":
            message = await client.receive()
        assert message["payload"] == ANSWER


def test_a_form_of_the_id_with_and_without_prefix_is_the_same(folder: Path) -> None:
    documents = TrustedDocuments(DocumentSettings(folder=folder))
    assert len(documents) == 3
    assert documents.query({"documentId": f"sha256:{HASH}"}) == SOURCES
    with pytest.raises(UnknownDocument):
        documents.query({"documentId": "sha256:sources"})


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "is not JSON"),
        ("[]", "is not a manifest"),
        ('{"a": 5}', "is not a manifest"),
        ('{"operations": [{"id": "x"}]}', "is not a manifest"),
        ('{"a": "{ nope"}', "'a' cannot be read"),
        (json.dumps({"0" * 64: SOURCES}), "not the one of that hash"),
        (json.dumps({"sources": "{ __typename }"}), "to another document"),
    ],
)
def test_a_manifest_that_cannot_be_used_is_named(folder: Path, content: str, words: str) -> None:
    (folder / "wrong.json").write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=rf"documents\.folder: .*wrong\.json.*{words}"):
        TrustedDocuments(DocumentSettings(folder=folder))


def test_enforcing_without_documents_would_refuse_everything(tmp_path: Path) -> None:
    for folder in (None, tmp_path):
        with pytest.raises(ValueError, match="holds no document"):
            TrustedDocuments(DocumentSettings(folder=folder, mode=DocumentMode.ENFORCE))
    with pytest.raises(ValueError, match="is not a folder"):
        TrustedDocuments(DocumentSettings(folder=tmp_path / "none"))
