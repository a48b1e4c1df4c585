"""All guards, by what they keep."""

from tests.proofs.guards import evidence, identity, listings, losing, seats, wire, writing

PARTS = (losing, listings, evidence, identity, writing, seats, wire)
GUARDS = tuple(guard for part in PARTS for guard in part.GUARDS)
