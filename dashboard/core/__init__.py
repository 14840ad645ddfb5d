"""Pure rules: no clock, chance, files, database or screen."""
