"""Whether a door tells who is known: the same requests with addresses that are known here and that nobody has."""
