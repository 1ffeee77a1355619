package dial

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// sshDialer runs the user's own ssh, with its keys and settings, and speaks to the engine over its stdio: the way of the
// docker command.
func (p Place) sshDialer() (func(context.Context) (stream, error), error) {
	u, err := url.Parse(p.Address)
	if err != nil {
		return nil, err
	}
	program, err := exec.LookPath("ssh")
	if err != nil {
		return nil, fmt.Errorf("an ssh engine needs the ssh program: %w", err)
	}
	args := sshArgs(u)
	return func(ctx context.Context) (stream, error) { return startSSH(exec.CommandContext(ctx, program, args...)) }, nil
}

func sshArgs(u *url.URL) []string {
	args := []string{"-o", "ConnectTimeout=20", "-T"}
	if u.User != nil {
		args = append(args, "-l", u.User.Username())
	}
	if u.Port() != "" {
		args = append(args, "-p", u.Port())
	}
	args = append(args, "--", u.Hostname(), "docker")
	if u.Path != "" && u.Path != "/" {
		args = append(args, "--host", "unix://"+u.Path)
	}
	return append(args, "system", "dial-stdio")
}

// sshStream is the stdio of one ssh process.
type sshStream struct {
	io.Reader
	stdin  io.WriteCloser
	cmd    *exec.Cmd
	stderr *tail
	end    sync.Once
	err    error
}

func startSSH(cmd *exec.Cmd) (stream, error) {
	s := &sshStream{cmd: cmd, stderr: &tail{}}
	cmd.Stderr = s.stderr
	cmd.WaitDelay = time.Second
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	s.stdin, s.Reader = stdin, stdout
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting ssh: %w", err)
	}
	return s, nil
}

func (s *sshStream) Write(b []byte) (int, error) { return s.stdin.Write(b) }
func (s *sshStream) CloseWrite() error           { return s.stdin.Close() }

// Close ends ssh. When ssh ended by itself with a complaint, that is the error.
func (s *sshStream) Close() error {
	s.end.Do(func() {
		_ = s.stdin.Close()
		killer := time.AfterFunc(time.Second, func() { _ = s.cmd.Process.Kill() })
		err := s.cmd.Wait()
		killer.Stop()
		if text := s.stderr.text(); err != nil && text != "" {
			s.err = errors.New("ssh: " + text)
		}
	})
	return s.err
}

// tail keeps the last bytes of ssh's complaints.
type tail struct {
	mu  sync.Mutex
	buf []byte
}

const tailBytes = 2048

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, b...)
	if over := len(t.buf) - tailBytes; over > 0 {
		t.buf = append(t.buf[:0], t.buf[over:]...)
	}
	return len(b), nil
}

func (t *tail) text() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := bytes.FieldsFunc(t.buf, func(r rune) bool { return r == '\n' || r == '\r' })
	return strings.TrimSpace(string(bytes.Join(lines, []byte("; "))))
}
