"""Which plans WHMCS's services name, whether there is one here for each, and who waits for one."""
