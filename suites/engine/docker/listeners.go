package docker

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/docker/tiny"
)

// tables are the kernel's lists of TCP sockets, of a process or of the reader itself.
var tables = []string{"net/tcp", "net/tcp6"}

// Listeners reads the listening sockets of the container's network namespace: from this machine's own process table
// where the container's process is there, else through a program that joins the namespace.
func (t *Target) Listeners(ctx context.Context) ([]record.Listener, error) {
	if text, ok := t.visibleTables(); ok {
		return parseListeners(text), nil
	}
	args := make([]string, len(tables))
	for i, table := range tables {
		args[i] = "/proc/" + table
	}
	end, err := t.e.runProgram(ctx, t.e.arch(), tiny.Cat, t.id, args...)
	if err != nil {
		return nil, fmt.Errorf("reading the listeners of container %s: %w", t.spec.Name, err)
	}
	if end.code != 0 || len(end.output) == 0 {
		return nil, fmt.Errorf("reading the listeners of container %s: the helper ended with %d: %s", t.spec.Name, end.code, oneLine(string(end.output)))
	}
	return parseListeners(end.output), nil
}

// visible reports that the process id which the engine named is, here and now, that of the container's first process. Who
// reads by that id asks before and afterwards.
func (t *Target) visible() bool { return t.pid > 0 && t.e.sameMachine() && belongs(t.pid, t.id) }

// visibleTables reads the tables under the process's id.
func (t *Target) visibleTables() ([]byte, bool) {
	if !t.visible() {
		return nil, false
	}
	var text []byte
	for i, table := range tables {
		part, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", t.pid, table))
		// A kernel without IPv6 has no second table.
		if err != nil && i == 0 {
			return nil, false
		}
		text = append(text, part...)
	}
	return text, t.visible()
}

// listening is the kernel's number for the state LISTEN.
const listening = "0A"

// engineResolver is where Docker answers name queries inside the container's own namespace: no listener of the image.
const engineResolver = "127.0.0.11"

// parseListeners picks the listening sockets out of one or more tables; the order is by port, then address.
func parseListeners(text []byte) []record.Listener {
	var found []record.Listener
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) < 4 || fields[3] != listening {
			continue
		}
		if l, ok := parseSocket(fields[1]); ok && l.Address != engineResolver && !slices.Contains(found, l) {
			found = append(found, l)
		}
	}
	slices.SortFunc(found, func(a, b record.Listener) int {
		if a.Port != b.Port {
			return a.Port - b.Port
		}
		return strings.Compare(a.Address, b.Address)
	})
	return found
}

// parseSocket reads ADDRESS:PORT as the kernel prints it: hexadecimal, the address in words of the machine's byte order,
// which is little-endian on all machines that AgentCore and this tool know.
func parseSocket(text string) (record.Listener, bool) {
	addressHex, portHex, _ := strings.Cut(text, ":")
	port, err := strconv.ParseUint(portHex, 16, 16)
	raw, hexErr := hex.DecodeString(addressHex)
	if err != nil || hexErr != nil || len(raw) != 4 && len(raw) != 16 {
		return record.Listener{}, false
	}
	for word := range slices.Chunk(raw, 4) {
		slices.Reverse(word)
	}
	address, _ := netip.AddrFromSlice(raw)
	return record.Listener{Address: address.Unmap().String(), Port: int(port)}, true
}
