"""The pages of a visit: its door, its room with the fragments that the room fetches, its note."""
