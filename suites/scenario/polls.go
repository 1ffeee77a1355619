package scenario

import (
	"slices"

	"github.com/tidwall/gjson"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// A series of health checks longer than manyPolls, which is twenty minutes of the platform's pace, keeps so many at either
// end in full, and so many of those between that say something new.
const (
	manyPolls    = 600
	edgePolls    = 50
	changedPolls = 200
)

// thinned leaves out of a very long series what repeats itself.
func thinned(polls []record.Ping) []record.Ping {
	if len(polls) <= manyPolls {
		return polls
	}
	out, changed := slices.Clone(polls), 0
	for i := edgePolls; i < len(out)-edgePolls; i++ {
		p, before := &out[i], &polls[i-1]
		p.At, p.Lag, p.Took, p.Unix = tenths(p.At), tenths(p.Lag), tenths(p.Took), float64(int64(p.Unix*1000+0.5))/1000
		switch {
		case p.Body == "":
		case p.OK() && before.OK() && p.Type == before.Type && p.Body == before.Body:
			p.Type, p.Body, p.Same = "", "", true
		case changed < changedPolls:
			changed++
		default:
			p.Type, p.Body, p.Short = "", shortBody(p.Body), true
		}
	}
	return out
}

// mostShort bounds a body that is kept in short, in bytes.
const mostShort = 200

// shortBody is the members of a body that are ruled on, or the beginning of one without them.
func shortBody(body string) string {
	short := "{"
	for _, name := range []string{"status", "time_of_last_update"} {
		if v := gjson.Get(body, name); v.Exists() {
			if len(short) > 1 {
				short += ","
			}
			short += `"` + name + `":` + v.Raw
		}
	}
	if short += "}"; gjson.Valid(body) && len(short) > 2 && len(short) <= mostShort {
		return short
	}
	return clipped(body, mostShort)
}
