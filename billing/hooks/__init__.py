"""The webhook: WHMCS tells that a service has changed, through the hook file in `integrations/whmcs`.

`view` takes the call, `signature` verifies it, `message` parses it, `receive` stores it, `secrets` has the signing
keys. Only the service ids of a message are used: each service is then read from WHMCS
(`billing.on_demand.read_requests`).
"""
