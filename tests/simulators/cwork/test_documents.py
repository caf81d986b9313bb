"""Documents and versions, read and written."""

from hashlib import md5, sha1
from pathlib import Path
from typing import Any

import pytest

from tests.simulators.cwork.client import CWorkClient, cwork


async def listed(server: CWorkClient, query: str = "") -> list[dict[str, Any]]:
    """All documents, page by page."""
    found, page = [], 1
    while True:
        answer = await server.read(f"/documents?page={page}{query}")
        found += answer["Documents"]
        if not answer["Has_more"]:
            return found
        page += 1


class TestLists:
    async def test_pages_of_200(self) -> None:
        async with cwork(documents=450) as server:
            pages = [await server.read(f"/documents?page={page}") for page in (1, 2, 3, 4)]
            assert [len(page["Documents"]) for page in pages] == [200, 200, 50, 0]
            assert [page["Has_more"] for page in pages] == [True, True, False, False]
            assert len({one["DocumentId"] for page in pages for one in page["Documents"]}) == 450
            assert len((await server.read("/documents?limit=5000"))["Documents"]) == 200
            assert len((await server.read("/documents?limit=7"))["Documents"]) == 7
            assert await server.code("/documents?page=0") == 1010

    async def test_pages_shift_when_a_document_changes(self) -> None:
        async with cwork(documents=5) as server:
            first = (await server.read("/documents?limit=2"))["Documents"]
            last = (await listed(server))[-1]
            await server.step(1)
            body = {"NewStatus": "VALIDATED"}
            version = (await server.read(f"/documents/{last['DocumentId']}/versions"))[0]["VersionId"]
            assert (await server.write(f"/versions/{version}/certify", body)).status_code == 200
            second = (await server.read("/documents?limit=2&page=2"))["Documents"]
            assert first[-1]["DocumentId"] == second[0]["DocumentId"]
        async with cwork(documents=5, document_order="id") as server:
            assert [one["DocumentId"] for one in await listed(server)] == [1, 2, 3, 4, 5]

    async def test_filters(self) -> None:
        async with cwork(stations=10, documents=40) as server:
            every = await listed(server)
            assert [one["Reference"] for one in await listed(server, "&reference=PGM0003")] == ["PGM0003"]
            assert await listed(server, "&reference=PGM000") == []
            assert {one["Extension"] for one in await listed(server, "&extension=NC")} == {"NC"}
            assert {one["StationId"] for one in await listed(server, "&station=1")} == {1}
            # Stations 1 and 8 are lathes, in one group.
            assert {one["StationId"] for one in await listed(server, "&station=1&include_group=true")} == {
                1,
                8,
            }
            assert await server.code("/documents?station=99") == 2003
            assert await server.code("/documents?station=1&include_group=maybe") == 1010
            assert len(every) == 40

    async def test_documents_of_stations_that_are_gone_are_gone(self) -> None:
        async with cwork() as server:
            gone = [one["DocumentId"] for one in await listed(server) if one["StationId"] == 1]
            await server.change(remove_stations=[1])
            assert gone
            assert not set(gone) & {one["DocumentId"] for one in await listed(server)}
            assert await server.code(f"/documents/{gone[0]}") == 2008

    async def test_the_bin(self) -> None:
        async with cwork() as server:
            assert (await server.write("/stations/1/delete_document", {"DocumentId": 1})).content == b""
            assert 1 not in [one["DocumentId"] for one in await listed(server)]
            assert [one["DocumentId"] for one in await listed(server, "&recycle_bin=only")] == [1]
            assert 1 in [one["DocumentId"] for one in await listed(server, "&recycle_bin=include")]
            assert await server.code("/documents?recycle_bin=full") == 1010
            assert await server.post_code("/stations/1/delete_document", {"DocumentId": 1}) == 2008
            assert await server.post_code("/stations/1/delete_document", {"DocumentId": 2}) == 2008
            assert await server.post_code("/stations/1/delete_document", {}) == 2010
            await server.change(version="1.14")
            assert 1 not in [one["DocumentId"] for one in await listed(server, "&recycle_bin=include")]


class TestVersions:
    async def test_single_reads(self) -> None:
        async with cwork() as server:
            versions = await server.read("/documents/1/versions")
            assert len(versions) == 2
            number = versions[0]["VersionId"]
            assert await server.read(f"/documents/1/versions/{number}") == versions[0]
            assert await server.read(f"/versions/{number}") == versions[0]
            assert versions[0]["File"] is None
            assert isinstance(versions[0]["SecondaryIndex"], str)
            assert await server.code(f"/documents/2/versions/{number}") == 2014
            assert await server.code("/versions/999") == 2013
            assert await server.code(f"/documents/999/versions/{number}") == 2008

    async def test_content(self) -> None:
        async with cwork() as server:
            raw = await server.ask("/documents/1/versions/1/download?json=false")
            assert raw.headers["content-type"] == "application/text"
            assert raw.content.startswith(b"(PGM0001 V1)")
            assert len(raw.content) == (await server.read("/versions/1"))["Size"]
            codes = await server.read("/versions/1/download")
            assert bytes(codes["Content"]) == raw.content

    async def test_a_version_is_deleted_by_its_own_station(self) -> None:
        async with cwork() as server:
            first, second = (one["VersionId"] for one in await server.read("/documents/1/versions"))
            assert await server.post_code("/stations/2/delete_version", {"VersionId": str(first)}) == 2014
            for number in (first, second):
                body = {"VersionId": str(number)}
                assert (await server.write("/stations/1/delete_version", body)).status_code == 200
                assert await server.post_code("/stations/1/delete_version", body) == 2013
            assert await server.code("/documents/1/versions") == 2009
            assert await server.post_code("/stations/1/delete_version", {"VersionId": "ten"}) == 1010
            assert (await server.read("/documents/1"))["DisplayStatus"] == ""


class TestCreation:
    async def test_a_document_is_there_once_created(self) -> None:
        async with cwork() as server:
            body = {"Reference": "NEW", "StationId": 2, "Extension": "MPF", "Folder": "sub", "Custom1": "foo"}
            created = await server.write("/documents", body)
            assert created.status_code == 201
            document = created.json()
            assert (document["Folder"], document["Custom1"], document["DisplaySize"]) == ("sub\\", "foo", 0)
            assert await server.read(f"/documents/{document['DocumentId']}") == document
            assert await server.post_code("/documents", body) == 2012

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            ({"Reference": "NEW"}, 2010),
            ({"StationId": 1}, 2010),
            ({"Reference": "", "StationId": 1}, 2011),
            ({"Reference": "NEW", "StationId": 99}, 2003),
            ({"Reference": "NEW", "StationId": True}, 1010),
            ({"Reference": 5, "StationId": 1}, 1010),
            ("text", 1004),
        ],
    )
    async def test_what_is_wrong_with_it(self, body: object, code: int) -> None:
        async with cwork() as server:
            assert await server.post_code("/documents", body) == code


class TestExchange:
    async def test_a_copy_is_lent_for_ten_minutes(self, tmp_path: Path) -> None:
        folder = tmp_path / "Temp" / "API-io"
        async with cwork(exchange_dir=str(folder)) as server:
            assert folder.is_dir()
            lent = (await server.read("/versions/1?include_file=true"))["File"]
            content = (folder / lent["url"]).read_bytes()
            raw = await server.ask("/versions/1/download?json=false")
            assert content == raw.content
            assert lent["md5"] == sha1(content).hexdigest().upper()  # noqa: S324
            await server.step(599)
            await server.read("/stations")
            assert (folder / lent["url"]).exists()
            await server.step(1)
            await server.read("/stations")
            assert not (folder / lent["url"]).exists()

    async def test_without_a_folder_there_are_no_files(self) -> None:
        async with cwork() as server:
            assert (await server.read("/versions/1?include_file=true"))["File"] is None
            assert await server.post_code("/documents/1/versions", {"File": "x"}) == 2015

    async def test_a_version_is_handed_in(self, tmp_path: Path) -> None:
        (tmp_path / "new").write_bytes(b"M30")
        async with cwork(exchange_dir=str(tmp_path)) as server:
            for digest in (md5(b"M30"), sha1(b"M30")):  # noqa: S324
                body = {"File": "new", "Md5": digest.hexdigest(), "Comment": "mine"}
                created = await server.write("/documents/1/versions", body)
                assert created.status_code == 201
                number = created.json()["VersionId"]
                assert (await server.ask(f"/versions/{number}/download?json=false")).content == b"M30"
            assert (
                await server.write("/documents/1/versions", {"File": "new", "Md5": ""})
            ).status_code == 201
            assert len(await server.read("/documents/1/versions")) == 5
            assert await server.post_code("/documents/1/versions", {"File": "new", "Md5": "0" * 40}) == 2017
            assert await server.post_code("/documents/1/versions", {"File": "../new"}) == 2015
            assert await server.post_code("/documents/1/versions", {"File": "old"}) == 2015
            assert await server.post_code("/documents/1/versions", {}) == 2010
            assert await server.post_code("/documents/99/versions", {"File": "new"}) == 2008


class TestCertifying:
    async def test_it_adds_a_version(self) -> None:
        async with cwork() as server:
            answer = await server.write("/versions/1/certify", {"NewStatus": "OBSOLETE", "Comments": "old"})
            assert answer.headers["content-type"] == "application/text"
            done = answer.json()
            assert done["VersionId"] != 1
            assert (await server.read(f"/versions/{done['VersionId']}"))["Status"] == "OBSOLETE"

    async def test_or_edits_it(self) -> None:
        async with cwork(certify_adds_version=False) as server:
            path = "/documents/1/versions/1/certify"
            assert (await server.write(path, {"NewStatus": "OBSOLETE"})).json()["VersionId"] == 1
            assert (await server.read("/versions/1"))["Status"] == "OBSOLETE"

    async def test_the_method_is_an_option(self) -> None:
        async with cwork() as server:
            assert await server.code("/versions/1/certify") == 1008
        async with cwork(certify_method="GET") as server:
            body = {"NewStatus": "VALIDATED"}
            assert (await server.ask("/versions/1/certify", json=body)).status_code == 200
            assert await server.post_code("/versions/1/certify", body) == 1008

    async def test_what_is_refused(self) -> None:
        groups = [{"id": 1, "name": "Cell", "statuses": ["TESTING"]}]
        users = [{"handle": 1, "name": "APIUser", "group": 1, "api_key": "simulator-key"}]
        async with cwork(groups=groups, users=users) as server:
            assert await server.post_code("/versions/1/certify", {"Comments": "x"}) == 2010
            assert await server.post_code("/versions/1/certify", {"NewStatus": "PERFECT"}) == 1010
            assert await server.post_code("/versions/1/certify", {"NewStatus": "VALIDATED"}) == 1001


async def test_custom_fields_are_labels() -> None:
    async with cwork() as server:
        fields = await server.read("/documents/customFields")
        assert fields["docnamefield"] == "Reference"
        assert len(fields) == 21
