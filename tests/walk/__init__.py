"""The program as a new user meets it: a real window on a virtual screen, a mouse, a keyboard, and nothing else.

What is on the screen is read through AT-SPI, as a screen reader reads it, and clicked where it says it is.
"""
