// Package watchdog sees to it that nothing outlives a run: everything a run makes carries its labels, a child process
// removes it when the run dies however it dies, and a later run sweeps up what even that could not catch.
package watchdog

import (
	"time"

	"github.com/moby/moby/client"
)

// The labels of everything that the tool makes in an engine.
const (
	// LabelRun is the run's id.
	LabelRun = "agentcore-conform.run"
	// LabelOwner names the process that made it: see Owner.
	LabelOwner = "agentcore-conform.owner"
	// LabelExpires is a time in RFC 3339 before which no other run may sweep it.
	LabelExpires = "agentcore-conform.expires"
	// LabelKept is set on what the user asked to keep; nothing removes it but the user.
	LabelKept = "agentcore-conform.kept"
)

// lease is how long a run's objects are safe from the sweep even if their owner seems gone.
const lease = time.Hour

// Labels are the labels for the objects of a run of this process.
func Labels(run string, keep bool) map[string]string {
	labels := map[string]string{
		LabelRun:     run,
		LabelOwner:   Self().String(),
		LabelExpires: time.Now().Add(lease).UTC().Format(time.RFC3339),
	}
	if keep {
		labels[LabelKept] = "true"
	}
	return labels
}

func byLabel(terms ...string) client.Filters {
	return make(client.Filters).Add("label", terms...)
}
