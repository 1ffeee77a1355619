package model

import (
	"net/http"
	"strings"
)

// modelsGemini is the list of models and one of them. OpenAI and Anthropic have their lists at /v1/models too, so there it
// takes a key of Google's.
type modelsGemini struct{}

func (modelsGemini) match(r *http.Request) bool {
	before, _, found := strings.Cut(r.URL.Path+"/", "/models/")
	if !found || r.Method != http.MethodGet {
		return false
	}
	return strings.HasSuffix(before, "/v1beta") || strings.HasSuffix(before, "/v1alpha") || strings.HasSuffix(before, "/publishers/google") ||
		r.Header.Get("X-Goog-Api-Key") != "" || r.URL.Query().Has("key")
}

func (modelsGemini) parse(r *http.Request, _ []byte) (Ask, error) {
	_, id, _ := strings.Cut(r.URL.Path, "/models/")
	return Ask{Model: id, Aside: true}, nil
}

func (modelsGemini) whole(ask Ask, _ Reply) []byte {
	if ask.Model != "" {
		return encode(geminiModel(ask.Model))
	}
	return encode(object{"models": []any{geminiModel("gemini-2.5-flash"), geminiModel("gemini-2.5-pro")}})
}

func geminiModel(id string) object {
	return object{
		"name": "models/" + id, "version": "001", "displayName": id, "inputTokenLimit": 1 << 20, "outputTokenLimit": 1 << 16,
		"supportedGenerationMethods": []string{"generateContent", "countTokens"},
	}
}

func (modelsGemini) stream(Ask, Reply) *frames { return nil }

func (modelsGemini) fault(f Fault) (int, http.Header, []byte) { return geminiCall{}.fault(f) }
