package aws

import (
	"net/http"
	"strings"

	"github.com/google/uuid"
)

// identityOperations hand out tokens that nobody checks. A user's consent cannot be had in a test, so that a token which
// needs it is denied: clients would wait for minutes for the consent instead.
var identityOperations = []operation{
	{"GetWorkloadAccessToken", "POST", "/identities/GetWorkloadAccessToken", http.StatusOK, workloadToken},
	{"GetWorkloadAccessTokenForJWT", "POST", "/identities/GetWorkloadAccessTokenForJWT", http.StatusOK, workloadToken},
	{"GetWorkloadAccessTokenForUserId", "POST", "/identities/GetWorkloadAccessTokenForUserId", http.StatusOK, workloadToken},
	{"GetResourceApiKey", "POST", "/identities/api-key", http.StatusOK, apiKey},
	{"GetResourceOauth2Token", "POST", "/identities/oauth2/token", http.StatusOK, oauthToken},
	{"GetResourcePaymentToken", "POST", "/identities/payment/token", http.StatusOK, nil},
	{"CompleteResourceTokenAuth", "POST", "/identities/CompleteResourceTokenAuth", http.StatusOK, nil},
}

// suffix is what ids end with: ten letters and digits.
func suffix() string { return strings.ReplaceAll(uuid.NewString(), "-", "")[:10] }

func token(kind string) string { return "conformance-" + kind + "-" + uuid.NewString() }

func workloadToken(_ *Server, a *ask) (any, *fault) {
	var in struct {
		Workload string `json:"workloadName"`
	}
	if f := decode(a, &in); f != nil {
		return nil, f
	}
	if in.Workload == "" {
		f := invalid("workloadName is required")
		return nil, &f
	}
	return map[string]string{"workloadAccessToken": token("workload-token")}, nil
}

// resource is what the requests for a provider's credentials share.
type resource struct {
	Token    string `json:"workloadIdentityToken"`
	Provider string `json:"resourceCredentialProviderName"`
	Flow     string `json:"oauth2Flow"`
}

func resourceOf(a *ask) (resource, *fault) {
	var in resource
	if f := decode(a, &in); f != nil {
		return in, f
	}
	if in.Token == "" || in.Provider == "" {
		f := invalid("workloadIdentityToken and resourceCredentialProviderName are required")
		return in, &f
	}
	return in, nil
}

// apiKey hands out a key, because agents fetch the key of their model here, and the scripted model takes any.
func apiKey(_ *Server, a *ask) (any, *fault) {
	if _, f := resourceOf(a); f != nil {
		return nil, f
	}
	return map[string]string{"apiKey": token("api-key")}, nil
}

func oauthToken(_ *Server, a *ask) (any, *fault) {
	in, f := resourceOf(a)
	if f != nil {
		return nil, f
	}
	if in.Flow == "USER_FEDERATION" {
		return nil, &fault{http.StatusForbidden, "AccessDeniedException", "nobody is there to consent to the use of " + in.Provider + " during a conformance test"}
	}
	return map[string]string{"accessToken": token("oauth2-token")}, nil
}
