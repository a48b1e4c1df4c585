"""A stand-in for WHMCS to try things on: the same wire, a cart, an admin page, fault switches.

Standard library only; it imports nothing of the project.

In a test:

    from sandbox import GENERATIONS, FaultPlan, SandboxServer, Shop

    with SandboxServer(shop=Shop(), generation=GENERATIONS["8.12"], faults=FaultPlan()) as server:
        service = server.shop.buy(first_name="Ana", last_name="Souza", email="ana@example.com", company="Souza & Co",
                                  plan="Team", password="first login", paid=True)
        ...                                 # point a client at server.url with server.identifier and server.secret
        server.shop.suspend(service.id)     # every verb takes an id and returns the new, immutable record
        server.requests[-1].action          # what was asked, without the secret

Faults are listed in `sandbox.faults`; a plan says when they happen:

    server.faults.once(server_error(503), "GetClientsProducts", nth=2)

From a shell: `python -m sandbox --port 8010 --seed-demo`.
"""

from sandbox.catalogue import DEFAULT_CATALOGUE, OTHER_PID, TICKETZ_PID, PlanEntry, Product
from sandbox.faults import FaultPlan
from sandbox.generations import GENERATIONS, Generation
from sandbox.records import OVERDUE, Client, Credentials, Service, Status
from sandbox.server import SandboxServer
from sandbox.shop import Shop

__all__ = [
    "DEFAULT_CATALOGUE",
    "GENERATIONS",
    "OTHER_PID",
    "OVERDUE",
    "TICKETZ_PID",
    "Client",
    "Credentials",
    "FaultPlan",
    "Generation",
    "PlanEntry",
    "Product",
    "SandboxServer",
    "Service",
    "Shop",
    "Status",
]
