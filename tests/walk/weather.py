"""What happens between the shop and us: rows go bad, WHMCS fails in one way or another, time passes."""

from datetime import timedelta

from sandbox import GENERATIONS, faults
from tests.walk.place import Place
from tests.walk.troubles import POISONS, TROUBLES


class Weather(Place):
    """Verbs of the wire, and of the clock."""

    def poison(self, service: int = 0, kind: str = "date") -> None:
        """One row can't be read from now on."""
        chosen = self.service(service)
        if chosen and chosen.id not in self.poisons:
            broken = kind == "bytes"
            rule = self.whmcs.faults.poison(chosen.id) if broken else (
                self.whmcs.faults.override_row(chosen.id, POISONS[kind])
            )  # fmt: skip
            self.poisons[chosen.id] = (kind, rule)

    def heal_all(self) -> None:
        for service in list(self.poisons):
            self.heal(service)

    def duplicate(self, service: int = 0, differs: bool = False) -> None:
        """A row comes once more with every page, the same or another."""
        if (chosen := self.service(service)) and not self.troubles:
            changes = {"status": "Suspended" if chosen.status == "Active" else "Active"} if differs else {}
            rule = self.whmcs.faults.always(faults.Repeated(chosen, **changes))  # type: ignore[arg-type]
            self.troubles.append(("duplicate", rule))

    def trouble(self, kind: str = "500", first: int = 1, times: int = 0) -> None:
        """A fault from the nth call on, so many times (0: until `calm`). At most two at once."""
        if len(self.troubles) < 2:
            one, plan = TROUBLES[kind], self.whmcs.faults
            fault = one.make(self.shop)
            rule = plan.times(times, fault, one.action, first=first) if times else (
                plan.always(fault, one.action, first=first)
            )  # fmt: skip
            self.troubles.append((kind, rule))

    def calm(self) -> None:
        """All faults end; poisoned rows stay poisoned."""
        for _, rule in self.troubles:
            self.whmcs.faults.remove(rule)
        self.troubles.clear()

    def update_whmcs(self, version: str = "9") -> None:
        """Another WHMCS answers from now on, in other types and shapes, but the same."""
        self.whmcs.generation = GENERATIONS[version]

    def wait(self, hours: int = 1) -> None:
        self.clock.move(timedelta(hours=hours))
