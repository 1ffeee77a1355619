package tiny

import (
	"bytes"
	"testing"
)

// FuzzReadClock: what a program in a container prints is read as times above nothing, or refused.
func FuzzReadClock(f *testing.F) {
	f.Add([]byte{})
	f.Add(bytes.Repeat([]byte("a"), 2*clockBytes))
	f.Add(bytes.Repeat([]byte("p"), 2*clockBytes))
	f.Add(bytes.Repeat([]byte("ab"), clockBytes))
	f.Fuzz(func(t *testing.T, output []byte) {
		for _, out := range [][]byte{output, bytes.Repeat(append(output, 'a'), 2*clockBytes)[:2*clockBytes]} {
			if timing, err := ReadClock(out); err == nil && (timing.Compute <= 0 || timing.Syscalls <= 0) {
				t.Errorf("%+v", timing)
			}
		}
	})
}
