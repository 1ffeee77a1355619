package scenario

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/engine"
	"github.com/agentcore-conform/agentcore-conform/suites/platform"
	"github.com/agentcore-conform/agentcore-conform/suites/wire"
)

// How long a start may take and how soon a hopeless one is called so: VERDICTS, "Never ready".
const (
	startLimit     = 120 * time.Second
	startLimitMost = 15 * time.Minute
	elsewhereAfter = 5 * time.Second
	badAnswerAfter = 10 * time.Second
	hungAfter      = 30 * time.Second
)

// Polling: slowly until something listens, then closely, so that readiness is noticed within 10 ms.
const (
	pollSlow  = 10 * time.Millisecond
	pollClose = 5 * time.Millisecond
	pollBad   = time.Second // a wrong answer for a second: close polls would themselves look like work (grant)
	lookEvery = 250 * time.Millisecond
	probeMost = 20 * time.Second
)

// StartLimit is the time a start may take: 120 s natively, stretched under emulation to at most 15 minutes.
func StartLimit(scale float64) time.Duration {
	if scale <= 1 {
		return startLimit
	}
	return min(time.Duration(float64(startLimit)*scale), startLimitMost)
}

// startLimit gives a container more time that comes up beside others: how much they slow it is not known, and that it was
// given up would be told as a fault of the image.
func (s *Stage) startLimit() time.Duration {
	limit := StartLimit(s.Terms.TimeScale)
	if s.Beside {
		return min(2*limit, startLimitMost)
	}
	return limit
}

// Boot waits until the target is ready, or until it is clear that it will not be, and says why.
func Boot(ctx context.Context, s *Stage) (*record.Boot, error) {
	w := &watch{stage: s, boot: &record.Boot{
		Epoch:       float64(s.Target.Epoch().UnixNano()) / 1e9,
		NativeLimit: millis(startLimit),
		Limit:       millis(s.startLimit()),
	}}
	if c, ok := s.Target.(interface{ CreateTook() time.Duration }); ok {
		w.boot.CreateTook = millis(c.CreateTook())
	}
	if c, ok := s.Target.(interface{ StartTook() time.Duration }); ok {
		w.boot.StartTook = millis(c.StartTook())
	}
	if err := w.untilReady(ctx); err != nil {
		return nil, err
	}
	if !w.boot.Ready {
		w.examine(ctx)
	}
	w.boot.Logs = s.Logs(ctx)
	st, err := s.State(ctx)
	if err != nil {
		return nil, err
	}
	w.boot.State = st
	return w.boot, nil
}

// CannotStart is the record of an image whose process the engine could not start.
func CannotStart(err *engine.StartError) *record.Boot {
	return &record.Boot{
		Epoch: float64(time.Now().UnixNano()) / 1e9, NativeLimit: millis(startLimit), Limit: millis(startLimit),
		Cause: record.CannotStart, Detail: err.Detail,
	}
}

// watch is one wait for readiness.
type watch struct {
	stage *Stage
	boot  *record.Boot

	looked      time.Time
	wrongSince  time.Time // a listener elsewhere, or on loopback, was first seen
	badSince    time.Time // the contract port first answered something that is not 200
	quietSince  time.Time // CPU last progressed
	quietCPU    record.Millis
	noCPU       bool
	connected   bool      // something accepts connections
	loadAt      time.Time // CPU was last compared
	loadCPU     record.Millis
	busy        bool
	hostAsked   time.Time
	hostSince   time.Time // the contract port first served localhost alone
	speechAsked time.Time
	speechSince time.Time // the contract port was first heard to speak TLS or HTTP/2
	lastOutcome record.Outcome
}

func (w *watch) untilReady(ctx context.Context) error {
	limit := time.NewTimer(time.Duration(float64(w.boot.Limit) * float64(time.Millisecond)))
	defer limit.Stop()
	for {
		if w.probe(ctx) {
			return nil
		}
		over, err := w.hopeless(ctx)
		if err != nil {
			return err
		}
		if over {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for the container to become ready: %w", ctx.Err())
		case <-limit.C:
			w.boot.Cause = record.TooSlow
			w.boot.Detail = fmt.Sprintf("still not ready after %.0f s", w.boot.Limit.Seconds())
			return nil
		case <-time.After(w.every()):
		}
	}
}

// leastTime stands for what came at once: 0 is what did not happen.
const leastTime = record.Millis(0.01)

func (w *watch) every() time.Duration {
	switch {
	case settled(w.badSince), settled(w.hostSince):
		return pollBad
	case w.connected:
		return pollClose
	}
	return pollSlow
}

// settled reports something that has been so for a second.
func settled(since time.Time) bool { return !since.IsZero() && time.Since(since) > time.Second }

// probe sends one health check and reports readiness.
func (w *watch) probe(ctx context.Context) bool {
	x, _ := w.stage.Client.Do(ctx, wire.Request{
		ID: "boot/ping", Method: "GET", Path: "/ping", Host: platform.CellHost, Timeout: min(w.stage.pingPatience(), probeMost),
	})
	w.lastOutcome = x.Outcome
	if x.Outcome != record.Refused && x.Outcome != record.Unsent {
		w.boot.Last, w.connected = &x, true
		if w.boot.FirstListen == 0 && x.Outcome != record.Reset {
			w.boot.FirstListen = max(x.At, leastTime)
		}
	}
	if x.Outcome == record.Answered && x.Status() == 200 {
		w.boot.Ready = true
		w.boot.ReadyAfter = w.stage.At()
		w.stage.bornBusy = busyBody(x.Response.Body)
		return true
	}
	if answersBadly(x) {
		if w.badSince.IsZero() {
			w.badSince = time.Now()
		}
	} else {
		w.badSince = time.Time{}
	}
	return false
}

// answersBadly tells a wrong answer from a connection that merely breaks: port proxies accept before anything listens.
func answersBadly(x record.Exchange) bool {
	return x.Reached() || x.Outcome == record.Garbled
}

// hopeless looks at the process now and then and reports that waiting is pointless.
func (w *watch) hopeless(ctx context.Context) (bool, error) {
	if !w.badSince.IsZero() && time.Since(w.badSince) > badAnswerAfter {
		w.boot.Cause = record.AnswersBadly
		if w.lastOutcome == record.Garbled {
			w.boot.Cause = record.NotHTTP
		}
		return true, nil
	}
	if time.Since(w.looked) < lookEvery {
		return false, nil
	}
	w.looked = time.Now()
	st, err := w.stage.State(ctx)
	if err != nil {
		return false, err
	}
	if !st.Running {
		w.boot.Cause = record.ProcessExited
		w.boot.Detail = exitText(st)
		return true, nil
	}
	w.grant(ctx)
	switch w.lastOutcome {
	case record.Answered:
		return false, nil
	case record.Refused, record.Reset:
		if w.listensWrong(ctx) {
			return true, nil
		}
	}
	if w.lastOutcome != record.Refused && (w.dropsHost(ctx) || w.otherSpeech(ctx)) {
		return true, nil
	}
	return w.hung(ctx), nil
}

// busyShare is the share of one core from which a container is at work: imports take all of one, idle servers a hundredth.
// It is a share of what a quota leaves of a core.
const busyShare = 0.1

// grant gives a container time as long as it computes: what runs beside the agent may listen before the agent has begun, and
// an agent that says 5xx while it loads may yet be healthy. One that has settled is given up after the usual time.
func (w *watch) grant(ctx context.Context) {
	loading := !w.badSince.IsZero() && w.boot.Last.Status() >= 500
	if w.wrongSince.IsZero() && !loading || !w.working(ctx) {
		return
	}
	if !w.wrongSince.IsZero() {
		w.wrongSince = time.Now()
	}
	if loading {
		w.badSince = time.Now()
	}
}

// working reports that the container computed lately. An engine that shows no CPU time cannot tell, and says no.
func (w *watch) working(ctx context.Context) bool {
	passed := time.Since(w.loadAt)
	if passed < time.Second {
		return w.busy
	}
	sample, err := w.stage.Target.Sample(ctx)
	least := busyShare * millis(passed) / record.Millis(max(w.stage.Terms.Throttled, 1))
	w.busy = err == nil && !w.loadAt.IsZero() && sample.CPU-w.loadCPU > least
	w.loadAt, w.loadCPU = time.Now(), sample.CPU
	return w.busy
}

func exitText(st record.State) string {
	text := fmt.Sprintf("the process exited with code %d after %.1f s", st.ExitCode, st.At.Seconds())
	if st.OOMKilled {
		text += ", killed for lack of memory"
	}
	return text
}

// localPatience is how long a health check with localhost may take that is sent because the platform's got no answer.
const localPatience = 2 * time.Second

// dropsHost reports that for ten seconds the contract port served localhost, and dropped what came with the platform's Host:
// a proxy without a server of that name, or a guard that says nothing. Port proxies that accept before anything listens
// drop both.
func (w *watch) dropsHost(ctx context.Context) bool {
	s := w.stage
	if time.Since(w.hostAsked) < time.Second {
		return false
	}
	local, _ := s.Client.Do(ctx, wire.Request{
		ID: s.id("boot/localhost"), Method: "GET", Path: "/ping", Host: s.localhost(), Timeout: min(s.scaled(localPatience), probeMost),
	})
	w.hostAsked = time.Now()
	if local.Outcome != record.Answered || local.Status() != 200 {
		w.hostSince = time.Time{}
		return false
	}
	if w.hostSince.IsZero() {
		w.hostSince = time.Now()
	}
	if time.Since(w.hostSince) < badAnswerAfter {
		return false
	}
	w.boot.Cause, w.boot.Localhost = record.DropsHost, &local
	w.boot.Detail = "GET /ping is answered with Host " + s.localhost() + " alone"
	return true
}

// otherSpeech reports that the contract port has spoken TLS or HTTP/2 alone for five seconds. A connection that merely
// breaks or stays silent proves nothing: port proxies accept before anything listens.
func (w *watch) otherSpeech(ctx context.Context) bool {
	if time.Since(w.speechAsked) < time.Second {
		return false
	}
	w.boot.TLS = wire.SpeaksTLS(ctx, w.stage.Target.Dial)
	w.boot.HTTP2Only = !w.boot.TLS && wire.SpeaksHTTP2(ctx, w.stage.Target.Dial)
	w.speechAsked = time.Now()
	if !w.boot.TLS && !w.boot.HTTP2Only {
		w.speechSince = time.Time{}
		return false
	}
	if w.speechSince.IsZero() {
		w.speechSince = time.Now()
	}
	if time.Since(w.speechSince) < elsewhereAfter {
		return false
	}
	w.boot.Cause, w.boot.Detail = record.NotHTTP, "the contract port does not speak plain HTTP/1.1"
	return true
}

// listensWrong reports that for five seconds something listened, but not where the platform connects.
func (w *watch) listensWrong(ctx context.Context) bool {
	ls, err := w.stage.Target.Listeners(ctx)
	if err != nil {
		return false
	}
	w.boot.Listeners, w.boot.ListenersKnown = ls, true
	if len(ls) == 0 {
		w.wrongSince = time.Time{}
		return false
	}
	cause := record.ListensElsewhere
	for _, l := range ls {
		if l.Port != w.stage.Terms.Port {
			continue
		}
		if !l.Loopback() {
			return false
		}
		cause = record.LoopbackOnly
	}
	if w.wrongSince.IsZero() {
		w.wrongSince = time.Now()
	}
	if time.Since(w.wrongSince) < elsewhereAfter {
		return false
	}
	w.boot.Cause, w.boot.Detail = cause, "listening on "+listenerText(ls)
	return true
}

func listenerText(ls []record.Listener) string {
	parts := make([]string, 0, len(ls))
	for _, l := range ls {
		parts = append(parts, fmt.Sprintf("%s:%d", l.Address, l.Port))
	}
	return strings.Join(parts, ", ")
}

// cpuProgress is the least CPU time within hungAfter that counts as progress.
const cpuProgress = record.Millis(20)

// hung reports that the process used no CPU for half a minute.
func (w *watch) hung(ctx context.Context) bool {
	if w.noCPU || !w.quietSince.IsZero() && time.Since(w.quietSince) < 2*time.Second {
		return false
	}
	sample, err := w.stage.Target.Sample(ctx)
	if err != nil {
		w.noCPU = errors.Is(err, engine.ErrUnsupported)
		return false
	}
	if w.quietSince.IsZero() || sample.CPU-w.quietCPU > cpuProgress {
		w.quietSince, w.quietCPU = time.Now(), sample.CPU
		return false
	}
	if time.Since(w.quietSince) < hungAfter {
		return false
	}
	w.boot.Cause = record.Hung
	w.boot.Detail = fmt.Sprintf("running without using any CPU for %.0f s", hungAfter.Seconds())
	return true
}
