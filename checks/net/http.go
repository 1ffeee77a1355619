package net

import (
	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var plainHTTP = checks.Check{Clause: "NET-03", Needs: []record.Kind{record.KindBoot}, Wants: []record.Kind{record.KindWire}, Judge: judgePlainHTTP}

func judgePlainHTTP(set *record.Set) []checks.Verdict {
	b := set.Boot
	const want = "an HTTP/1.1 answer to a cleartext HTTP/1.1 request"
	switch {
	case b.TLS:
		return []checks.Verdict{checks.Found("tls", want, "the port speaks TLS", checks.Wire("readiness probe", b.Last))}
	case b.HTTP2Only:
		return []checks.Verdict{checks.Found("http2-only", want, "only HTTP/2 is answered", checks.Wire("readiness probe", b.Last))}
	case reading.Blame(set) == "NET-03":
		return []checks.Verdict{checks.Found("not-http", want, "bytes that are not HTTP: "+reading.Quote(b.Detail),
			checks.Wire("readiness probe", b.Last))}
	case !b.Last.Reached():
		return []checks.Verdict{checks.CannotTell("nothing answered: %s", b.Detail)}
	case b.Last.Response.Proto == "HTTP/1.0":
		return []checks.Verdict{checks.Found("http-1-0", want, "HTTP/1.0, one request a connection", checks.Wire("readiness probe", b.Last))}
	}
	if v, bad := chunksLost(set.Wire); bad {
		return []checks.Verdict{v}
	}
	return []checks.Verdict{checks.Passed("%s answers in cleartext", b.Last.Response.Proto)}
}
