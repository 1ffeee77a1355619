package model

// Environment is what leads the SDKs of all vendors to a model at that address (host:port): base URLs, keys that are
// no secrets, a region, and the switches that keep SDKs from looking for credentials or sending traces elsewhere.
func Environment(address string) []string {
	base := "http://" + address
	return []string{
		"AWS_ENDPOINT_URL_BEDROCK_RUNTIME=" + base,
		"AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE",
		"AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
		"AWS_REGION=us-east-1",
		"AWS_DEFAULT_REGION=us-east-1",
		"AWS_EC2_METADATA_DISABLED=true",
		"OPENAI_BASE_URL=" + base + "/v1",
		"OPENAI_API_BASE=" + base + "/v1",
		"OPENAI_API_KEY=scripted-model",
		"OPENAI_AGENTS_DISABLE_TRACING=1",
		"ANTHROPIC_BASE_URL=" + base,
		"ANTHROPIC_API_KEY=scripted-model",
		"GOOGLE_GEMINI_BASE_URL=" + base,
		"GEMINI_API_KEY=scripted-model",
		"GOOGLE_API_KEY=scripted-model",
		"GOOGLE_GENAI_API_KEY=scripted-model",
		"GOOGLE_GENAI_USE_VERTEXAI=false",
	}
}
