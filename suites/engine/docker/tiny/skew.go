package tiny

import (
	"encoding/binary"
	"fmt"
	"time"
)

// skewNames are the functions that tell the wall clock, skewAt where each begins in the code of an architecture.
var (
	skewNames = [...]string{"clock_gettime", "gettimeofday", "time"}
	skewAt    = map[string][len(skewNames)]uint64{"amd64": {0, 0x23, 0x37}, "arm64": {0, 0x38, 0x54}}
)

// Skew is a shared object that is preloaded into programs (LD_PRELOAD) whose wall clock shall be off by so much, in whole
// seconds: clock_gettime of CLOCK_REALTIME and CLOCK_REALTIME_COARSE, gettimeofday and time. All other clocks are right. It
// needs no library, so that it goes with glibc and musl of any age; programs that ask the kernel themselves do not notice
// it, such as static ones and Go's.
func Skew(arch string, by time.Duration) ([]byte, error) {
	id, ok := machine[arch]
	if !ok {
		return nil, fmt.Errorf("no clock to preload for %s", arch)
	}
	text := skewAmd64
	if arch == "arm64" {
		text = instructions(skewArm64)
	}
	o := object{machine: id, name: "agentcore-conform-clock.so"}
	for i, name := range skewNames {
		o.functions = append(o.functions, function{name, skewAt[arch][i]})
	}
	o.text = binary.LittleEndian.AppendUint64(append([]byte(nil), text...), uint64(int64(by/time.Second)))
	return o.elf(), nil
}

// object is a shared object in the least form that dynamic loaders take.
type object struct {
	machine   uint16
	name      string
	functions []function
	text      []byte
}

// function is an exported one, by where it begins in the text.
type function struct {
	name string
	at   uint64
}

// Parts of ELF files, and what they are called there.
const (
	segments       = 4
	symbolSize     = 24
	loaded         = 1
	dynamic        = 2
	stack          = 0x6474e551
	readable       = 4
	writable       = 2
	executable     = 1
	dynamicHash    = 4
	dynamicStrings = 5
	dynamicSymbols = 6
	dynamicStrSize = 10
	dynamicSymSize = 11
	dynamicName    = 14
)

// elf lays out one segment of symbols and code and, as loaders write to it, one for the dynamic section. A stack header is
// there because loaders take its absence as the wish for an executable stack.
func (o object) elf() []byte {
	le := binary.LittleEndian
	strings, names := []byte{0}, []uint32{}
	for _, f := range append(o.functions, function{name: o.name}) {
		names = append(names, uint32(len(strings)))
		strings = append(append(strings, f.name...), 0)
	}
	symbolsAt := uint64(64 + segments*56)
	hashAt := symbolsAt + uint64(1+len(o.functions))*symbolSize
	stringsAt := hashAt + uint64(4*(3+1+len(o.functions)))
	textAt := (stringsAt + uint64(len(strings)) + 15) &^ 15
	dynamicAt := (textAt + uint64(len(o.text)) + 7) &^ 7

	b := o.header()
	b = segment(b, loaded, readable|executable, 0, 0, dynamicAt, align)
	dynamicSection := o.dynamic(symbolsAt, hashAt, stringsAt, uint64(len(strings)), uint64(names[len(o.functions)]))
	b = segment(b, loaded, readable|writable, dynamicAt, align+dynamicAt, uint64(len(dynamicSection)), align)
	b = segment(b, dynamic, readable|writable, dynamicAt, align+dynamicAt, uint64(len(dynamicSection)), 8)
	b = segment(b, stack, readable|writable, 0, 0, 0, 16)

	b = append(b, make([]byte, symbolSize)...)
	for i, f := range o.functions {
		b = le.AppendUint32(b, names[i])
		b = append(b, 0x12, 0) // a global function
		b = le.AppendUint16(b, 1)
		b = le.AppendUint64(le.AppendUint64(b, textAt+f.at), 0)
	}
	b = o.hash(b)
	b = append(b, strings...)
	b = append(b, make([]byte, textAt-uint64(len(b)))...)
	b = append(b, o.text...)
	b = append(b, make([]byte, dynamicAt-uint64(len(b)))...)
	return append(b, dynamicSection...)
}

func (o object) header() []byte {
	le := binary.LittleEndian
	b := append([]byte("\x7fELF\x02\x01\x01"), make([]byte, 9)...)
	b = le.AppendUint16(b, 3) // shared object
	b = le.AppendUint16(b, o.machine)
	b = le.AppendUint32(b, 1)
	for _, n := range []uint64{0, 64, 0} { // no entry, program headers, no sections
		b = le.AppendUint64(b, n)
	}
	b = le.AppendUint32(b, 0)
	for _, n := range []uint16{64, 56, segments, 0, 0, 0} {
		b = le.AppendUint16(b, n)
	}
	return b
}

// segment adds a program header.
func segment(b []byte, kind, flags uint32, offset, address, size, align uint64) []byte {
	le := binary.LittleEndian
	b = le.AppendUint32(le.AppendUint32(b, kind), flags)
	for _, n := range []uint64{offset, address, address, size, size, align} {
		b = le.AppendUint64(b, n)
	}
	return b
}

// hash adds a table of one bucket: a chain through all symbols, which needs no hashes.
func (o object) hash(b []byte) []byte {
	le, n := binary.LittleEndian, uint32(len(o.functions))
	for _, word := range []uint32{1, n + 1, 1, 0} {
		b = le.AppendUint32(b, word)
	}
	for i := uint32(1); i <= n; i++ {
		b = le.AppendUint32(b, (i+1)%(n+1))
	}
	return b
}

func (o object) dynamic(symbols, hash, strings, stringsSize, name uint64) []byte {
	var b []byte
	for _, n := range []uint64{
		dynamicName, name, dynamicHash, hash, dynamicStrings, strings, dynamicSymbols, symbols,
		dynamicStrSize, stringsSize, dynamicSymSize, symbolSize, 0, 0,
	} {
		b = binary.LittleEndian.AppendUint64(b, n)
	}
	return b
}
