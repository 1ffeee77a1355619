package keyless

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// environment is a lookup of these variables.
func environment(variables map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) { v, ok := variables[name]; return v, ok }
}

func TestAmbient(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer secret" || r.URL.Query().Get("audience") != "sigstore" || r.URL.Query().Get("api-version") != "2.0" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		w.Write([]byte(`{"count":1,"value":"of github"}`))
	}))
	t.Cleanup(srv.Close)
	github := srv.URL + "/token?api-version=2.0"
	cases := []struct {
		name      string
		variables map[string]string
		token     string
		want      string
	}{
		{"GitHub Actions", map[string]string{githubURL: github, githubToken: "secret"}, "of github", ""},
		{"GitLab", map[string]string{tokenVariable: "of gitlab\n", githubURL: github, githubToken: "secret"}, "of gitlab", ""},
		{"GitHub refuses", map[string]string{githubURL: github, githubToken: "guessed"}, "", "GitHub's token service at " + strings.TrimPrefix(srv.URL, "http://") + " answered 403"},
		{"GitHub says nothing", map[string]string{githubURL: answers(t, http.StatusOK, "{}"), githubToken: "secret"}, "", "without a token"},
		{"no address", map[string]string{githubURL: "://", githubToken: "secret"}, "", "is no address"},
	}
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) {
			token, err := Ambient(environment(tt.variables))
			if err != nil {
				t.Fatal(err)
			}
			got, err := token(t.Context())
			if got != tt.token || (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
	for _, none := range []map[string]string{nil, {tokenVariable: ""}, {githubURL: github}, {githubToken: "secret"}} {
		if _, err := Ambient(environment(none)); !errors.Is(err, ErrNoIdentity) || !strings.Contains(err.Error(), "id-token: write") {
			t.Errorf("%v: %v", none, err)
		}
	}
}
