"""What strangers wrote is read here: in children that can be killed, or directly where the text is one's own (edge)."""
