"""The people of a company, read and counted: addresses, seats, lists. They are changed by `companies.team` alone."""
