package aws

// Environment leads an agent's AWS clients to a server at that address (host:port): AWS's SDKs by their general variable,
// which a variable for one service, as that of the model, overrules; AgentCore's own SDKs for Python and TypeScript, which
// build endpoints themselves, by theirs. Credentials and region come with the model's variables.
func Environment(address string) []string {
	base := "http://" + address
	return []string{
		"AWS_ENDPOINT_URL=" + base,
		"BEDROCK_AGENTCORE_DP_ENDPOINT=" + base,
		"BEDROCK_AGENTCORE_CP_ENDPOINT=" + base,
		"BEDROCK_AGENTCORE_DATA_PLANE_ENDPOINT=" + base,
		"BEDROCK_AGENTCORE_GATEWAY_ENDPOINT=" + base + "/mcp",
	}
}
