"""The domain: what enterprises found themselves, signed, and had received."""
