"""Text that lost bytes or was read by the wrong code page is read again, and says how sure it is (pure)."""
