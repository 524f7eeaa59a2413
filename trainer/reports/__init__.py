"""What leaves the records: exports, one file per format, and the instructor's report."""
