"""All guards, by what they keep."""

from tests.proofs.guards import customers, evidence, identity, listings, losing, pages, resting, wire, writing

PARTS = (losing, listings, evidence, resting, identity, writing, customers, pages, wire)
GUARDS = tuple(guard for part in PARTS for guard in part.GUARDS)
