package docker

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// Sample reads once what the container uses: memory and CPU time, what its processes hold, and how much it has logged.
func (t *Target) Sample(ctx context.Context) (record.Sample, error) {
	result, err := t.e.cli.ContainerStats(ctx, t.id, client.ContainerStatsOptions{})
	if err != nil {
		return record.Sample{}, fmt.Errorf("reading the resources of container %s: %w", t.spec.Name, err)
	}
	defer result.Body.Close()
	var stats container.StatsResponse
	if err := json.NewDecoder(io.LimitReader(result.Body, 1<<20)).Decode(&stats); err != nil {
		return record.Sample{}, fmt.Errorf("reading the resources of container %s: %w", t.spec.Name, err)
	}
	if stats.MemoryStats.Usage == 0 {
		return record.Sample{}, fmt.Errorf("container %s uses no memory: its process has ended", t.spec.Name)
	}
	sample := record.Sample{
		At:     millis(time.Since(t.epoch)),
		Memory: workingSet(stats.MemoryStats),
		CPU:    millis(time.Duration(stats.CPUStats.CPUUsage.TotalUsage)),
		PIDs:   int(stats.PidsStats.Current),
	}
	t.holdings().fill(&sample)
	t.volume.fill(t, &sample)
	return sample, nil
}

// workingSet is what the processes hold: usage without the file pages that the kernel would drop first. The first key is
// of control groups v1, the second of v2, the last what is left on old kernels.
func workingSet(m container.MemoryStats) int64 {
	for _, key := range []string{"total_inactive_file", "inactive_file", "cache"} {
		if cached, ok := m.Stats[key]; ok && cached < m.Usage {
			return int64(m.Usage - cached)
		}
	}
	return int64(m.Usage)
}
