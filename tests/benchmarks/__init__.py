"""What a turn costs on this machine, beside what nothing of ours would cost."""
