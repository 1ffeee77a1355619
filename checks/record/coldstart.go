package record

// ColdStart is how one container of a run came up.
type ColdStart struct {
	// Name tells the run's containers apart: main, clean, idle, life, stop-call, stop-stream, killed, frozen, skewed, rotated; main-2 replaced
	// one that ended.
	Name string `json:"name"`
	// Beside says that other containers of the run were at work meanwhile, which slows a start.
	Beside bool `json:"beside,omitempty"`
	Ready  bool `json:"ready"`
	// Cause classifies why it never became ready; empty when it did.
	Cause NeverReady `json:"cause,omitempty"`
	// Epoch is the container's start by the harness's clock, Unix seconds.
	Epoch float64 `json:"epoch"`
	// CreateTook and StartTook are the engine's work before the process ran; 0 where it does not tell.
	CreateTook Millis `json:"createTook,omitempty"`
	StartTook  Millis `json:"startTook,omitempty"`
	// FirstListen and ReadyAfter count from the process's start, as in Boot; 0 for what did not happen.
	FirstListen Millis `json:"firstListen,omitempty"`
	ReadyAfter  Millis `json:"readyAfter,omitempty"`
}

// ColdStartOf is what a boot tells of a container's start.
func ColdStartOf(name string, beside bool, b *Boot) ColdStart {
	return ColdStart{
		Name: name, Beside: beside, Ready: b.Ready, Cause: b.Cause, Epoch: b.Epoch, CreateTook: b.CreateTook, StartTook: b.StartTook,
		FirstListen: b.FirstListen, ReadyAfter: b.ReadyAfter,
	}
}

// Engine is the time before the process ran, Process that from there to the first accepted connection, Application the rest until
// the first good answer: runtime and imports, and what the application does before it says that it is ready.
func (s ColdStart) Engine() Millis { return s.CreateTook + s.StartTook }

// Process is 0 where it is not known.
func (s ColdStart) Process() Millis {
	if !s.Ready {
		return 0
	}
	return s.FirstListen
}

// Application is 0 where it is not known.
func (s ColdStart) Application() Millis {
	if !s.Ready || s.FirstListen == 0 {
		return 0
	}
	return max(s.ReadyAfter-s.FirstListen, 0)
}
