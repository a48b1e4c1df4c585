"""Client details from WHMCS, which turn a purchase into a newcomer or say why it can't be one.

Here belongs the work before a company is created that needs no run: fetching a client's details, hashing the first
password, and limiting the calls in progress. It calls WHMCS and hashes in threads. It reads and writes no table.

details   from a client's details and a typed password to a newcomer
prepare   the threads that do it for many, ahead of the run
pace      how many calls at a time
"""
