package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/suites"
)

// modelVariables are what the vendors' SDKs read their credentials and endpoints from.
var modelVariables = []string{
	"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_BEARER_TOKEN_BEDROCK", "AWS_REGION", "AWS_DEFAULT_REGION",
	"AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID",
	"ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", "GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_GENAI_API_KEY", "GOOGLE_GEMINI_BASE_URL",
}

// realModel passes the caller's credentials on, when a real model shall answer.
func (s *settings) realModel(lookup func(string) (string, bool)) error {
	if s.options.Model != suites.ModelReal {
		return nil
	}
	for _, name := range modelVariables {
		if value, ok := lookup(name); ok && value != "" {
			s.options.ModelEnv = append(s.options.ModelEnv, name+"="+value)
		}
	}
	secret := func(e string) bool {
		name, _, _ := strings.Cut(e, "=")
		return slices.Contains(modelVariables, name) && (strings.Contains(name, "KEY") || strings.Contains(name, "TOKEN"))
	}
	if !slices.ContainsFunc(slices.Concat(s.options.ModelEnv, s.options.Env), secret) {
		return fmt.Errorf("--model real finds no credentials; set OPENAI_API_KEY, ANTHROPIC_API_KEY, GEMINI_API_KEY or AWS_ACCESS_KEY_ID with " +
			"AWS_SECRET_ACCESS_KEY, here or with --env")
	}
	return nil
}
