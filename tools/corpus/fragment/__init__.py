"""The grammar of the corpus's second edition: an open fragment of French, closed under its own rules."""
