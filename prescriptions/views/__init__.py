"""The pages: the doctor's (writing), both parties' (reading), everybody's (verification)."""
