"""The course's figures: one look, and a text with each. Nothing here needs torch."""
