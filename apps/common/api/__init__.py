"""What every API of the project shares: problems, policies, paging, versions, repeatable calls."""
