"""Where somebody is signed in, for how long, and how that ends.

Writes sessions, what is noted beside them, and of people and memberships no more than when they were here and which
sessions of theirs are void.
"""
