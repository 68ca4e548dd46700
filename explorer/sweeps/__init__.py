"""What a sweep found, shown; ``explorer.sweep`` computes one."""
