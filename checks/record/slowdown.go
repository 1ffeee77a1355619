package record

// Slowdown is how much longer the containers of this engine take to compute than programs of its own machine that nothing
// holds back: the factor for limits on computed work is the larger of Compute and Syscalls, times Throttled. CPU time is
// compared, and of what a container had to wait for only what a quota made it wait for: a busy machine changes none of it.
type Slowdown struct {
	// Compute is a loop that only computes, Syscalls one that only asks the kernel.
	Compute  Pace `json:"compute"`
	Syscalls Pace `json:"syscalls"`
	// Throttled is what quotas on CPU time cost.
	Throttled Throttle `json:"throttled"`
	// Took is how long the measurement took in all, the start of its container included.
	Took Millis `json:"took"`
}

// Factor is the factor for limits on computed work.
func (s Slowdown) Factor() float64 {
	return max(s.Compute.Factor, s.Syscalls.Factor, 1) * max(s.Throttled.Factor, 1)
}

// Pace is the CPU time of the same loop in the machine's own instructions and in translated ones, in milliseconds: the best
// of many rounds in turns.
type Pace struct {
	Native Millis `json:"native"`
	// Translated is 0 where nothing is translated.
	Translated Millis `json:"translated,omitempty"`
	// Factor is Translated to Native, at least 1.
	Factor float64 `json:"factor"`
}

// Throttle is what the quotas of a container's control group, and of those above it, cost one thread.
type Throttle struct {
	// Factor is how many times longer a thread takes: the larger of 1/Quota and of (CPU+Held)/CPU, the latter at most
	// Wall/CPU; at least 1.
	Factor float64 `json:"factor"`
	// Quota is the least CPU time per time that a control group allows, in CPUs; 0 when none is limited, nil when they
	// cannot be seen: the engine is elsewhere.
	Quota *float64 `json:"quota,omitempty"`
	// Wall is how long the measuring loops took and CPU what they used of it. Held is for how long a quota held them; nil
	// when the kernel does not say. What is left of Wall they waited for other work of the machine.
	Wall Millis  `json:"wall"`
	CPU  Millis  `json:"cpu"`
	Held *Millis `json:"held,omitempty"`
}
