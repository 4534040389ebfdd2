"""One's own account for programs: who one is, profiles, tokens, and whom one acts for."""
