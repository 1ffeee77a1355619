package docker

import (
	"fmt"
	"io/fs"
	"strings"
	"syscall"
	"testing"
)

// mapping is how the kernel lists one.
func mapping(perms, file string, rss int) string {
	return fmt.Sprintf("7f1200000000-7f1240000000 %s 00000000 00:00 0 %s\nSize: 1048576 kB\nKernelPageSize: 4 kB\nRss: %17d kB\nPss: 9 kB\n", perms, file, rss)
}

const qemu = "                   /usr/bin/qemu-aarch64-static"

func TestTranslated(t *testing.T) {
	node := mapping("r-xp", qemu, 3196) + mapping("rwxp", "", 81928) + mapping("rw-p", "", 74448) + mapping("r--p", "/usr/local/bin/node", 45104)
	with := func(smaps ...string) fs.FS {
		out := newTable().process(10, 3, "11").process(11, 3, "")
		for i, s := range smaps {
			out.file(fmt.Sprintf("%d/smaps", 10+i), s)
		}
		return out
	}
	long := strings.Repeat(mapping("rw-p", "", 4), mostMappings/80)
	for _, c := range []struct {
		name string
		proc fs.FS
		want int64
	}{
		{"of all processes", with(node, node), 2 * 81928 << 10},
		{"one process has none", with(node, mapping("r-xp", "/agent", 9)), 81928 << 10},
		{"natively, though it writes programs of its own", with(mapping("r-xp", "/usr/bin/node", 9)+mapping("rwxp", "", 500), ""), -1},
		{"a program of its own from a file", with(node+mapping("rwxp", "/tmp/jit", 500), ""), 81928 << 10},
		{"an emulator that maps its code twice", with(mapping("r-xp", qemu, 3196)+mapping("rw-s", "/memfd:jit", 500), node), -1},
		{"a kernel that does not tell", with(), -1},
		{"of one of two", with(node), -1},
		{"one that may not be read", failing{with(node, node), map[string]error{"11/smaps": fs.ErrPermission}}, -1},
		{"one that goes meanwhile", failing{with(node, node), map[string]error{"11/smaps": syscall.ESRCH, "11": syscall.ESRCH}}, 81928 << 10},
		{"a number that is none", with(strings.ReplaceAll(node, "81928", "8192x"), ""), -1},
		{"longer than is read", with(node+long, ""), -1},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := int64(-1)
			if n := takeCensus(c.proc, 10).translated; n != nil {
				got = *n
			}
			if got != c.want {
				t.Errorf("%d, want %d", got, c.want)
			}
		})
	}
}

func FuzzMappings(f *testing.F) {
	f.Add(mapping("r-xp", qemu, 3196) + mapping("rwxp", "", 81928))
	f.Add("Rss: 4 kB\n" + mapping("rwxp", "/qemu-", 1))
	f.Fuzz(func(t *testing.T, text string) {
		size, emulated, err := sumTranslated(strings.NewReader(text))
		if size < 0 || size > 0 && (!emulated || err != nil) {
			t.Errorf("%d bytes, emulated %v, %v", size, emulated, err)
		}
	})
}
