"""Walks through the portal in a real browser."""
