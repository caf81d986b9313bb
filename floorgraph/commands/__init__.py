"""Commands on their way: checked, written down, sent once, and pursued until their outcome is clear."""
