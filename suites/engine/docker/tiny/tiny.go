// Package tiny holds programs of a few hundred bytes, written instruction by instruction for arm64 and amd64, and the
// image they travel in. They need no shell, no libc and no registry, so that the engine can be asked what it can do on
// any machine: run the architecture, reach a port, read a listener table, count how much slower translated code is.
package tiny

import (
	"encoding/binary"
	"fmt"
)

// Program names one of the programs; its path in the image is /NAME.
type Program string

// The programs.
const (
	// Exit42 exits with status 42.
	Exit42 Program = "exit42"
	// Beacon answers every connection to BeaconPort with its first argument, which must be NonceLength bytes long.
	Beacon Program = "beacon"
	// Cat copies the files named by its arguments to standard output and skips those it cannot open. Next ends the files.
	Cat Program = "cat"
	// Clock measures its own CPU time in two loops: see ReadChain. Its arguments are what it becomes afterwards.
	Clock Program = "clock"
)

// Next is the argument of Cat after which comes the program that it becomes, with that program's arguments.
const Next = "--"

// BeaconPort and NonceLength are what the beacon has built in.
const (
	BeaconPort  = 8080
	NonceLength = 32
)

// ClockPath is where every image of the programs has the clock for that architecture: translated and native code are
// compared within one container.
func ClockPath(arch string) string { return "/" + string(Clock) + "-" + arch }

// Programs lists all of them.
var Programs = []Program{Exit42, Beacon, Cat, Clock}

// machine is how ELF headers number the architectures.
var machine = map[string]uint16{"amd64": 62, "arm64": 183}

// code is the text of a program for an architecture.
func code(arch string, p Program) []byte {
	if arch == "arm64" {
		return instructions(map[Program][]uint32{Exit42: exit42Arm64, Beacon: beaconArm64, Cat: catArm64, Clock: clockArm64}[p])
	}
	return map[Program][]byte{Exit42: exit42Amd64, Beacon: beaconAmd64, Cat: catAmd64, Clock: clockAmd64}[p]
}

// instructions are those of arm64 as bytes.
func instructions(words []uint32) []byte {
	var text []byte
	for _, word := range words {
		text = binary.LittleEndian.AppendUint32(text, word)
	}
	return text
}

const (
	headers = 64 + 56
	base    = 0x400000
	// align suits kernels with pages of up to 64 KiB.
	align = 0x10000
)

// ELF is the program as an executable: one header, one segment, code.
func ELF(arch string, p Program) ([]byte, error) {
	id, ok := machine[arch]
	text := code(arch, p)
	if !ok || text == nil {
		return nil, fmt.Errorf("no tiny program %q for %s", p, arch)
	}
	size := uint64(headers + len(text))
	le := binary.LittleEndian
	b := append([]byte("\x7fELF\x02\x01\x01"), make([]byte, 9)...)
	b = le.AppendUint16(b, 2) // executable
	b = le.AppendUint16(b, id)
	b = le.AppendUint32(b, 1)
	b = le.AppendUint64(b, base+headers) // entry
	b = le.AppendUint64(b, 64)           // program headers
	b = le.AppendUint64(b, 0)            // no sections
	b = le.AppendUint32(b, 0)
	for _, n := range []uint16{64, 56, 1, 0, 0, 0} {
		b = le.AppendUint16(b, n)
	}
	b = le.AppendUint32(b, 1) // loaded segment
	b = le.AppendUint32(b, 5) // readable, executable
	for _, n := range []uint64{0, base, base, size, size, align} {
		b = le.AppendUint64(b, n)
	}
	return append(b, text...), nil
}
