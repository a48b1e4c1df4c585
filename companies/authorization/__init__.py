"""Who may do what, for which company, and how often. Reads memberships; writes nothing but operators' roles."""
