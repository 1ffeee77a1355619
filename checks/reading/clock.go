package reading

import (
	"fmt"
	"math"
	"regexp"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// clockGrain is how near to what a clock was put to a time must be to have come from it.
const clockGrain = 2 * time.Minute

// timeTold is a time that a process told, and the time it was then: from and to where that is not known to the moment. All are
// Unix seconds.
type timeTold struct {
	what           string
	said, from, to float64
}

func (t timeTold) off(by float64) bool {
	return t.said-by > t.from-clockGrain.Seconds() && t.said-by < t.to+clockGrain.Seconds()
}

// ClockSeen says what shows that the clock of a process was as far off as it was put, empty where nothing does. right reports
// that something shows the right time: a program that asks the kernel itself has it.
func ClockSeen(c *record.Clock) (by string, right bool) {
	apart := math.Abs(c.Off.Seconds()) > 2*clockGrain.Seconds()
	for _, t := range timesTold(c) {
		if by == "" && apart && t.off(c.Off.Seconds()) {
			by = t.what
		}
		right = right || t.off(0)
	}
	return by, right
}

// timesTold are the dates of answers, the stamps of health checks, and the times that lines of the log begin with.
func timesTold(c *record.Clock) []timeTold {
	var out []timeTold
	exchanges := []*record.Exchange{c.Boot.Last, c.Boot.Localhost, c.Boot.Dressed, c.Call, c.Again}
	pings := []*record.Ping{c.Before, c.After}
	for _, x := range exchanges {
		if said, ok := dateOf(x); ok {
			at := c.Boot.Epoch + (x.At + x.HeadersAfter).Seconds()
			out = append(out, timeTold{"the dates of its answers show", said, at, at})
		}
	}
	for _, p := range pings {
		if p == nil {
			continue
		}
		if said, ok := StampSeconds(*p); ok {
			out = append(out, timeTold{"time_of_last_update shows", said, c.Boot.Epoch, p.Unix})
		}
	}
	return append(out, timesLogged(c)...)
}

// dateOf is the Date of an answer.
func dateOf(x *record.Exchange) (float64, bool) {
	date, err := time.Parse("Mon, 02 Jan 2006 15:04:05 GMT", x.HeaderValue("date"))
	return float64(date.Unix()), err == nil
}

// logTime is how loggers begin a line: a date and a time, with or without a bracket around them.
var logTime = regexp.MustCompile(`^[\[("{]?(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)`)

// timesLogged takes them for UTC, which containers have; an offset is no whole quarter of an hour, so that no zone is taken for
// it.
func timesLogged(c *record.Clock) []timeTold {
	var out []timeTold
	to := c.Boot.Epoch + max(c.Boot.State.At, c.State.At).Seconds()
	for _, line := range append(c.Boot.Logs.Lines[:len(c.Boot.Logs.Lines):len(c.Boot.Logs.Lines)], c.Logs.Lines...) {
		if m := logTime.FindStringSubmatch(line); m != nil {
			if said, err := time.Parse(time.DateTime, m[1]+" "+m[2]); err == nil {
				out = append(out, timeTold{"the times in its log show", float64(said.Unix()), c.Boot.Epoch, to})
			}
		}
	}
	return out
}

// ClockOff says how far a clock was put off.
func ClockOff(c *record.Clock) string {
	way := "fast"
	if c.Off < 0 {
		way = "slow"
	}
	return fmt.Sprintf("%.0f minutes %s", max(c.Off, -c.Off).Seconds()/60, way)
}
