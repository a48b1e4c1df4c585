"""The steps of a sync, each with one kind of work. `billing.sync` tells the story that they are steps of."""
