"""A grid of settings of one scene, computed by many workers: ``explorer.sweep`` and the command of that name.

axes      what is written after ``--over``, as values of an input
measures  what is written after ``--measure``, as a number of a frame
plan      the grid: which cells there are, and what each of them computes
cells     one cell, computed
store     what is computed is kept as it comes
result    the finished file
cluster   the work, handed to Dask; nothing else here imports it
sweep     all of it together
"""
