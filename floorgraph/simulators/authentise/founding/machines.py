"""Printers, post-processors and shipping stations, their types and their connected twins."""

from floorgraph.simulators.authentise.resource import Ref, Row, stamp
from floorgraph.simulators.authentise.shop import Shop

PRINTERS = (
    ("Laser sinter 280", "Northlight", "DMLS", (280, 280, 365), "base-metal"),
    ("Powder jet 5200", "Coldpress", "MJF", (380, 284, 380), "base-powder"),
    ("Resin tower 12", "Halide", "SLA", (250, 250, 300), "base-resin"),
    ("Filament farm 4", "Threadworks", "FDM", (300, 250, 300), "base-filament"),
)
"""Type, manufacturer, process, volume in millimetres, and what it works with."""
FINISHERS = (("Depowder cabin", 2), ("Heat treatment", 4), ("Wash and cure", 2))
"""Type and how many runs it takes at once."""


def found_machines(shop: Shop) -> None:
    """All stations."""
    store = shop.store
    kinds = [_printer_type(shop, *kind) for kind in PRINTERS]
    for index in range(shop.options.printers):
        _printer(shop, index, kinds[index % len(kinds)])
    store.add("printer-type", name="Shared template", is_template=True, manufacturing_process="SLS")
    last = store.add("printer", name="Retired printer", printer_type=kinds[0]["uri"])
    store.put(last, archived=stamp(shop.now - 90 * 86_400))
    finishers = [_finisher_type(shop, name, size) for name, size in FINISHERS]
    number = shop.options.post_processors or max(2, shop.options.printers // 5)
    for index in range(number):
        _finisher(shop, index, finishers[index % len(finishers)])
    outside = store.add(
        "post-processor-type", name="Outside coating", in_progress_max=max(10, shop.options.printers // 4)
    )
    store.add("service-provider", name="Coating partner", account_status="active", email="a@example.com")
    store.add("post-processor", name="Coating partner", post_processor_type=outside["uri"], is_service=True)
    for index in range(1 + shop.options.printers // 50):
        name = f"Parcel desk {index + 1}"
        store.add("shipping", name=name, description="Parcels", region="europe", cost=8.0)
    _others(shop, kinds)


def _place(shop: Shop, index: int) -> Row:
    areas = list(shop.store.table("sub-location"))
    area = areas[(1 + index % 2) + 4 * (index // 2 % 2)]
    return {"location": area["location"], "sub_location": area["uri"]}


def _printer_type(
    shop: Shop, name: str, maker: str, process: str, volume: tuple[int, int, int], material: str
) -> Row:
    store = shop.store
    manufacturer = store.add("manufacturer", name=maker)
    units = "l" if material == "base-resin" else "kg"
    base = store.add(
        "material",
        name=material.removeprefix("base-").title(),
        type="base",
        units=units,
        density=1.2 if units == "l" else 4.4,
        manufacturing_process=process,
        material_family="Metal" if process == "DMLS" else "Polymer",
        is_template=False,
    )
    return store.add(
        "printer-type",
        name=name,
        description=f"{process} machine",
        manufacturer=manufacturer["uri"],
        manufacturing_process=process,
        build_volume=dict(zip("xyz", volume, strict=True)),
        build_plate_shape="rectangular",
        materials=[base["uri"]],
        is_template=False,
    )


def _printer(shop: Shop, index: int, kind: Row) -> None:
    """The last printer of ten has no twin, and the one before it is not connected."""
    store = shop.store
    place = _place(shop, index)
    name = f"{kind['name']}-{index + 1:02d}"
    modeler = None
    if index % 10 != 9:
        technology = kind["manufacturing_process"]
        made = store.add("modeler-type", name=f"{kind['name']} link", technology=technology, capture_types=[])
        offline = index % 10 == 8
        modeler = store.add(
            "modeler",
            name=name,
            type=made["uri"],
            status="offline" if offline else "idle",
            connected=not offline,
            serial_number=f"SN{1_000 + index}",
            ip_address=f"192.0.2.{index % 250 + 1}",
            username="machine",
            password="never-show-this",  # noqa: S106 - what must not come out of the gateway
        )["uri"]
    store.add(
        "printer",
        {**place, "name": name, "description": kind["name"], "modeler": modeler},
        printer_type=kind["uri"],
    )


def _finisher_type(shop: Shop, name: str, size: int) -> Row:
    return shop.store.add(
        "post-processor-type", name=name, description=name, in_progress_max=size, duration=90.0, cost=12.0
    )


def _finisher(shop: Shop, index: int, kind: Row) -> None:
    shop.store.add(
        "post-processor",
        {**_place(shop, index), "name": f"{kind['name']} {index + 1}"},
        post_processor_type=kind["uri"],
        is_service=False,
        duration=90.0,
    )


def _others(shop: Shop, kinds: list[Row]) -> None:
    store = shop.store
    for kind in kinds:
        store.add("work-schedule", printer_type=kind["uri"], type="non_stop", utc_offset=0.0, week={})
        store.add("labor", printer_type=kind["uri"], type="labor_to_start", duration=600.0)
    place = _place(shop, 0)
    store.add(
        "jeni-cluster", {**place, "name": "Compact cell", "ip_address": "192.0.2.251", "status": "idle"}
    )
    for modeler in [row for row in store.table("modeler") if row["name"].startswith("Filament")]:
        store.add(
            "cassette",
            name=f"Spool of {modeler['name']}",
            modeler=modeler["uri"],
            serial_number=f"C-{modeler['uri'].uuid[:6]}",
            spool="1 kg",
            status="loaded",
            initial_material=1.0,
            remaining_material=0.6,
        )
    _plates_and_capacity(shop)


def _plates_and_capacity(shop: Shop) -> None:
    store = shop.store
    plate = store.add("tooling-type", name="Build plate", refurbish_after=20)
    for number in range(1, 4):
        store.add("tooling-stock", name=f"Plate {number}", type=plate["uri"], status="idle", use_count=number)
    stations: list[Ref] = [row["uri"] for name in ("printer", "post-processor") for row in store.table(name)]
    for station in stations:
        for day in range(1, 4):
            store.add(
                "workstation-capacity-data",
                date=stamp(shop.now - day * 86_400)[:10],
                related_table_name=station.resource.replace("-", "_"),
                related_uuid=station.uuid,
                potential_time=1_440,
                available_time=1_380,
                downtime_minutes=60,
                actual_time=shop.dice.whole(300, 1_200),
            )
