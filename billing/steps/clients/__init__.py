"""What WHMCS says about a client, and what that makes of a purchase: a newcomer, or the reason why not.

Here belongs what happens before a company is created and needs no run for it: fetching a client's details, hashing
the first password, and how many calls may be under way. It asks WHMCS and hashes in threads. It reads no table and
writes none.

details   from a client's details and a typed password to a newcomer
prepare   the threads that do it for many, ahead of the run
pace      how many calls at a time
"""
