package suites

import (
	"strings"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/platform"
	"github.com/agentcore-conform/agentcore-conform/suites/scenario"
)

// termsOf is what the records will say about the conditions.
func termsOf(o Options) record.Terms {
	t := record.Terms{
		Protocol: o.Protocol, Port: o.Port, Path: o.Path, Profile: o.Profile, SessionModel: o.SessionModel, Compute: o.Compute,
		PlatformVersion: o.PlatformVersion, Model: o.Model, TimeScale: max(o.TimeScale, 1), Attached: o.Endpoint != "",
		PayloadDeclared: o.Payload != "", StreamDeclared: o.StreamPayload != "", SlowDeclared: o.SlowPayload != "",
		AsyncDeclared: o.AsyncPayload != "", MaxPayload: o.MaxPayload, DeployRef: o.DeployRef,
		IdleTimeout: millis(o.IdleTimeout), MaxLifetime: millis(o.MaxLifetime),
	}
	if t.Attached {
		t.Model = ModelNone // a server that already runs cannot be led to one
	}
	for _, e := range o.Env {
		name, value, _ := strings.Cut(e, "=")
		t.Environment = append(t.Environment, record.EnvVar{
			Name: name, ValueLength: len(value), ControlChars: strings.ContainsFunc(value, isControl),
		})
	}
	return t
}

func millis(d time.Duration) record.Millis {
	return record.Millis(float64(d) / float64(time.Millisecond))
}

func isControl(c rune) bool { return c < 0x20 || c == 0x7f }

// payloadOf parses the declared bodies; the options were checked before.
func payloadOf(o Options) scenario.Payload {
	var p scenario.Payload
	if t := template(o.Payload); t != nil {
		p.Template, p.Declared = *t, true
	}
	p.Stream, p.Slow, p.Async = template(o.StreamPayload), template(o.SlowPayload), template(o.AsyncPayload)
	p.AsyncFailing = template(o.AsyncFailingPayload)
	return p
}

func template(text string) *platform.Template {
	if text == "" {
		return nil
	}
	t, err := platform.ParseTemplate(text)
	if err != nil {
		return nil
	}
	return &t
}
