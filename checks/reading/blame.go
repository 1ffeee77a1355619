package reading

import "github.com/agentcore-conform/agentcore-conform/checks/record"

// Blame names the clause that carries the fault of a container that never became ready (VERDICTS, "Never ready"). It is
// "" when the container became ready or when nobody knows.
func Blame(set *record.Set) string {
	b := set.Boot
	if b == nil || b.Ready {
		return ""
	}
	switch b.Cause {
	case record.LoopbackOnly:
		return "NET-02"
	case record.ListensElsewhere:
		return "NET-01"
	case record.DropsHost:
		return "NET-04"
	case record.SpeaksOtherProtocol:
		return "NET-09"
	case record.NotHTTP:
		return "NET-03"
	case record.CannotStart:
		return blameStart(set.Image)
	case record.AnswersBadly:
		return blameAnswer(set)
	case record.ProcessExited, record.Hung, record.TooSlow:
		return "LIFE-01"
	}
	return ""
}

// blameStart leaves a process that cannot be started to the static check where the image's files explain it.
func blameStart(i *record.Image) string {
	if i != nil && i.Program != nil && i.Program.Fault != "" && i.Program.Fault != record.ProgramUnreadable {
		return "IMG-11"
	}
	return "LIFE-01"
}

// blameAnswer names the clause behind a readiness probe that was answered, but not with 200.
func blameAnswer(set *record.Set) string {
	b := set.Boot
	fate := FateOf(b.Last)
	switch {
	case b.TLS, b.HTTP2Only:
		return "NET-03"
	case b.OtherProtocol != "":
		return "NET-09"
	case HostDecides(b.Last, b.Localhost):
		return "NET-04"
	case fate == Redirected:
		return "NET-06"
	case !HasPing(set.Terms.Protocol):
		return "LIFE-01"
	case Unauthorized(b.Last), Rejected(b.Last) && b.Dressed.OK():
		return "PING-12"
	}
	return "PING-01"
}

// HostDecides reports that a request is rejected with the platform's Host and served with localhost (NET-04).
func HostDecides(platform, localhost *record.Exchange) bool {
	return Rejected(platform) && localhost.OK()
}

// HostDropped reports that calls with the platform's Host are closed or left without an answer where one with localhost is
// served (NET-04). Any connection may break once, so it takes two that did, on a process that lived on.
func HostDropped(c *record.Calls) bool {
	if c == nil || len(c.Ladder) == 0 {
		return false
	}
	first, again := &c.Ladder[0], c.Variants[record.Platform]
	return Lost(first) && Lost(again) && first.Request.Host == again.Request.Host && c.Variants[record.Localhost].OK() && lived(c.Before, c.After)
}

// HasPing reports that the protocol has a health path of its own.
func HasPing(protocol string) bool { return protocol != "MCP" }
