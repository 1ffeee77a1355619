package scenario

import (
	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/platform"
)

// otherForm is how an agent is made to answer in the form that it does not choose by itself: a stream where it answers
// JSON, JSON where it streams. The two run through different code, so what one shows says nothing of the other.
type otherForm struct {
	accept string
	// body is the declared stream body; nil for the ordinary one.
	body *platform.Template
}

// mostOtherForm bounds the answers, in bytes, that are asked for again and again in their other form.
const mostOtherForm = 1 << 20

// sound reports a good answer that is fit to be repeated many times.
func sound(x *record.Exchange) bool {
	return x != nil && !failed(*x) && x.Response.BodySize <= mostOtherForm
}

// formByAccept finds out whether Accept alone decides the form of an answer.
func formByAccept(c *record.Calls) *otherForm {
	happy := c.Happy()
	if !sound(happy) {
		return nil
	}
	only, accept := c.Variants[record.AcceptSSE], "text/event-stream"
	if happy.Events != nil {
		only, accept = c.Variants[record.AcceptJSON], "application/json"
	}
	if !sound(only) || (only.Events != nil) == (happy.Events != nil) {
		return nil
	}
	return &otherForm{accept: accept}
}

// acceptsOf finds out which Accept is answered in which form; a form that did not come is not there.
func acceptsOf(c *record.Calls) map[record.Work]string {
	out := map[record.Work]string{}
	for _, v := range []struct {
		call   *record.Exchange
		accept string
	}{{c.Happy(), acceptStream}, {c.Variants[record.AcceptJSON], "application/json"}, {c.Variants[record.AcceptSSE], "text/event-stream"}} {
		if !sound(v.call) {
			continue
		}
		form := record.WorkCall
		if v.call.Events != nil {
			form = record.WorkStream
		}
		if out[form] == "" {
			out[form] = v.accept
		}
	}
	return out
}

// formByBody takes the declared stream body where it was answered with a stream and the ordinary one is not.
func formByBody(p Payload, c *record.Calls, x *record.Exchange) *otherForm {
	if happy := c.Happy(); p.Stream == nil || !p.Stream.HasPrompt() || !sound(x) || x.Events == nil || happy == nil || happy.Events != nil {
		return nil
	}
	return &otherForm{accept: acceptStream, body: p.Stream}
}

// otherwise asks for the other form of an answer; it does nothing for an agent that has one form only.
func (in *invocation) otherwise(s *Stage, marker string) {
	f := s.Payload.other
	if f == nil {
		return
	}
	in.accept = f.accept
	if f.body != nil {
		in.body = f.body.Render(platform.Values{Prompt: prompt(marker), Session: in.session})
	}
}
