"""The program as labelled lines, for screen readers, Braille displays and terminals without pictures: another front end
over the same drills. Each line says first what it is; what may be done is chosen by number."""
