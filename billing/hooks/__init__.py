"""What WHMCS tells by itself, through the hook file in `integrations/whmcs`: that a service has changed.

`view` takes the call, `signature` judges it, `message` reads it, `receive` notes it, `secrets` are what it is signed
with. Nothing of a message is believed but the numbers in it: each is read from WHMCS (`billing.on_demand.wishes`).
"""
