"""Units for cron, systemd and GitHub Actions, ready to be installed (pure but for `machine`)."""
