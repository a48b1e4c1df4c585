"""The operator's start page: is it working, how does everybody stand, and what comes next."""
