"""What a model does, measured: quality by length, alignments, interventions, what a step computed."""
