"""Codes that identify people, enterprises, places and trades: checked, never stored."""
