"""The trainer, the recipes of the shipped models, and ``python -m course_utils.training --help``."""
