"""Measuring: speed as ratios in one run, never as a test. What needs a browser needs the extra ``test``."""
