"""The endpoints for monitoring: liveness, readiness and metrics. Read-only."""
