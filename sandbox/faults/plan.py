"""Which fault happens when: per action and per nth request, once, several times or always."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sandbox.faults.listings import Unencodable
from sandbox.faults.overrides import OverrideClient, OverrideRow
from sandbox.interference import HONEST, Interference, Page, ProductQuery
from sandbox.records import Service
from sandbox.rows import Entry, Row
from sandbox.wire import Call, Reply

Condition = Callable[[Call], bool]


@dataclass(slots=True)
class Rule:
    """A fault and when it happens. `seen` counts the requests that matched, `happened` those that were disturbed."""

    fault: Interference
    action: str | None = None
    first: int = 1
    times: int | None = None
    condition: Condition | None = None
    seen: int = field(default=0, init=False)
    happened: int = field(default=0, init=False)

    def applies_to(self, call: Call) -> bool:
        """Count a call, and say whether the fault happens to it."""
        if self.action not in (None, call.action) or (self.condition and not self.condition(call)):
            return False
        self.seen += 1
        if self.seen < self.first or (self.times is not None and self.happened >= self.times):
            return False
        self.happened += 1
        return True


class FaultPlan:
    """The faults of a server; safe from any thread. An action is named in any case, None is every request."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.rules: list[Rule] = []

    def always(self, fault: Interference, action: str | None = None, *, first: int = 1) -> Rule:
        """Let a fault happen from the `first` matching request on, for ever."""
        return self._add(fault, action, first, None, None)

    def once(self, fault: Interference, action: str | None = None, *, nth: int = 1) -> Rule:
        """Let a fault happen to the nth matching request only, counted from now on."""
        return self._add(fault, action, nth, 1, None)

    def times(self, number: int, fault: Interference, action: str | None = None, *, first: int = 1) -> Rule:
        """Let a fault happen to `number` matching requests in a row."""
        return self._add(fault, action, first, number, None)

    def when(self, condition: Condition, fault: Interference, *, times: int | None = None) -> Rule:
        """Let a fault happen whenever `condition` is true of the call."""
        return self._add(fault, None, 1, times, condition)

    def poison(self, *service_ids: int) -> Rule:
        """Make every page that includes one of these services an encoding error."""
        return self.always(Unencodable(*service_ids))

    def override_row(self, service_id: int, values: Mapping[str, object]) -> Rule:
        """Replace values in a service's row; see `OverrideRow` for the keys."""
        return self.always(OverrideRow(service_id, values))

    def override_client(self, client_id: int, values: Mapping[str, object]) -> Rule:
        """Replace columns of a client."""
        return self.always(OverrideClient(client_id, values))

    def remove(self, rule: Rule) -> None:
        """End one fault."""
        with self._lock:
            self.rules.remove(rule)

    def clear(self) -> None:
        """End all faults."""
        with self._lock:
            self.rules.clear()

    def for_call(self, call: Call) -> Interference:
        """Return what happens to a call; asking counts it."""
        with self._lock:
            faults = [rule.fault for rule in self.rules if rule.applies_to(call)]
        return _Several(faults) if faults else HONEST

    def _add(
        self, fault: Interference, action: str | None, first: int, times: int | None, condition: Condition | None
    ) -> Rule:
        rule = Rule(fault, action.lower() if action else None, first, times, condition)
        with self._lock:
            self.rules.append(rule)
        return rule


class _Several(Interference):
    """Several faults at once, in the order of the plan; of several replies the first counts."""

    def __init__(self, faults: list[Interference]) -> None:
        self._faults = faults

    def replace_reply(self, call: Call) -> Reply | None:
        replies = [fault.replace_reply(call) for fault in self._faults]
        return next((reply for reply in replies if reply), None)

    def change_query(self, query: ProductQuery) -> ProductQuery:
        for fault in self._faults:
            query = fault.change_query(query)
        return query

    def change_services(self, services: Sequence[Service]) -> Sequence[Service]:
        for fault in self._faults:
            services = fault.change_services(services)
        return services

    def change_page(self, page: Page) -> Page:
        for fault in self._faults:
            page = fault.change_page(page)
        return page

    def changes_row(self, service_id: int) -> bool:
        return any(fault.changes_row(service_id) for fault in self._faults)

    def change_row(self, service_id: int, row: Row) -> None:
        for fault in self._faults:
            fault.change_row(service_id, row)

    def change_client(self, client_id: int, columns: Entry) -> None:
        for fault in self._faults:
            fault.change_client(client_id, columns)

    def change_reply(self, reply: Reply) -> Reply:
        for fault in self._faults:
            reply = fault.change_reply(reply)
        return reply
