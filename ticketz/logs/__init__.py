"""How a log line looks: for people, one line of text; for programs, one JSON object. Never with a secret in it."""
