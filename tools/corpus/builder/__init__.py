"""The grammar behind the shipped corpus; `tools/corpus/build.py` runs it."""
