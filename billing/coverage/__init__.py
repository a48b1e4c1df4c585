"""Which plans WHMCS's services name, and whether there is one here for each."""
