"""Workflows: for each printer type printing, finishing once or twice, shipping."""

from floorgraph.simulators.authentise.resource import Ref, Row
from floorgraph.simulators.authentise.shop import Shop

MODELS = 12


def found_workflows(shop: Shop) -> None:
    """Workflows for printer types that have printers, and the models that pieces are made from."""
    store = shop.store
    finishers = [
        row
        for row in store.table("post-processor-type")
        if row["name"] != "Outside coating"
        and store.where("post-processor", "post_processor_type", row["uri"])
    ]
    outside = next(row for row in store.table("post-processor-type") if row["name"] == "Outside coating")
    desks = [row["uri"] for row in store.table("shipping")]
    for index, kind in enumerate(store.table("printer-type")):
        if kind.get("is_template") or not store.where("printer", "printer_type", kind["uri"]):
            continue
        route: list[Ref] = [kind["uri"], finishers[index % len(finishers)]["uri"]]
        if index % 4 == 0:
            route.append(outside["uri"])
        elif index % 2:
            route.append(finishers[(index + 1) % len(finishers)]["uri"])
        _workflow(shop, kind, [*route, desks[index % len(desks)]])
    for number in range(1, MODELS + 1):
        edge = shop.dice.whole(12, 90)
        size = {"x": edge, "y": edge + 8, "z": edge // 2}
        model = store.add("model", name=f"part-{number:02d}.stl", status="processed", type="stl", size=size)
        if number % 3 == 0:
            _library_entry(shop, model, number)


def _library_entry(shop: Shop, model: Row, number: int) -> None:
    """A part that is made again and again."""
    shop.store.add(
        "model-library",
        name=f"Standard part {number:02d}",
        notes=f"Released design {number:02d}",
        default_customer_id=f"STD-{number:03d}",
        type="product",
        additive={"model": model["uri"]},
        labels=[],
        custom_field_values=[],
    )


def _workflow(shop: Shop, kind: Row, route: list[Ref]) -> None:
    store = shop.store
    workflow = store.add(
        "workflow",
        name=f"{kind['name']} standard",
        description=f"Parts of the {kind['name']}",
        type="additive_manufacturing",
        materials=kind["materials"],
        usage_state="active",
        labels=[],
        specimens=[],
    )
    steps = []
    for position, link in enumerate(route):
        station = store.find(link)
        step = store.add(
            "process-step",
            name=f"{position + 1} {station['name']}",
            workstation_type_uri=link,
            workflows=[workflow["uri"]],
            step_positions=[position],
            is_service=station["name"] == "Outside coating",
        )
        steps.append(step["uri"])
    store.put(workflow, process_steps=steps)
