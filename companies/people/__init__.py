"""The people of a company, read and counted: addresses, seats. They are changed by `companies.team` alone."""
