"""The tenant: its people, places and features."""

from floorgraph.simulators.authentise.catalogue.choices import CHOICES
from floorgraph.simulators.authentise.resource import Ref
from floorgraph.simulators.authentise.shop import Shop

HALLS = ("Additive hall", "Finishing hall")
AREAS = ("Powder store", "Machine row A", "Machine row B", "Wash and cure")
OPERATORS = ("operator-1", "operator-2", "planner-1")


def found_context(shop: Shop) -> dict[str, Ref]:
    """Bureau, users, places, features; returns links to the users by user name."""
    store = shop.store
    bureau: Ref = store.add("bureau", name="Simulated bureau", description="A simulated tenant")["uri"]
    store.bureau = bureau
    store.put(store.find(bureau), bureau=bureau)
    people: dict[str, Ref] = {}
    for user in shop.options.users:
        people[user.username] = _user(shop, user.username, user.name or user.username)
    for name in OPERATORS:
        people[name] = _user(shop, name, name.replace("-", " ").title())
    group = store.add("groups", name="Everybody", description="All users")["uri"]
    for user_link in people.values():
        store.put(store.find(user_link), group=group)
    _found_places(shop, group)
    off = set(shop.options.disabled_features)
    for feature in CHOICES["FEATURE"].split("|"):
        store.add("feature", name=feature, enabled=feature not in off, description=feature)
    for sub_location in list(store.table("sub-location"))[:3]:
        store.add(
            "sensor",
            serial_number=f"S-{sub_location['uri'].uuid[:6]}",
            sub_location=sub_location["uri"],
            frequency=30,
            state="idle",
        )
    store.add("bureau-settings", autologout_after=60, default_units="mm", default_currency="EUR")
    return people


def _found_places(shop: Shop, group: Ref) -> None:
    store = shop.store
    for name in HALLS:
        hall = store.add(
            "location",
            name=name,
            address="1 Example Road",
            phone="000",
            standard_group=group,
            countries_served=[],
        )
        for area in AREAS:
            store.add(
                "sub-location",
                name=area,
                location=hall["uri"],
                description=f"{area} of the {name.lower()}",
                is_default=area == AREAS[0],
            )


def _user(shop: Shop, username: str, name: str) -> Ref:
    row = shop.store.add(
        "users",
        username=username,
        name=name,
        email=f"{username}@example.com",
        emails=[f"{username}@example.com"],
        archived=False,
        login=True,
        tos=True,
    )
    link: Ref = row["uri"]
    return link
