"""What was seen: chunks, the log that keeps them, and bytes made readable. Knows no socket and no widget."""
