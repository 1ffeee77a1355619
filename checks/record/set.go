// Package record holds what the harness saw: plain, versioned data without behaviour, one file per scenario kind.
//
// Scenarios write records, checks read them, and nothing else passes between the two. A Set survives a round trip
// through JSON, so a disputed verdict can be judged again from the file alone.
package record

// Schema names the version of the records' JSON form. It changes when a field changes its meaning.
const Schema = "agentcore-conform/records/v1"

// Kind names a scenario's record; a check lists the kinds that it needs.
type Kind string

// The record kinds, in the order in which a run takes them.
const (
	KindImage        Kind = "image"
	KindBoot         Kind = "boot"
	KindCalls        Kind = "calls"
	KindIdle         Kind = "idle"
	KindStream       Kind = "stream"
	KindInFlight     Kind = "inflight"
	KindWire         Kind = "wire"
	KindMalformed    Kind = "malformed"
	KindSurface      Kind = "surface"
	KindBodies       Kind = "bodies"
	KindDisconnect   Kind = "disconnect"
	KindOverlap      Kind = "overlap"
	KindSessions     Kind = "sessions"
	KindAsync        Kind = "async"
	KindModelFaults  Kind = "modelfaults"
	KindClean        Kind = "clean"
	KindLongSession  Kind = "longsession"
	KindStop         Kind = "stop"
	KindStopInFlight Kind = "stopinflight"
	KindKilled       Kind = "killed"
	KindFreeze       Kind = "freeze"
	KindClock        Kind = "clock"
	KindCredentials  Kind = "credentials"
	KindEnd          Kind = "end"
	KindModel        Kind = "model"
)

// Set is everything one run recorded. A nil record was not taken; Gaps says why.
type Set struct {
	Schema       string        `json:"schema"`
	Terms        Terms         `json:"terms"`
	Image        *Image        `json:"image,omitempty"`
	Boot         *Boot         `json:"boot,omitempty"`
	Calls        *Calls        `json:"calls,omitempty"`
	Idle         *Idle         `json:"idle,omitempty"`
	Stream       *Stream       `json:"stream,omitempty"`
	InFlight     *InFlight     `json:"inflight,omitempty"`
	Wire         *Wire         `json:"wire,omitempty"`
	Malformed    *Malformed    `json:"malformed,omitempty"`
	Surface      *Surface      `json:"surface,omitempty"`
	Bodies       *Bodies       `json:"bodies,omitempty"`
	Disconnect   *Disconnect   `json:"disconnect,omitempty"`
	Overlap      *Overlap      `json:"overlap,omitempty"`
	Sessions     *Sessions     `json:"sessions,omitempty"`
	Async        *Async        `json:"async,omitempty"`
	ModelFaults  *ModelFaults  `json:"modelfaults,omitempty"`
	Clean        *Clean        `json:"clean,omitempty"`
	LongSession  *LongSession  `json:"longsession,omitempty"`
	Stop         *Stop         `json:"stop,omitempty"`
	StopInFlight *StopInFlight `json:"stopinflight,omitempty"`
	Killed       *Killed       `json:"killed,omitempty"`
	Freeze       *Freeze       `json:"freeze,omitempty"`
	Clock        *Clock        `json:"clock,omitempty"`
	Credentials  *Credentials  `json:"credentials,omitempty"`
	End          *End          `json:"end,omitempty"`
	Model        *ModelUse     `json:"model,omitempty"`
	// Starts are those of all containers that were waited for, in the order in which it was over (LIFE-01); older records and
	// attach have none.
	Starts []ColdStart `json:"starts,omitempty"`
	Gaps   []Gap       `json:"gaps,omitempty"`
}

// Gap says why a record is missing although some check may want it.
type Gap struct {
	Kind Kind     `json:"kind"`
	Why  GapCause `json:"why"`
	// Text is one line for people: what was lacking, or what went wrong.
	Text string `json:"text"`
}

// GapCause tells the reasons for a missing record apart, because they weigh differently in a verdict.
type GapCause string

const (
	// GapScope: the run's scope leaves the scenario out (smoke, --only, --skip). The check is skipped.
	GapScope GapCause = "scope"
	// GapNature: the target cannot show it by nature (attach has no image). The check is not applicable.
	GapNature GapCause = "nature"
	// GapBlocked: an earlier fault of the image made the scenario pointless. The check is untestable.
	GapBlocked GapCause = "blocked"
	// GapHarness: the harness failed. The check ends in error, and so may the run.
	GapHarness GapCause = "harness"
	// GapInterrupted: the run was stopped before the scenario ended.
	GapInterrupted GapCause = "interrupted"
)

// Has reports whether the record of that kind was taken.
func (s *Set) Has(k Kind) bool { return s.taken()[k] }

func (s *Set) taken() map[Kind]bool {
	return map[Kind]bool{
		KindImage:        s.Image != nil,
		KindBoot:         s.Boot != nil,
		KindCalls:        s.Calls != nil,
		KindIdle:         s.Idle != nil,
		KindStream:       s.Stream != nil,
		KindInFlight:     s.InFlight != nil,
		KindWire:         s.Wire != nil,
		KindMalformed:    s.Malformed != nil,
		KindSurface:      s.Surface != nil,
		KindBodies:       s.Bodies != nil,
		KindDisconnect:   s.Disconnect != nil,
		KindOverlap:      s.Overlap != nil,
		KindSessions:     s.Sessions != nil,
		KindAsync:        s.Async != nil,
		KindModelFaults:  s.ModelFaults != nil,
		KindClean:        s.Clean != nil,
		KindLongSession:  s.LongSession != nil,
		KindStop:         s.Stop != nil,
		KindStopInFlight: s.StopInFlight != nil,
		KindKilled:       s.Killed != nil,
		KindFreeze:       s.Freeze != nil,
		KindClock:        s.Clock != nil,
		KindCredentials:  s.Credentials != nil,
		KindEnd:          s.End != nil,
		KindModel:        s.Model != nil,
	}
}

// GapOf returns why the record of that kind is missing, or nil when nothing was said of it.
func (s *Set) GapOf(k Kind) *Gap {
	for i := range s.Gaps {
		if s.Gaps[i].Kind == k {
			return &s.Gaps[i]
		}
	}
	return nil
}
