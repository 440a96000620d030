"""The servers that Careergraph is measured against, each as its own documentation would have it written."""
