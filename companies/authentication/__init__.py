"""Who somebody is: signing in, the address that it is done with, passwords, and links that open a door once.

Touches people and their passwords, no company; what they may do then is said in `companies.authorization`.
"""
