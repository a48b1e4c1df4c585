"""Single services read on demand: a customer has paid, an operator asks, or WHMCS tells of a change.

Stores the requests only (`read_requests`, and `payment_checks` for a customer's question). `billing.sync`
reads the services, and `billing.tasks` wakes it.
"""
