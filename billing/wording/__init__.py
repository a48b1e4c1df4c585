"""What billing says to people: errors, what needs attention, reasons and moments.

Here are only the parts that more than one page or step says; what a page alone says stands with the page. `errors` and
`attention` put a text into the reader's language. The adapter of WHMCS names its errors by `error_texts`, so that one
and this one import no Django.
"""
