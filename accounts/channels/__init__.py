"""The ways out of the portal: one module a way, all of one shape."""
