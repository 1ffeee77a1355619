package reports

import (
	"fmt"
	"io"

	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/reports/timeline"
)

// WriteTimeline writes the run's time line as a fragment of HTML: a picture, its caption and its numbers.
func WriteTimeline(w io.Writer, run *Run) error { return writePicture(w, timelineOf(run).HTML()) }

// WriteTimelineSVG writes the picture alone.
func WriteTimelineSVG(w io.Writer, run *Run) error { return writePicture(w, timelineOf(run).SVG()) }

func writePicture(w io.Writer, picture []byte) error {
	if _, err := w.Write(picture); err != nil {
		return fmt.Errorf("write the time line: %w", err)
	}
	return nil
}

func timelineOf(run *Run) *timeline.Line {
	about := timeline.About{Interrupted: run.Interrupted, Fits: fits(run)}
	if run.Image != nil {
		about.Image = run.Image.Reference
	}
	return timeline.Read(run.Records, about)
}

// fits are the lines that the forecasts rest on, of what has settled.
func fits(run *Run) map[string]timeline.Fit {
	out := map[string]timeline.Fit{}
	for _, f := range reading.Forecasts(run.Records) {
		if !f.Measured {
			continue
		}
		out[f.Key] = timeline.Fit{
			Label: "forecast", From: record.Millis(f.From), To: record.Millis(f.To),
			ValueAtFrom: f.Begins.Best, ValueAtTo: f.Ends.Best, LowAtFrom: f.Begins.Low, LowAtTo: f.Ends.Low,
			HighAtFrom: f.Begins.High, HighAtTo: f.Ends.High,
		}
	}
	if memory, fitted := out[timeline.Memory]; fitted && run.Records.LongSession != nil {
		if _, known := reading.Translated(run.Records); known {
			memory.Label = "forecast, the agent's own"
			out[timeline.Memory] = memory
		}
	}
	return out
}

// statusColours are those of the health status in the console; the characters of the plot tell it as well.
var statusColours = map[timeline.Status]string{
	timeline.Healthy: green, timeline.HealthyBusy: bold, timeline.Other: yellow, timeline.NoAnswer: red,
}

// timeline draws the time line in a few lines, for those who want to see all and after a soak, which is run for it.
func (c *console) timeline() {
	set := c.run.Records
	if set == nil || !c.verbose && set.Terms.Profile != "soak" {
		return
	}
	lines := timelineOf(c.run).Plot(timeline.PlotOptions{Width: c.width, ASCII: c.ascii, Paint: func(s timeline.Status, text string) string {
		return c.as(statusColours[s], text)
	}})
	if len(lines) == 0 {
		return
	}
	c.gap()
	for _, l := range lines {
		c.line("%s%s", c.as(dim, l[:timeline.LabelWidth]), l[timeline.LabelWidth:])
	}
	c.gap()
}
