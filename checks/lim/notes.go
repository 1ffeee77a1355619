package lim

import (
	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// These limits are ruled on by another clause, or by nothing that a container can show. Of the former the figure of this
// run stands beside the limit, so that one cause is told once. They need no more than a boot: what is missing to a
// figure must not make a run partial.
var (
	chunk         = checks.Check{Clause: "LIM-02", Needs: []record.Kind{record.KindBoot}, Wants: reading.ConversationKinds, Judge: judgeChunk}
	durations     = checks.Check{Clause: "LIM-03", Needs: []record.Kind{record.KindBoot}, Wants: reading.ConversationKinds, Judge: judgeDurations}
	frames        = checks.Exclusion("LIM-04")
	resources     = checks.Check{Clause: "LIM-05", Needs: []record.Kind{record.KindBoot}, Wants: []record.Kind{record.KindLongSession, record.KindEnd}, Judge: judgeResources}
	imageSize     = checks.Check{Clause: "LIM-06", Needs: []record.Kind{record.KindImage}, Judge: judgeImageSize}
	quotas        = checks.Exclusion("LIM-08")
	commands      = checks.Exclusion("LIM-09")
	storage       = checks.Exclusion("LIM-10")
	customHeaders = checks.Exclusion("LIM-11")
	runtimeName   = checks.Exclusion("LIM-12")
)

func judgeChunk(set *record.Set) []checks.Verdict {
	largest, streams := int64(0), 0
	for _, x := range reading.Conversation(set) {
		if x != nil && x.Events != nil {
			largest = max(largest, x.Events.LargestEvent)
			streams++
		}
	}
	if streams == 0 {
		return []checks.Verdict{checks.DoesNotApply("this agent never answered with an event stream")}
	}
	return []checks.Verdict{checks.Remark("the largest event of %d streams has %d bytes of at most 10 MB; SSE-10 rules on it", streams, largest)}
}

func judgeDurations(set *record.Set) []checks.Verdict {
	var whole, streamed record.Millis
	for _, x := range reading.Conversation(set) {
		switch {
		case x == nil:
		case x.Events != nil:
			streamed = max(streamed, x.Took)
		default:
			whole = max(whole, x.Took)
		}
	}
	return []checks.Verdict{checks.Remark("the longest answer took %s of 15 minutes, the longest stream %s of 60; INV-15 and SSE-10 rule on them",
		reading.Seconds(whole), reading.Seconds(streamed))}
}

func judgeResources(set *record.Set) []checks.Verdict {
	var samples []record.Sample
	if set.End != nil {
		samples = append(samples, set.End.Samples...)
	}
	if set.LongSession != nil {
		samples = append(samples, set.LongSession.Samples...)
	}
	if len(samples) == 0 {
		return []checks.Verdict{checks.Remark("no figures of memory and CPU were seen; every container of the run has 2 CPUs and 8 GiB where the engine allows it")}
	}
	var peak int64
	for _, s := range samples {
		peak = max(peak, s.Memory)
	}
	return []checks.Verdict{checks.Remark("peak working set %.0f MB of 8 GB; LIFE-17 rules on it", float64(peak)/1e6)}
}

func judgeImageSize(set *record.Set) []checks.Verdict {
	i := set.Image
	switch {
	case i.CompressedSize >= 0:
		return []checks.Verdict{checks.Remark("%.0f MB compressed of 2 GB; IMG-08 rules on it", float64(i.CompressedSize)/1e6)}
	case i.UncompressedSize >= 0:
		return []checks.Verdict{checks.Remark("%.0f MB uncompressed, compressed unknown, of 2 GB; IMG-08 rules on it", float64(i.UncompressedSize)/1e6)}
	}
	return []checks.Verdict{checks.Remark("the image's size is not known here; see IMG-08")}
}
