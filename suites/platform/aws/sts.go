package aws

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"
)

// The caller, in the account number that AWS's documentation uses.
const (
	account   = "123456789012"
	callerARN = "arn:aws:sts::" + account + ":assumed-role/conformance/agent"
	memoryARN = "arn:aws:bedrock-agentcore:us-east-1:" + account + ":memory/"
)

const (
	identityXML = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>` +
		`<Arn>` + callerARN + `</Arn><UserId>AROACONFORMANCE000000:agent</UserId><Account>` + account + `</Account>` +
		`</GetCallerIdentityResult><ResponseMetadata><RequestId>%s</RequestId></ResponseMetadata></GetCallerIdentityResponse>`
	assumeXML = `<%[1]sResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><%[1]sResult>` +
		`<AssumedRoleUser><AssumedRoleId>AROACONFORMANCE000000:%[2]s</AssumedRoleId><Arn>%[3]s</Arn></AssumedRoleUser>` +
		`<Credentials><AccessKeyId>ASIACONFORMANCE00000</AccessKeyId><SecretAccessKey>conformance-secret</SecretAccessKey>` +
		`<SessionToken>%[4]s</SessionToken><Expiration>%[5]s</Expiration></Credentials>` +
		`</%[1]sResult><ResponseMetadata><RequestId>%[6]s</RequestId></ResponseMetadata></%[1]sResponse>`
)

// answerSTS tells who the caller is and hands out roles, whose credentials nobody checks; clients do both before anything
// else. The rest is denied.
func answerSTS(a *ask) answer {
	switch a.form.Get("Action") {
	case "GetCallerIdentity":
		return xmlAnswer(fmt.Sprintf(identityXML, uuid.NewString()))
	case "AssumeRole", "AssumeRoleWithWebIdentity":
		return assume(a)
	}
	return deny(a)
}

func assume(a *ask) answer {
	role, session := a.form.Get("RoleArn"), a.form.Get("RoleSessionName")
	_, name, found := strings.Cut(role, ":role/")
	if !found || session == "" || len(role) > 2048 || len(session) > 64 {
		return refusal(a, fault{http.StatusBadRequest, "ValidationError", "RoleArn and RoleSessionName are required"})
	}
	name = name[strings.LastIndex(name, "/")+1:]
	arn := "arn:aws:sts::" + account + ":assumed-role/" + name + "/" + session
	expires := time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
	return xmlAnswer(fmt.Sprintf(assumeXML, a.form.Get("Action"), escape(session), escape(arn), token("session"), expires, uuid.NewString()))
}

func xmlAnswer(body string) answer {
	return answer{status: http.StatusOK, mime: "text/xml", body: []byte(body)}
}

// escape makes a text safe inside XML.
func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder never fails
	return b.String()
}
