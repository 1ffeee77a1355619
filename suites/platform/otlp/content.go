package otlp

import (
	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/platform/stub"
)

// content is what one export holds, as far as the records have it.
type content struct {
	items       int
	withSession int

	sessions, services, resource, scopes, names stub.Distinct
}

// sessionAttribute is how AgentCore Observability finds the spans of a session.
const sessionAttribute = "session.id"

// read takes an export of one signal apart.
func (c *content) read(signal, encoding string, body []byte) error {
	if encoding == "json" {
		return c.readJSON(signal, body)
	}
	return c.readProtobuf(signal, body)
}

func (c *content) addResource(key, value string) {
	c.resource.Add(key, record.MaxSpanTerms)
	if key == "service.name" {
		c.services.Add(value, record.MaxSpanTerms)
	}
}

func (c *content) addScope(name string) { c.scopes.Add(name, record.MaxSpanTerms) }

// addSpan counts a span that names its session, which an empty value does not. Where an attribute comes twice the last
// one counts, as in the backends.
func (c *content) addSpan(name, session string) {
	c.items++
	c.names.Add(name, record.MaxSpanTerms)
	c.sessions.Add(session, record.MaxSpanTerms)
	if session != "" {
		c.withSession++
	}
}
