"""The texts of billing: errors, attention items, reasons and moments.

Only texts that more than one page or step uses are here; the others are with their page. `errors` and
`attention` translate texts. The WHMCS adapter uses `error_texts` for its errors, so that module
and this one import no Django.
"""
