"""The grammar behind the shipped corpus; `data/build_corpus.py` runs it."""
