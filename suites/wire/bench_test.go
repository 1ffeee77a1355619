//go:build unix

package wire

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

const (
	streams       = 200
	eventsASecond = 100
	streamSeconds = 3
)

// streamServer makes this test binary serve paced event streams in a process of its own, so that what the benchmark
// measures is the client alone.
const streamServer = "AGENTCORE_CONFORM_STREAM_SERVER"

func TestMain(m *testing.M) {
	if os.Getenv(streamServer) != "" {
		serveStreams()
		return
	}
	os.Exit(m.Run())
}

// serveStreams prints its address and serves until its standard input ends.
func serveStreams() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(l.Addr())
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go streamTokens(c)
		}
	}()
	_, _ = io.Copy(io.Discard, os.Stdin)
}

func streamTokens(c net.Conn) {
	defer func() { _ = c.Close() }()
	if _, _, err := readRequest(bufio.NewReader(c)); err != nil {
		return
	}
	_, err := io.WriteString(c, "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
	begin := time.Now()
	for i := 0; i < eventsASecond*streamSeconds && err == nil; i++ {
		time.Sleep(time.Until(begin.Add(time.Duration(i) * time.Second / eventsASecond)))
		event := fmt.Sprintf("data: {\"delta\":{\"text\":\"token %06d\"}}\n\n", i)
		_, err = fmt.Fprintf(c, "%x\r\n%s\r\n", len(event), event)
	}
	_, _ = io.WriteString(c, "0\r\n\r\n")
}

// BenchmarkStreams reads 200 streams of 100 events a second and reports what that costs: the share of one core, the
// CPU time per event, the memory per open stream, and how many times the CPU time of a loop that reads the same
// connections and throws all away, which is what does not depend on the machine.
func BenchmarkStreams(b *testing.B) {
	dial := dialTo(startStreamServer(b))
	client := New(dial, time.Now())
	for b.Loop() {
		bare, _ := readStreams(b, func() int { return discard(b, dial) })
		cost, perStream := readStreams(b, func() int {
			x, _ := client.Do(b.Context(), invocation("{}"))
			return x.Events.Count
		})
		b.ReportMetric(cost.Seconds()/streamSeconds, "cores")
		b.ReportMetric(float64(cost.Microseconds())/(streams*eventsASecond*streamSeconds), "µs/event")
		b.ReportMetric(perStream, "B/stream")
		b.ReportMetric(cost.Seconds()/bare.Seconds(), "×bare")
		b.ReportMetric(0, "ns/op")
	}
}

// readStreams has read, which returns the number of events, read all streams at once. It returns the CPU time that took
// and the memory in use per stream half way through.
func readStreams(b *testing.B, read func() int) (cpu time.Duration, perStream float64) {
	before, spent := memory(), cpuTime()
	var all sync.WaitGroup
	counts := make([]int, streams)
	for i := range streams {
		all.Go(func() { counts[i] = read() })
	}
	time.Sleep(streamSeconds * time.Second / 2)
	during := memory()
	all.Wait()
	cpu = cpuTime() - spent
	for i, n := range counts {
		if n != eventsASecond*streamSeconds {
			b.Errorf("stream %d: %d events read, want %d", i, n, eventsASecond*streamSeconds)
		}
	}
	return cpu, (during - before) / streams
}

// discard reads a stream to its end and says that all events were there.
func discard(b *testing.B, dial Dialer) int {
	c, err := dial(b.Context())
	if err != nil {
		return 0
	}
	defer func() { _ = c.Close() }()
	r := invocation("{}")
	_, _ = c.Write(append(r.head(), r.payload()...))
	if n, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{c}, make([]byte, readSize)); n == 0 || err != nil {
		return 0
	}
	return eventsASecond * streamSeconds
}

func startStreamServer(b *testing.B) string {
	server := exec.Command(os.Args[0], "-test.run=^$")
	server.Env = append(os.Environ(), streamServer+"=1")
	stdin, _ := server.StdinPipe()
	stdout, err := server.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := server.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = stdin.Close()
		_ = server.Wait()
	})
	address, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return strings.TrimSpace(address)
}

// memory returns the bytes in use on heap and stacks.
func memory() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapInuse + m.StackInuse)
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

const (
	stallEvery = 3 * time.Second
	stallFor   = 300 * time.Millisecond
)

// BenchmarkPingAgainstVegeta measures a server that stalls 300 ms in every 3 s, in turns with vegeta. The medians of the
// 99th percentiles must lie within 10 %: a closed loop would report a tenth of a millisecond.
func BenchmarkPingAgainstVegeta(b *testing.B) {
	begin := time.Now()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if into := time.Since(begin) % stallEvery; into < stallFor {
			time.Sleep(stallFor - into)
		}
		_, _ = io.WriteString(w, `{"status":"Healthy"}`)
	}))
	defer server.Close()
	dial := dialTo(server.Listener.Addr().String())
	for b.Loop() {
		var ours, theirs []float64
		for range 5 {
			ours = append(ours, float64(oursP99(b.Context(), dial)))
			theirs = append(theirs, vegetaP99(server.URL))
		}
		slices.Sort(ours)
		slices.Sort(theirs)
		ratio := ours[2] / theirs[2]
		if ratio < 0.9 || ratio > 1.1 {
			b.Errorf("median p99 %.1f ms, vegeta %.1f ms", ours[2], theirs[2])
		}
		b.ReportMetric(ours[2], "p99-ms")
		b.ReportMetric(theirs[2], "vegeta-p99-ms")
		b.ReportMetric(ratio, "ratio")
		b.ReportMetric(0, "ns/op")
	}
}

const pingsASecond = 100

func oursP99(ctx context.Context, dial Dialer) record.Millis {
	every := time.Second / pingsASecond
	return record.LatencyOf(pinger(dial).Series(ctx, int(stallEvery/every), every)).P99
}

func vegetaP99(url string) float64 {
	target := vegeta.NewStaticTargeter(vegeta.Target{Method: "GET", URL: url + "/ping"})
	var m vegeta.Metrics
	for r := range vegeta.NewAttacker().Attack(target, vegeta.ConstantPacer{Freq: pingsASecond, Per: time.Second}, stallEvery, "") {
		m.Add(r)
	}
	m.Close()
	return float64(m.Latencies.P99) / float64(time.Millisecond)
}
