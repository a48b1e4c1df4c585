"""One service read out of turn: because its customer has paid, an operator asks, or WHMCS says that it changed.

Here is only what was asked for, as rows (`wishes`, and for a customer's own question `payment_checks`). `billing.sync`
reads them and `billing.tasks` wakes it; this folder knows of neither.
"""
