package scenario

import (
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/platform"
	"github.com/agentcore-conform/agentcore-conform/suites/wire"
)

// nonASCII has characters of two, three and four bytes, combining and right-to-left ones (INV-22).
const nonASCII = "Grüße, こんにちは, 🙂👩‍🚀, e\u0301, שלום"

// allVariants writes the happy path in every shape of record.Variant. The first two share session and body (INV-16).
func (s *Stage) allVariants() []variant {
	sid := platform.NewSessionID()
	first := s.call(record.Platform, func(in *invocation) {
		in.use(s, sid)
		in.change = func(q *wire.Request) { q.Host = platform.CellHost }
		in.plain = true
		if s.Host != platform.CellHost {
			in.timeout = min(s.patience(), dropPatience) // it is known already that this Host is not served
		}
	})
	again := variant{record.PlatformAgain, first.in}
	again.in.what, again.in.change, again.in.plain = "calls/"+string(record.PlatformAgain), nil, false
	out := []variant{first, again}
	if s.Rich {
		out = append(out, s.call(record.Rich, nil))
	}
	out = append(out, s.headerVariants()...)
	out = append(out, s.sessionVariants()...)
	return append(out, s.bodyVariants()...)
}

// call makes a variant: the happy path on a fresh session, with one change.
func (s *Stage) call(name record.Variant, change func(*invocation)) variant {
	in := invocation{what: "calls/" + string(name), accept: acceptStream}
	in.use(s, platform.NewSessionID())
	if change != nil {
		change(&in)
	}
	return variant{name, in}
}

// use sets the session and a fresh body for it.
func (in *invocation) use(s *Stage, session string) {
	in.session = session
	in.body = s.Payload.body(session, platform.NewMarker())
}

func (s *Stage) headerVariants() []variant {
	profile := func(name record.Variant, f func(*platform.Profile)) variant {
		return s.call(name, func(in *invocation) { in.profile = f })
	}
	accept := func(name record.Variant, value string) variant {
		return s.call(name, func(in *invocation) { in.accept = value })
	}
	contentType := func(name record.Variant, value string) variant {
		return profile(name, func(p *platform.Profile) { p.ContentType = value })
	}
	return []variant{
		s.call(record.Localhost, func(in *invocation) {
			in.change = func(q *wire.Request) { q.Host = s.localhost() }
		}),
		s.call(record.Minimal, func(in *invocation) {
			in.plain = true
			in.profile = func(p *platform.Profile) { p.Minimal, p.Accept = true, "" }
		}),
		profile(record.BareHeaders, func(p *platform.Profile) { p.Bare = true }),
		profile(record.FullHeaders, func(p *platform.Profile) { p.Full = true }),
		profile(record.MixedCase, func(p *platform.Profile) { p.MixedCase = true }),
		profile(record.CustomHeader, func(p *platform.Profile) { p.Custom = true }),
		profile(record.Identity, func(p *platform.Profile) { p.Identity = record.IdentityToken }),
		profile(record.TraceLong, func(p *platform.Profile) { p.TraceLong = true }),
		profile(record.TraceBroken, func(p *platform.Profile) { p.TraceBroken = true }),
		accept(record.AcceptJSON, "application/json"),
		accept(record.AcceptSSE, "text/event-stream"),
		accept(record.AcceptNone, ""),
		accept(record.AcceptAny, "*/*"),
		accept(record.AcceptWeighted, "text/event-stream;q=0.9, application/json;q=0.8, */*;q=0.1"),
		contentType(record.Charset, "application/json; charset=utf-8"),
		contentType(record.CompactCharset, "application/json;charset=UTF-8"),
		contentType(record.OctetStream, "application/octet-stream"),
		contentType(record.NoContentType, ""),
	}
}

func (s *Stage) sessionVariants() []variant {
	id := func(name record.Variant, length int) variant {
		return s.call(name, func(in *invocation) { in.use(s, platform.SessionIDOf(length)) })
	}
	return []variant{
		s.call(record.NoSession, func(in *invocation) {
			in.session = ""
		}),
		id(record.Session100, 100),
		id(record.Session256, 256),
	}
}

func (s *Stage) bodyVariants() []variant {
	out := []variant{
		s.call(record.UnknownField, func(in *invocation) {
			in.body = platform.WithMember(in.body, "_probe", "true")
		}),
		s.call(record.DebugAction, func(in *invocation) {
			in.body = []byte(`{"_agent_core_app_action":"ping_status"}`)
		}),
		s.call(record.Get, func(in *invocation) {
			in.body = nil
			in.change = func(q *wire.Request) { q.Method = "GET" }
		}),
		s.call(record.Slash, func(in *invocation) {
			in.change = func(q *wire.Request) { q.Path = otherSlash(q.Path) }
		}),
	}
	if s.Payload.Template.HasPrompt() {
		out = append(out, s.call(record.NonASCII, func(in *invocation) {
			in.body = s.Payload.Template.Render(platform.Values{Prompt: nonASCII, Session: in.session})
		}))
	}
	return out
}

func otherSlash(path string) string {
	if strings.HasSuffix(path, "/") && path != "/" {
		return strings.TrimSuffix(path, "/")
	}
	return path + "/"
}

func contains(s, sub string) bool { return strings.Contains(s, sub) }
