//go:build unix

package docker

import "golang.org/x/sys/unix"

// freeDisk is the room left under the engine's data, -1 when the engine's files are not ours to see.
func (e *Engine) freeDisk() int64 {
	var s unix.Statfs_t
	if !e.sameMachine() || unix.Statfs(e.info.DockerRootDir, &s) != nil {
		return -1
	}
	return int64(s.Bavail) * int64(s.Bsize)
}
