package facts

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"errors"
	"io"
	"strings"
)

// headSize is how much of a program file is looked at. It covers the program headers of what linkers write.
const headSize = 64 << 10

// shebangSize is how much of a script's first line the kernel reads.
const shebangSize = 256

// head is what the first bytes of a program file say about how it is run.
type head struct {
	// machine is set for ELF files, with the loader they name, if any.
	elf     bool
	machine elf.Machine
	loader  string
	// program says that the ELF file is an executable or a shared object, not an object file or a dump.
	program bool
	// shebang is the first line of a script without "#!", up to the line feed.
	script  bool
	shebang string
	// marked says that a byte-order mark stands before the "#!" of a script.
	marked bool
}

// readHead reads what the kernel would look at. Broken ELF files are neither ELF nor script: no kernel runs them.
func readHead(r io.Reader, buf []byte) (*head, error) {
	n, err := io.ReadFull(r, buf[:shebangSize])
	if !ended(err) {
		return nil, err
	}
	b := buf[:n]
	if rest, ok := bytes.CutPrefix(b, []byte("#!")); ok {
		line, _, _ := bytes.Cut(rest, []byte("\n"))
		return &head{script: true, shebang: string(line)}, nil
	}
	if !bytes.HasPrefix(b, []byte(elf.ELFMAG)) {
		return &head{marked: bytes.HasPrefix(b, []byte("\xef\xbb\xbf#!"))}, nil
	}
	m, err := io.ReadFull(r, buf[n:headSize])
	if !ended(err) {
		return nil, err
	}
	return elfHead(buf[:n+m]), nil
}

// elfHead reads the machine and the PT_INTERP entry. A loader that lies beyond the bytes at hand stays unknown, which
// means that its presence is not judged.
func elfHead(b []byte) *head {
	if len(b) < 64 {
		return &head{}
	}
	order, wide, ok := elfForm(b)
	if !ok {
		return &head{}
	}
	h := &head{elf: true, machine: elf.Machine(order.Uint16(b[18:]))}
	kind := elf.Type(order.Uint16(b[16:]))
	h.program = kind == elf.ET_EXEC || kind == elf.ET_DYN
	off, size, count := uint64(order.Uint32(b[28:])), order.Uint16(b[42:]), order.Uint16(b[44:])
	if wide {
		off, size, count = order.Uint64(b[32:]), order.Uint16(b[54:]), order.Uint16(b[56:])
	}
	for i := range uint64(count) {
		at := off + i*uint64(size)
		if at > uint64(len(b)) || uint64(len(b))-at < 56 {
			return h
		}
		if p := b[at:]; elf.ProgType(order.Uint32(p)) == elf.PT_INTERP {
			h.loader = interp(b, p, order, wide)
			return h
		}
	}
	return h
}

// ended reports that there was nothing wrong with a read but that the file is shorter.
func ended(err error) bool {
	return err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

func elfForm(b []byte) (order binary.ByteOrder, wide, ok bool) {
	switch elf.Data(b[elf.EI_DATA]) {
	case elf.ELFDATA2LSB:
		order = binary.LittleEndian
	case elf.ELFDATA2MSB:
		order = binary.BigEndian
	default:
		return nil, false, false
	}
	class := elf.Class(b[elf.EI_CLASS])
	return order, class == elf.ELFCLASS64, class == elf.ELFCLASS32 || class == elf.ELFCLASS64
}

func interp(b, p []byte, order binary.ByteOrder, wide bool) string {
	off, size := uint64(order.Uint32(p[4:])), uint64(order.Uint32(p[16:]))
	if wide {
		off, size = order.Uint64(p[8:]), order.Uint64(p[32:])
	}
	if off > uint64(len(b)) || size > uint64(len(b))-off || size > maxPath {
		return ""
	}
	name, _, _ := bytes.Cut(b[off:off+size], []byte{0})
	return string(name)
}

// interpreter splits a script's first line as the kernel does: the program, and all the rest as one argument.
func (h *head) interpreter() (program, argument string) {
	line := strings.Trim(h.shebang, " \t")
	i := strings.IndexAny(line, " \t")
	if i < 0 {
		return line, ""
	}
	return line[:i], strings.Trim(line[i:], " \t")
}
