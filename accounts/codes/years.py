"""The years in which anything is said to have been, or shall be."""

YEARS = range(1900, 2100)
"""
Whoever says another has slipped, as with 0026 for 2026; and neither Python nor
PostgreSQL can reckon with the days and hours around the first and the last they know.
"""
