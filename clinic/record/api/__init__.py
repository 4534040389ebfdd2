"""A patient's record for programs: what it holds, adding to it, the files."""
