package tiny

import (
	"bytes"
	"testing"
)

// FuzzReadChain: what programs in a container print is read as times above nothing, or refused.
func FuzzReadChain(f *testing.F) {
	f.Add([]byte{})
	f.Add(bytes.Repeat([]byte("a"), 2*clockBytes))
	f.Add(bytes.Repeat([]byte("p"), 2*clockBytes))
	f.Add(bytes.Repeat([]byte("ab"), clockBytes))
	f.Add([]byte("throttled_time 0\n"))
	f.Fuzz(func(t *testing.T, output []byte) {
		filled := bytes.Repeat(append(output, 'a'), 2*clockBytes)[:2*clockBytes]
		for _, out := range [][]byte{output, filled, append([]byte("before\n"), filled...), append(filled, output...)} {
			c, err := ReadChain(out, 1)
			if err != nil {
				continue
			}
			r := c.Clocks[0]
			if r.Compute <= 0 || r.Syscalls <= 0 || r.Wall.Length() <= 0 || r.CPU.Length() <= 0 || len(c.Before)+2*clockBytes+len(c.After) != len(out) {
				t.Errorf("%+v", c)
			}
		}
	})
}
