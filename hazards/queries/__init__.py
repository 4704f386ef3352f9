"""Reads that span models; frozen dataclasses come out."""
