package trend

// Bounds are what growth of a quantity means. All but Horizon are in the quantity's unit.
type Bounds struct {
	// Limit is the value that ends the process; Harmless what a sound one may have at the horizon.
	Limit, Harmless float64
	// Settling is growth that every process may show in its first minutes: of less, nothing is likely.
	Settling float64
	// Bounded is growth that a cache, a pool or a heap of a sound program may show before it stops, however straight it
	// is: of less, nothing is certain.
	Bounded float64
	// Step is the amount in which the quantity is taken: a rise below it may not have shown yet.
	Step float64
	// Horizon is how long a session lives, in milliseconds.
	Horizon float64
	// Paced says that the quantity is the time that a turn takes: as turns get slower, there are fewer of them.
	Paced bool
}

// EightHours is the longest session of the platform, in milliseconds.
const EightHours = 8 * hour

const (
	mib = 1 << 20
	gib = 1 << 30
)

// Memory bounds a working set in bytes (LIFE-17, LIFE-19). 8 GB is the microVM's, and from 6 GB on LIFE-17 warns. V8 and
// the JVM may take up to 256 MiB before they first collect all; allocators take arenas of up to a mebibyte at a time.
func Memory() Bounds {
	return Bounds{Limit: 8 * gib, Harmless: 6e9, Settling: 24 * mib, Bounded: 256 * mib, Step: mib, Horizon: EightHours}
}

// translated is what an emulator may take for the code that it translates for one process, in bytes.
const translated = 128 * mib

// Emulated widens bounds on memory for an engine whose emulator takes memory of its own, where nothing tells how much.
func (b Bounds) Emulated() Bounds {
	b.Settling += translated
	b.Bounded += translated
	return b
}

// Descriptors bounds open files or sockets (LIFE-20), of which there are so many now. 1024 is what a process may usually
// open; common clients keep pools of up to 100 connections.
func Descriptors(now float64) Bounds { return counts(now, 1024, 16, 128) }

// Threads bounds threads and processes (LIFE-20), of which there are so many now. 4096 is what container platforms
// usually allow; thread pools of servers have up to 200.
func Threads(now float64) Bounds { return counts(now, 4096, 16, 256) }

func counts(now, limit, settling, bounded float64) Bounds {
	return Bounds{Limit: now + limit, Harmless: now + 0.75*limit, Settling: settling, Bounded: bounded, Step: 1, Horizon: EightHours}
}

// What a turn takes, in milliseconds: the platform's limit on one invocation, the delay that nobody minds at the end of a
// session, and the least that tells a slower agent from a busier machine.
const (
	longestTurn  = 15 * 60 * 1000
	harmlessWait = 10 * 1000
	leastSlower  = 200
)

// Latency bounds the time of a turn in milliseconds (LIFE-21), which takes so long as a rule. The scale stretches the least
// that tells for an agent on slower, emulated hardware; 1 is native. Twice the time is harmless, or 10 s more.
func Latency(usual, scale float64) Bounds {
	return Bounds{
		Limit: max(longestTurn, 2*usual), Harmless: usual + max(usual, harmlessWait), Settling: max(usual/2, leastSlower*scale),
		Bounded: max(usual, leastSlower*scale), Step: 1, Horizon: EightHours, Paced: true,
	}
}
