"""Every resource answers as its own description says."""

from datetime import date, datetime
from typing import Any

from floorgraph.simulators.authentise.catalogue import RESOURCES
from floorgraph.simulators.authentise.resource import Field, read_ref
from floorgraph.simulators.authentise.views import MANDATORY
from tests.simulators.authentise.client import AuthentiseClient, authentise

LISTED = sorted(name for name, one in RESOURCES.items() if "L" in one.methods and name not in MANDATORY)


async def test_every_value_is_of_its_type_and_every_item_is_what_the_list_shows() -> None:
    async with authentise(seed=2) as am:
        await am.step(1_200)
        filled = 0
        for name in LISTED:
            rows = await am.rows(name, sort=_sorted_by(name))
            filled += bool(rows)
            for row in rows[:60]:
                assert list(row) == [field.name for field in RESOURCES[name].shown]
                for field in RESOURCES[name].shown:
                    assert _fits(field, row[field.name]), (name, field.name, row[field.name])
            await _check_item(am, name, rows[:3])
        assert filled >= 55


def _sorted_by(name: str) -> str:
    return next(field.name for field in RESOURCES[name].fields.values() if field.sortable)


async def _check_item(am: AuthentiseClient, name: str, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        if "G" in RESOURCES[name].methods and row.get("uri") and f"/{name}/" in row["uri"]:
            item = await am.get(row["uri"])
            told = {field.name for field in RESOURCES[name].shown if not field.item_only}
            assert {key: item[key] for key in told} == {key: row[key] for key in told}


TYPES: dict[str, tuple[type, ...]] = {
    "s": (str,), "i": (int,), "f": (int, float), "td": (int, float), "b": (bool,), "dt": (str,), "d": (str,),
    "id": (str,), "U": (str,), "L": (str,), "a": (list,), "o": (dict,),
}  # fmt: skip


def _fits(field: Field, value: Any) -> bool:
    if value is None or field.type == "x":
        return True
    if type(value) not in TYPES[field.type]:
        return False
    match field.type:
        case "s":
            return not field.choices or value in field.choices
        case "dt":
            return datetime.fromisoformat(value).utcoffset() is not None
        case "d":
            return date.fromisoformat(value).isoformat() == str(value)
        case "U":
            link = read_ref(value)
            return link is not None and (not field.targets or link.resource in field.targets)
        case _:
            return True


async def test_links_lead_somewhere() -> None:
    async with authentise() as am:
        await am.step(600)
        known = {row["uri"] for name in LISTED for row in await am.rows(name, limit=5_000) if row.get("uri")}
        known |= {row["uri"] for row in await am.rows("printer", filter_include_archived="true")}
        every = "product,specimen,waste,tooling"
        known |= {row["uri"] for row in await am.rows("line-item", filter_type=every)}
        missing = []
        for name in ("printer", "run", "piece", "print", "order", "material-batch", "build", "workflow"):
            for row in await am.rows(name, limit=5_000):
                for field in RESOURCES[name].shown:
                    found = row[field.name] if field.type == "a" else [row[field.name]]
                    links = [link for link in found if isinstance(link, str) and link.startswith("http")]
                    missing += [(name, field.name, link) for link in links if link not in known]
        assert missing == []
