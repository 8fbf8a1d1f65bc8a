"""From numbers to a translation: scores, encoder, decoders, search, the translator; saved and loaded."""
