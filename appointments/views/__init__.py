"""The pages: finding (everybody's), booking and own (the patient's), day, requests and hours (the doctor's)."""
