"""Optional: errors to Sentry, traces to an OpenTelemetry collector. Off by default.

Both are optional (`requirements-sentry.txt`, `requirements-otel.txt`). What may leave the house is a list of what is
known to be harmless; everything else, also what a later version of those libraries adds, stays.
"""
