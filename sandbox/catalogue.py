"""What the shop sells: products with a dropdown of plans and a custom field for the first password."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class PlanEntry:
    """An entry of the dropdown. `name` may be in WHMCS's `internal|Friendly` form; `price` is for a month."""

    name: str
    price: Decimal

    @property
    def label(self) -> str:
        """What a visitor of the shop reads: the part after the pipe."""
        return self.name.rpartition("|")[2].strip()


@dataclass(frozen=True, slots=True)
class Product:
    """A product. `option` and `password_field` may be in `internal|Friendly` form; empty means there is none."""

    pid: int
    name: str
    group: str = "Subscriptions"
    plans: tuple[PlanEntry, ...] = ()
    option: str = "Plan"
    option_id: int = 4
    password_field: str = "Password"  # noqa: S105 - the name of the field, not a password
    password_field_id: int = 11
    text_fields: tuple[tuple[int, str, str], ...] = ()
    """Further custom fields: (id, name, value), the same for every service."""

    def price_of(self, plan: str) -> Decimal:
        """Return the monthly price of a plan; zero for one that is not in the dropdown."""
        return next((entry.price for entry in self.plans if entry.name == plan), Decimal("0.00"))


Catalogue = Mapping[int, Product]

TICKETZ_PID = 7
OTHER_PID = 3

DEFAULT_CATALOGUE: Catalogue = {
    TICKETZ_PID: Product(
        TICKETZ_PID,
        "Ticketz",
        plans=(
            PlanEntry("Starter", Decimal("19.00")),
            PlanEntry("Team", Decimal("49.00")),
            PlanEntry("Business", Decimal("129.00")),
        ),
    ),
    OTHER_PID: Product(OTHER_PID, "Web hosting", group="Shared Hosting", option="", password_field=""),
}
"""Product 7 is the one that Ticketz sells; product 3 gives a filter on the product something to leave out."""
