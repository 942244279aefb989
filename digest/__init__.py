"""A daily digest of technical blogs in Chinese and English, every pair of lines checked.

Read model.py, then daily.py.
"""

__version__ = "0.1.0"
