"""What the hall makes and of what: invented names and sizes."""

from floorgraph.simulators.cloudnest.nesting import Material

MATERIALS = (
    Material(1, "304", 7.93e-6, "N2"),
    Material(2, "Q235", 7.85e-6, "O2"),
    Material(3, "5052", 2.68e-6, "Air"),
    Material(4, "DC01", 7.85e-6, "Air"),
)
STOCK: tuple[tuple[int, float], ...] = ((1, 0.8), (2, 6.0), (4, 1.0), (1, 3.0), (3, 2.0), (2, 12.0))
"""Material and thickness in mm of what is cut here."""
SIZES = ((1500.0, 3000.0), (1500.0, 6000.0), (2000.0, 4000.0))
ROOTS = ("Cabinets", "Conveyors", "Spare parts", "Ventilation")
SERIES = ("Series A", "Series B", "2026", "Prototypes", "Repeat orders")
PRODUCTS = (
    "Cabinet body", "Roller frame", "Duct elbow", "Control box", "Guard rail", "Fan housing", "Drip tray",
    "Machine base", "Cable channel", "Hopper",
)  # fmt: skip
PARTS = (
    "Side panel", "Bracket", "Flange", "Gusset", "Cover", "Base plate", "Rib", "Hinge leaf", "Spacer ring",
    "Tab",
)  # fmt: skip
ALARMS = (
    ("1102", "Cutting head hits the plate"),
    ("1207", "Gas pressure too low"),
    ("2003", "Chiller flow alarm"),
    ("2110", "Laser emission error"),
    ("3001", "Y axis servo alarm"),
    ("4005", "Capacitance too small"),
)
COLOURS = ("800000", "008000", "000080", "808000", "008080")
