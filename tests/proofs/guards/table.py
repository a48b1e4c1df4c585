"""All guards, by what they keep."""

from tests.proofs.guards import customers, evidence, identity, listings, losing, resting, wire, writing

PARTS = (losing, listings, evidence, resting, identity, writing, customers, wire)
GUARDS = tuple(guard for part in PARTS for guard in part.GUARDS)
