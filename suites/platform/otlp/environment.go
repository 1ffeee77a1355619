package otlp

// Observability is what the platform's observability sets beside an exporter's endpoint (OBS-06).
func Observability() []string {
	return []string{
		"AGENT_OBSERVABILITY_ENABLED=true",
		"OTEL_RESOURCE_ATTRIBUTES=service.name=agent.DEFAULT,aws.log.group.names=/aws/bedrock-agentcore/runtimes/agent-Ab12Cd34Ef-DEFAULT," +
			"cloud.resource_id=arn:aws:bedrock-agentcore:us-east-1:123456789012:runtime/agent-Ab12Cd34Ef/runtime-endpoint/DEFAULT:DEFAULT",
	}
}

// Environment leads OpenTelemetry's SDKs to a collector at that address (host:port), in the one transport that it takes.
// It switches nothing on: an image that is not instrumented stays silent.
func Environment(address string) []string {
	return []string{
		"OTEL_EXPORTER_OTLP_ENDPOINT=http://" + address,
		"OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
	}
}
