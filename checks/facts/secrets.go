package facts

import (
	"bytes"

	"github.com/google/osv-scalibr/veles"
	"github.com/google/osv-scalibr/veles/secrets/anthropicapikey"
	"github.com/google/osv-scalibr/veles/secrets/awsaccesskey"
	"github.com/google/osv-scalibr/veles/secrets/gcpapikey"
	"github.com/google/osv-scalibr/veles/secrets/gcpsak"
	"github.com/google/osv-scalibr/veles/secrets/github"
	"github.com/google/osv-scalibr/veles/secrets/gitlabpat"
	"github.com/google/osv-scalibr/veles/secrets/grokxaiapikey"
	"github.com/google/osv-scalibr/veles/secrets/huggingfaceapikey"
	"github.com/google/osv-scalibr/veles/secrets/npmjsaccesstoken"
	"github.com/google/osv-scalibr/veles/secrets/openai"
	"github.com/google/osv-scalibr/veles/secrets/openrouter"
	"github.com/google/osv-scalibr/veles/secrets/perplexityapikey"
	"github.com/google/osv-scalibr/veles/secrets/privatekey"
	"github.com/google/osv-scalibr/veles/secrets/pypiapitoken"
	"github.com/google/osv-scalibr/veles/secrets/slacktoken"
	"github.com/google/osv-scalibr/veles/secrets/stripeapikeys"
)

// kind is one kind of secret that the detection library knows.
type kind struct {
	what string
	// hint stands in every such secret: text without it is not searched further, which keeps large images quick.
	hint string
	// public says that such a key is often meant for everybody's eyes, so that one in a file alarms nobody.
	public bool
	// near is how much text around a hint is searched, 0 for all: detectors of pairs compare everything with everything.
	near int
	veles.Detector
}

var kinds = []kind{
	{what: "an AWS access key", hint: "AKIA", near: 2 << 10, Detector: awsaccesskey.NewDetector()},
	{what: "an AWS access key", hint: "ASIA", near: 2 << 10, Detector: awsaccesskey.NewDetector()},
	{what: "a private key", hint: "PRIVATE KEY", Detector: privatekey.NewDetector()},
	{what: "a Google service account's key", hint: "auth_provider_x509_cert_url", Detector: gcpsak.NewDetector()},
	{what: "a Google API key", hint: "AIzaSy", public: true, Detector: gcpapikey.NewDetector()},
	{what: "an Anthropic key", hint: "sk-ant-", Detector: anthropicapikey.NewDetector()},
	{what: "an OpenAI key", hint: "T3BlbkFJ", Detector: openai.NewDetector()},
	{what: "an OpenRouter key", hint: "sk-or-v", Detector: openrouter.NewDetector()},
	{what: "an xAI key", hint: "xai-", Detector: grokxaiapikey.NewAPIKeyDetector()},
	{what: "a Perplexity key", hint: "pplx-", Detector: perplexityapikey.NewDetector()},
	{what: "a Hugging Face token", hint: "hf_", Detector: huggingfaceapikey.NewDetector()},
	{what: "a GitHub token", hint: "ghp_", Detector: github.NewClassicPATDetector()},
	{what: "a GitHub token", hint: "github_pat_", Detector: github.NewFineGrainedPATDetector()},
	{what: "a GitHub token", hint: "gho_", Detector: github.NewOAuthTokenDetector()},
	{what: "a GitHub token", hint: "ghs_", Detector: github.NewAppS2STokenDetector()},
	{what: "a GitLab token", hint: "glpat-", Detector: gitlabpat.NewDetector()},
	{what: "an npm token", hint: "npm_", Detector: npmjsaccesstoken.NewDetector()},
	{what: "a PyPI token", hint: "pypi-", Detector: pypiapitoken.NewDetector()},
	{what: "a Slack token", hint: "xapp-", Detector: slacktoken.NewAppLevelTokenDetector()},
	{what: "a Stripe key", hint: "sk_live_", Detector: stripeapikeys.NewSecretKeyDetector()},
}

// detected is a secret found in a text: what it looks like, and which bytes it has.
type detected struct {
	what       string
	start, end int
}

// detect searches a text for secrets of known kinds, examples left out. inFile leaves out keys that are often public.
func detect(text []byte, inFile bool) []detected {
	var out []detected
	for _, k := range kinds {
		if inFile && k.public {
			continue
		}
		from, to := k.window(text)
		if to == 0 {
			continue
		}
		secrets, starts := k.Detect(text[from:to])
		for i, s := range secrets {
			if d := k.locate(text, from+starts[i], s); !d.example(text, s) {
				out = append(out, d)
			}
		}
	}
	return out
}

// window is the part of a text to search, empty when there is nothing to find.
func (k kind) window(text []byte) (from, to int) {
	at := bytes.Index(text, []byte(k.hint))
	switch {
	case at < 0:
		return 0, 0
	case k.near == 0:
		return 0, len(text)
	}
	return max(0, at-k.near), min(len(text), at+k.near)
}

// locate tells which bytes a secret has. A private key is taken to reach to the end of the text.
func (k kind) locate(text []byte, start int, s veles.Secret) detected {
	if _, ok := s.(privatekey.PrivateKey); ok {
		return detected{k.what, start, len(text)}
	}
	if i := bytes.IndexAny(text[start:], " \t\r\n\"'`,;)}]"); i >= 0 {
		return detected{k.what, start, start + i}
	}
	return detected{k.what, start, len(text)}
}

// example reports what documentation shows, not a secret. A private key is never one: its letters mean nothing.
func (d detected) example(text []byte, s veles.Secret) bool {
	switch c := s.(type) {
	case awsaccesskey.Credentials:
		return isExample(c.AccessID) || isExample(c.Secret)
	case privatekey.PrivateKey, gcpsak.GCPSAK:
		return false
	}
	return isExample(string(text[d.start:min(d.end, d.start+maxText)]))
}
