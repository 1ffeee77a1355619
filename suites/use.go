package suites

import (
	"slices"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// modelUse sums up what all containers asked the model.
func modelUse(all []record.Model) record.ModelUse {
	var out record.ModelUse
	for _, m := range all {
		out.Requests += len(m.Requests) + m.Dropped
		out.Dropped += m.Dropped
		for _, q := range m.Requests {
			if q.Provider == "" || q.Outcome == record.ModelUnknown {
				out.Unknown = different(out.Unknown, q.Method+" "+q.Path)
				continue
			}
			count(&out, q)
		}
	}
	slices.SortStableFunc(out.Spoken, func(a, b record.ModelOperation) int { return b.Requests - a.Requests })
	return out
}

func count(out *record.ModelUse, q record.ModelRequest) {
	i := slices.IndexFunc(out.Spoken, func(o record.ModelOperation) bool { return o.Provider == q.Provider && o.API == q.API })
	if i < 0 {
		i = len(out.Spoken)
		out.Spoken = append(out.Spoken, record.ModelOperation{Provider: q.Provider, API: q.API, Agent: q.Agent})
	}
	o := &out.Spoken[i]
	o.Requests++
	if q.Stream {
		o.Streamed++
	}
	o.Models = different(o.Models, q.Model)
}

// different adds one to a list of few that are all different.
func different(list []string, one string) []string {
	if one == "" || len(list) >= record.MaxUnknown || slices.Contains(list, one) {
		return list
	}
	return append(list, one)
}

// spansUse sums up what all containers exported; nil when that was nothing.
func spansUse(all []record.Spans) *record.Spans {
	var out record.Spans
	for _, s := range all {
		out.Spans += s.Spans
		out.Points += s.Points
		out.Logs += s.Logs
		out.WithSession += s.WithSession
		for _, to := range []struct{ list, more *[]string }{
			{&out.Sessions, &s.Sessions}, {&out.Services, &s.Services}, {&out.Resource, &s.Resource}, {&out.Scopes, &s.Scopes}, {&out.Names, &s.Names},
		} {
			for _, one := range *to.more {
				*to.list = different(*to.list, one)
			}
		}
	}
	if out.Spans+out.Points+out.Logs == 0 {
		return nil
	}
	return &out
}
