package docker

import (
	"bytes"
	"sync"
	"sync/atomic"

	"github.com/moby/moby/api/pkg/stdcopy"
	"github.com/moby/moby/client"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// volume counts what a container logs. Its log is followed over one connection: reading it anew at every sample would cost
// the more the longer a session lasts.
type volume struct {
	begin        sync.Once
	lines, bytes atomic.Int64
	// known says that the log is being read; lost that reading it ended too early, so that the count stands still.
	known, lost atomic.Bool
}

// fill adds the lines and bytes so far, from the container's start. The first sample begins the count and has none, nor
// has any after the engine stopped telling.
func (v *volume) fill(t *Target, s *record.Sample) {
	if v.known.Load() && !v.lost.Load() {
		lines, bytes := v.lines.Load(), v.bytes.Load()
		s.LogLines, s.LogBytes = &lines, &bytes
	}
	v.begin.Do(func() {
		if done, err := t.e.busy(); err == nil {
			go func() { defer done(); v.follow(t) }()
		}
	})
}

// follow ends with the container or with the run.
func (v *volume) follow(t *Target) {
	defer v.lost.Store(true)
	stream, err := t.e.cli.ContainerLogs(t.e.life, t.id, client.ContainerLogsOptions{ShowStdout: true, ShowStderr: true, Follow: true})
	if err != nil {
		t.e.log("following the log of container %s: %v", t.spec.Name, err)
		return
	}
	defer stream.Close()
	v.known.Store(true)
	_, _ = stdcopy.StdCopy(v, v, stream)
}

func (v *volume) Write(b []byte) (int, error) {
	v.lines.Add(int64(bytes.Count(b, []byte{'\n'})))
	v.bytes.Add(int64(len(b)))
	return len(b), nil
}
