"""How companies stand: the rules of `companies.access`, asked for the rows that there are.

Reads the database; the only thing that it writes are the figures of a day.
"""
