"""Questions a load balancer, an orchestrator or a person asks to learn whether the system lives."""
