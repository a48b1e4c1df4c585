"""Log formats: one line of text for people, or one JSON object for programs. Never with a secret."""
