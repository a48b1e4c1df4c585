"""Plan coverage: which plan names WHMCS's services use, whether each exists here, and who waits for one."""
