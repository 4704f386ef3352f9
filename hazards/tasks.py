"""Jobs: each reads the clock, makes one call, and may run twice without harm."""
