package keyless

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
)

// audience is whom the token is for: Fulcio takes no other.
const audience = "sigstore"

// tokenVariable holds a token where the job's host puts one there, as GitLab does for an id_token of that name.
const tokenVariable = "SIGSTORE_ID_TOKEN"

// The variables by which GitHub Actions tells a job with the permission where to ask for a token.
const (
	githubURL   = "ACTIONS_ID_TOKEN_REQUEST_URL"
	githubToken = "ACTIONS_ID_TOKEN_REQUEST_TOKEN"
)

// ErrNoIdentity says that nothing vouches for the caller.
var ErrNoIdentity = errors.New("nothing says who signs: in GitHub Actions give the job the permission id-token: write, in GitLab an id_token " +
	"named " + tokenVariable + " with aud: " + audience + ", elsewhere a file with an OpenID Connect token by --identity-token")

// Token returns an OpenID Connect token for Fulcio.
type Token func(context.Context) (string, error)

// Ambient finds what vouches for the caller in the environment, and asks it only when the token is needed: tokens are short-lived.
func Ambient(lookup func(string) (string, bool)) (Token, error) {
	if token, _ := lookup(tokenVariable); token != "" {
		return Fixed(token), nil
	}
	at, _ := lookup(githubURL)
	secret, _ := lookup(githubToken)
	if at == "" || secret == "" {
		return nil, ErrNoIdentity
	}
	return func(ctx context.Context) (string, error) { return askGitHub(ctx, at, secret) }, nil
}

// Fixed is a token that somebody else asked for.
func Fixed(token string) Token {
	return func(context.Context) (string, error) { return strings.TrimSpace(token), nil }
}

func askGitHub(ctx context.Context, at, secret string) (string, error) {
	u, err := url.Parse(at)
	if err != nil {
		return "", errors.New(githubURL + " is no address: run in a job of GitHub Actions, or give --identity-token")
	}
	query := u.Query()
	query.Set("audience", audience)
	u.RawQuery = query.Encode()
	var answer struct {
		Value string `json:"value"`
	}
	err = newService("GitHub's token service", "give --identity-token").ask(ctx, http.MethodGet, u.String(), secret, nil, &answer)
	if err == nil && answer.Value == "" {
		err = errors.New("GitHub's token service answered without a token: retry, or give --identity-token")
	}
	return answer.Value, err
}
