package record

// Environment is where and how a run was made.
type Environment struct {
	// Engine is docker, podman, attach or fake; Version and APIVersion as the engine says.
	Engine     string `json:"engine"`
	Version    string `json:"version,omitempty"`
	APIVersion string `json:"apiVersion,omitempty"`
	// Address is the engine's address without credentials, Source how it was found (--engine, DOCKER_HOST, context …).
	Address string `json:"address,omitempty"`
	Source  string `json:"source,omitempty"`
	// Architecture is the engine's machine as GOARCH names it.
	Architecture string `json:"architecture,omitempty"`
	CPUs         int    `json:"cpus,omitempty"`
	MemoryBytes  int64  `json:"memoryBytes,omitempty"`
	// FreeDisk is the free space on the engine's data root in bytes, -1 when it cannot be seen.
	FreeDisk int64 `json:"freeDisk,omitempty"`
	// Emulated: linux/arm64 programs run, but translated. Native: they run on the hardware. Proven by running one.
	Emulated bool `json:"emulated"`
	// Route is how the container is reached: address, mapped, relay or attach; Network is internal or open.
	Route   string `json:"route,omitempty"`
	Network string `json:"network,omitempty"`
	// TimeScale is the factor that was applied and TimeScaleFrom says where it came from: native, measured, flag.
	TimeScale     float64 `json:"timeScale"`
	TimeScaleFrom string  `json:"timeScaleFrom,omitempty"`
	// Slowdown is what a measured factor comes from.
	Slowdown *Slowdown `json:"slowdown,omitempty"`
	// Notes are lines a reader of the verdict should know: a throttled engine, plain http to a registry, and so on.
	Notes []string `json:"notes,omitempty"`
}

// State is what the engine says of a container's process.
type State struct {
	Running   bool   `json:"running"`
	ExitCode  int    `json:"exitCode"`
	OOMKilled bool   `json:"oomKilled,omitempty"`
	Error     string `json:"error,omitempty"`
	// StartedAt is the engine's own text; two states of one unbroken process carry the same.
	StartedAt    string `json:"startedAt,omitempty"`
	RestartCount int    `json:"restartCount,omitempty"`
	PID          int    `json:"pid,omitempty"`
	// Unknown says that the target cannot show its process (attach); Running is then true by courtesy.
	Unknown bool `json:"unknown,omitempty"`
	// At is when it was read, from the container's start.
	At Millis `json:"at"`
}

// Same reports that both states are of one running, unbroken process (LIFE-03, LIFE-22).
func (s State) Same(o State) bool {
	return s.Running && o.Running && s.StartedAt == o.StartedAt && s.RestartCount == o.RestartCount && s.PID == o.PID
}

// Listener is one listening TCP socket inside the container's network namespace.
type Listener struct {
	Address string `json:"address"`
	Port    int    `json:"port"`
}

// Loopback reports that the socket is bound to 127.0.0.0/8 or ::1.
func (l Listener) Loopback() bool {
	return len(l.Address) >= 4 && l.Address[:4] == "127." || l.Address == "::1"
}

// Logs are the container's last lines, bounded, with control bytes replaced.
type Logs struct {
	Lines []string `json:"lines,omitempty"`
	// Total counts all lines and bytes that were written, as far as they were read.
	TotalLines int   `json:"totalLines"`
	TotalBytes int64 `json:"totalBytes"`
}

// Sample is one look at a container's resources.
type Sample struct {
	At Millis `json:"at"`
	// Memory is the working set in bytes, without the page cache.
	Memory int64 `json:"memory"`
	// Translated is the part of Memory, in bytes, that an emulator holds for the code that it has translated: it grows with
	// every new path through the program, and does not exist on the platform. Nil where it could not be told, and natively.
	Translated *int64 `json:"translated,omitempty"`
	// CPU is the time consumed since start, in milliseconds.
	CPU Millis `json:"cpu"`
	// PIDs counts processes and their threads, as the control group does.
	PIDs int `json:"pids,omitempty"`
	// Processes, Threads and Descriptors are of all processes of the container, zombies and an emulator's own included;
	// Sockets are those of its network namespace, whether a process has accepted them or not. Nil where they could not be
	// read, or were too many to count.
	Processes   *int `json:"processes,omitempty"`
	Threads     *int `json:"threads,omitempty"`
	Descriptors *int `json:"descriptors,omitempty"`
	Sockets     *int `json:"sockets,omitempty"`
	// LogLines and LogBytes are what the container has logged since its start, as far as that was read; nil where it is not.
	LogLines *int64 `json:"logLines,omitempty"`
	LogBytes *int64 `json:"logBytes,omitempty"`
}
