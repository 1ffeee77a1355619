package record

import (
	"strings"
	"testing"
)

func TestErrorInStream(t *testing.T) {
	tests := []struct {
		name string
		e    Event
		want string
	}{
		{"Python SDK", Event{Data: `{"error":"no credentials","error_type":"NoCredentialsError","message":"An error occurred during streaming"}`}, "NoCredentialsError: no credentials"},
		{"TypeScript SDK", Event{Type: "error", Data: `{"message":"Could not load credentials"}`}, "Could not load credentials"},
		{"AG-UI", Event{Data: `{"type":"RUN_ERROR","message":"boom","code":"INTERNAL_ERROR"}`}, "boom"},
		{"several lines", Event{Type: "error", Data: "a\n\nb"}, "a b"},
		{"long", Event{Type: "error", Data: strings.Repeat("é", 4000)}, "…"},
		{"Python SDK, longer than is kept", Event{Data: `{"error": "` + strings.Repeat("x", 4000), Size: 9000}, "xxx"},
		{"text about errors", Event{Data: `"error and error_type and RUN_ERROR"`}, ""},
		{"no error", Event{Data: `{"error":null,"error_type":null,"text":"x"}`}, ""},
		{"an error that is handled", Event{Data: `{"error":"tool failed, trying again"}`}, ""},
		{"another type", Event{Type: "message", Data: `{"type":"RUN_FINISHED"}`}, ""},
		{"nothing", Event{}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fine := Event{Data: `"fine"`}
			for _, s := range []*EventStream{{Events: []Event{fine, tt.e}}, {Events: []Event{fine}, Tail: []Event{tt.e}}} {
				got, found := ErrorInStream(s)
				if found != (tt.want != "") || !strings.Contains(got, tt.want) {
					t.Errorf("got %q, %v; want %q", got, found, tt.want)
				}
				if strings.Contains(got, "\n") || len(got) > maxLine+len("…") {
					t.Errorf("%q is not one bounded line", got)
				}
			}
		})
	}
	if _, found := ErrorInStream(nil); found {
		t.Error("no stream has no error")
	}
}
