package otlp

// Environment leads OpenTelemetry's SDKs to a collector at that address (host:port), in the one transport that it takes.
// It switches nothing on: an image that is not instrumented stays silent.
func Environment(address string) []string {
	return []string{
		"OTEL_EXPORTER_OTLP_ENDPOINT=http://" + address,
		"OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
	}
}
