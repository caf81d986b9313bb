"""The shop at the moment the server starts."""

from math import ceil

from floorgraph.simulators.cwork.documents import Document, program_text
from floorgraph.simulators.cwork.life import FAILURES, dwell, schedule
from floorgraph.simulators.cwork.options import CWorkOptions
from floorgraph.simulators.cwork.planning import add_operation, new_order
from floorgraph.simulators.cwork.shop import Shop
from floorgraph.simulators.cwork.states import (
    BREAKDOWN,
    DISENGAGEMENT,
    FIRST_PART,
    NO_MATERIAL,
    PRODUCTION,
    SETTING,
    WAITING,
    states,
)
from floorgraph.simulators.cwork.stations import EXTENSIONS, Alarm, Station, station
from floorgraph.simulators.cwork.work import PAUSE, START
from floorgraph.simulators.dice import Dice

DAY = 86_400
AT_THE_START = (
    (PRODUCTION, 58.0), (WAITING, 12.0), (NO_MATERIAL, 6.0), (SETTING, 10.0), (BREAKDOWN, 7.0),
    (FIRST_PART, 2.0), (DISENGAGEMENT, 5.0),
)  # fmt: skip


def found_shop(options: CWorkOptions, now: float) -> Shop:
    """A shop in full swing at `now`, the same for the same options and time."""
    shop = Shop(
        options=options,
        start=int(now),
        now=int(now),
        dice=Dice("shop", options.seed),
        states=states(options.oee_categories),
    )
    for _ in range(options.stations):
        add_station(shop)
    for one, name in zip(shop.stations.values(), options.station_names, strict=False):
        one.name = name
    handles = list(shop.stations)
    disabled = min(options.disabled, options.stations - 1)
    unmonitored = min(options.unmonitored, options.stations - 1 - disabled)
    for handle in handles[len(handles) - disabled :]:
        shop.stations[handle].disabled = True
    for handle in handles[len(handles) - disabled - unmonitored : len(handles) - disabled]:
        shop.stations[handle].mdc_mode = False
    _write_programs(shop)
    _plan_work(shop)
    for one in shop.stations.values():
        _start(shop, one)
    return shop


def add_station(shop: Shop) -> Station:
    """One more station, with the next handle."""
    one = station(shop.new_id("station"), shop.options.seed)
    one.since = one.born = shop.now
    shop.stations[one.handle] = one
    return one


def _write_programs(shop: Shop) -> None:
    wanted = shop.options.documents
    count = min(2 * len(shop.stations), 1000) if wanted is None else wanted
    handles = list(shop.stations)
    for index in range(count):
        owner = shop.stations[handles[index % len(handles)]]
        add_document(shop, owner.handle, f"PGM{index + 1:04d}", extension=EXTENSIONS[owner.handle % 4])


def add_document(shop: Shop, owner: int, reference: str, *, extension: str) -> Document:
    """A document with a version or two."""
    number = shop.new_id("document")
    created = shop.start - shop.dice.whole(2 * DAY, 400 * DAY)
    document = Document(
        id=number,
        reference=reference,
        station=owner,
        extension=extension,
        folder="folder1\\" if number % 7 == 3 else "",
        alias=number - 1 if number % 11 == 0 else 0,
        emergency=number % 3,
        created=created,
        modified=created,
        custom=(f"Part {number}", reference, "", "", ""),
        protected=number % 13 == 0,
        archived=number % 17 == 0,
    )
    shop.documents[number] = document
    if len(choice := shop.programs.setdefault(owner, [])) < 8:
        choice.append(number)
    for index in range(1 + number % 2):
        version = shop.add_version(
            document,
            status="TESTING" if number % 4 == 0 else "VALIDATED",
            comment="First version" if index == 0 else "Feed raised",
            text=program_text(reference, index + 1),
        )
        version.created = version.modified = document.modified = created + index * DAY
        version.received = created
        version.sent = created + (index + 1) * DAY
    return document


def _plan_work(shop: Shop) -> None:
    alive = [one.handle for one in shop.stations.values() if one.alive]
    wanted = shop.options.orders
    count = max(1, len(shop.stations) // 2) if wanted is None else wanted
    orders = [new_order(shop, created=shop.start - shop.dice.whole(3600, 20 * DAY)) for _ in range(count)]
    if not orders:
        return
    for index in range(len(alive) * shop.options.operations_per_station):
        order = orders[(index + index // len(alive)) % count]
        add_operation(shop, order, alive[index % len(alive)], created=order.created + 60)


def _start(shop: Shop, one: Station) -> None:
    """Put a station into the middle of things."""
    dice = one.dice
    one.total_parts = dice.whole(100, 9000)
    if not one.alive:
        return
    one.state = dice.weighted(AT_THE_START)
    one.operation = one.queue.popleft() if one.queue else None
    operation = shop.current(one)
    if operation is None and shop.producing(one):
        one.state = WAITING
    length = dwell(dice, shop.root(one), shop.options.pace)
    one.since = one.born = shop.now - dice.whole(1, length)
    one.change_at = one.born + length + 1
    one.auto_state = one.state
    one.anchor = float(shop.now)
    if operation:
        operation.parts_made = dice.whole(0, ceil(operation.parts_to_make * 0.7))
        operation.state = START if shop.producing(one) else PAUSE
        one.parts_since_reset = operation.parts_made
    if shop.root(one) == BREAKDOWN:
        code, message = dice.pick(FAILURES)
        one.alarms.append(Alarm(code, message, one.since))
    schedule(shop, one)
