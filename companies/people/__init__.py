"""Reads and counts the people of a company: addresses, seats. Only `companies.team` changes them."""
