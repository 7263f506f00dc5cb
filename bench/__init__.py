"""Measurements. Nothing here is part of the program, and nothing in tests/ judges speed."""
