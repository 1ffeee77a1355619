//go:build !unix

package docker

func (e *Engine) freeDisk() int64 { return -1 }
