package aws

import (
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// ask is one request, as far as an answer depends on it.
type ask struct {
	r *http.Request
	// body is its beginning; cut says that there was more.
	body []byte
	cut  bool
	// service is the name that requests are signed for, operation the API's name for what is asked; either may be empty.
	service, operation string
	dialect            dialect
	// form are the parameters of the query dialects.
	form url.Values
	// names are the labels of the operation's path.
	names map[string]string
	scope scope
}

// scope says whose memory a request is about.
type scope struct{ memory, actor, session, namespace string }

// gateway is the service's name in the records, not one that requests are signed for.
const gateway = "gateway"

// recognise finds out which service a request is for, and in which dialect that service speaks.
func recognise(r *http.Request, body []byte, cut bool) *ask {
	a := &ask{r: r, body: body, cut: cut, form: r.URL.Query()}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") && len(body) < 1<<20 {
		if form, err := url.ParseQuery(string(body)); err == nil && form.Has("Action") {
			a.form = form
		}
	}
	a.service = serviceOf(a)
	a.operation = operationOf(a)
	a.dialect = dialectOf(a)
	return a
}

// words is what a service or an operation may be called; anything else is the container's invention.
var words = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$`)

func word(s string) string {
	if words.MatchString(s) {
		return s
	}
	return ""
}

func serviceOf(a *ask) string {
	if a.r.URL.Path == "/mcp" || strings.HasSuffix(a.r.URL.Path, "/mcp") && !strings.HasPrefix(a.r.URL.Path, "/runtimes/") {
		return gateway
	}
	for _, find := range []func(*ask) string{scopeService, targetService, actionService, pathService, hostService} {
		if name := word(find(a)); name != "" {
			return strings.ToLower(name)
		}
	}
	return ""
}

// scopeService reads the credential scope of a signature, in the header field or in a presigned URL:
// key/date/region/service/aws4_request, without the region where many are meant.
func scopeService(a *ask) string {
	_, credential, _ := strings.Cut(a.r.Header.Get("Authorization"), "Credential=")
	if credential == "" {
		credential = a.form.Get("X-Amz-Credential")
	}
	credential, _, _ = strings.Cut(credential, ",")
	parts := strings.Split(strings.TrimSpace(credential), "/")
	if len(parts) < 4 {
		return ""
	}
	return parts[len(parts)-2]
}

// targets are the prefixes of X-Amz-Target whose services are called unsigned, or by clients that sign in another way.
var targets = map[string]string{
	"DynamoDB_20120810": "dynamodb", "DynamoDBStreams_20120810": "dynamodb", "AmazonSSM": "ssm", "secretsmanager": "secretsmanager",
	"Logs_20140328": "logs", "TrentService": "kms", "AmazonSQS": "sqs", "AWSCognitoIdentityProviderService": "cognito-idp",
	"AWSCognitoIdentityService": "cognito-identity", "AWSEvents": "events", "Kinesis_20131202": "kinesis", "AWSStepFunctions": "states",
}

func targetService(a *ask) string {
	prefix, _, found := strings.Cut(a.r.Header.Get("X-Amz-Target"), ".")
	if !found {
		return ""
	}
	if name, known := targets[prefix]; known {
		return name
	}
	return prefix
}

// actionService knows the one service of the query dialect that is called without a signature.
func actionService(a *ask) string {
	if strings.HasPrefix(a.form.Get("Action"), "AssumeRole") {
		return "sts"
	}
	return ""
}

// pathService knows AgentCore by its paths: some of its operations take a bearer token instead of a signature.
func pathService(a *ask) string {
	if _, _, found := find(a.r); found {
		return agentcore
	}
	return ""
}

var region = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-\d$`)

// hostService reads AWS's own host names: service.region.amazonaws.com, with a bucket or an account before it.
func hostService(a *ask) string {
	host := a.r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	name, found := strings.CutSuffix(strings.ToLower(host), ".amazonaws.com")
	if !found {
		return ""
	}
	labels := strings.Split(name, ".")
	for i := len(labels) - 1; i >= 0; i-- {
		if !region.MatchString(labels[i]) {
			return labels[i]
		}
	}
	return ""
}

// operationOf is the name that the request itself gives, or the path of AgentCore's operations.
func operationOf(a *ask) string {
	if _, name, found := strings.Cut(a.r.Header.Get("X-Amz-Target"), "."); found {
		return word(name)
	}
	if name := a.form.Get("Action"); name != "" {
		return word(name)
	}
	if a.r.Header.Get("Smithy-Protocol") != "" {
		_, name, _ := strings.Cut(a.r.URL.Path, "/operation/")
		return word(name)
	}
	if a.service == agentcore {
		if o, _, found := find(a.r); found {
			return o.name
		}
	}
	return word(a.form.Get("x-id"))
}
