"""From a plan to a patch, a branch or edited files. Only `ssot.deliver.git` runs git."""
