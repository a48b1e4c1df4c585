"""What the demo says once everything answers: where to click, and as whom."""

import time
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException

from sandbox import DEFAULT_CATALOGUE, TICKETZ_PID, Status
from sandbox.storage import load
from ticketz.demo.place import HOST, OPERATOR_EMAIL, Place

PATIENCE_SECONDS = 60
SHOWN_CUSTOMERS = 9


@dataclass
class Guide:
    """Called again and again by the supervisor; prints once. `operator_password` is empty where it was shown before."""

    place: Place
    operator_password: str
    is_printed: bool = False
    _give_up_at: float = field(default_factory=lambda: time.monotonic() + PATIENCE_SECONDS)
    _next_look: float = 0.0

    def __call__(self) -> None:
        """Print the guide if everything answers, or if it has taken too long."""
        if self.is_printed or time.monotonic() < self._next_look:
            return
        self._next_look = time.monotonic() + 0.5
        silent = self._silent()
        if not silent or time.monotonic() > self._give_up_at:
            self.show(silent)

    def show(self, silent: list[str]) -> None:
        """Print where to click; `silent` are the parts that don't answer yet."""
        self.is_printed = True
        print("\n".join(["", *self._lines(silent), ""]), flush=True)  # noqa: T201

    def _silent(self) -> list[str]:
        looks = {"the WHMCS sandbox": (self.place.sandbox_port, "/cart.php"), "Ticketz": (self.place.port, "/readyz")}
        return [name for name, (port, path) in looks.items() if not _answers(port, path)]

    def _lines(self, silent: list[str]) -> list[str]:
        password = self.operator_password or "(shown at the first start; `make demo-password` sets a new one)"
        return [
            f"Not everything answers yet: {', '.join(silent)}. The lines above may say why."
            if silent
            else "Ticketz is running. Ctrl-C ends it; `make demo` goes on with the same data later.",
            "",
            f"  Buy a subscription    {self.place.sandbox_url}/cart.php?a=add&pid={TICKETZ_PID}",
            f"  Sign in to Ticketz    {self.place.url}/accounts/login/   (a purchase works within seconds)",
            f"  Play the WHMCS admin  {self.place.sandbox_url}/admin/",
            f"  Operator's pages      {self.place.url}/admin/",
            f"    as                  {OPERATOR_EMAIL}   {password}",
            f"  Mails are written to  {self.place.mail_folder}/",
            "",
            "  Example customers and the passwords they typed in the cart:",
            *self._customers(),
        ]

    def _customers(self) -> list[str]:
        saved = load(self.place.sandbox_file)
        if saved is None:
            return []
        names = {entry.name for entry in DEFAULT_CATALOGUE[TICKETZ_PID].plans}
        services = [s for s in saved.services.values() if s.status == Status.ACTIVE and s.plan in names]
        return [
            f"    {saved.clients[service.client_id].email:<28} {service.first_password:<24}"
            f" {service.plan}, due {service.next_due_date or 'never'}"
            for service in services[:SHOWN_CUSTOMERS]
            if service.client_id in saved.clients
        ]


def _answers(port: int, path: str) -> bool:
    """Whether a GET is answered with 200. Goes straight to this machine, whatever proxy the environment names."""
    connection = HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
