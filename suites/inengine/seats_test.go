package inengine

import (
	"fmt"
	"os"
	"strconv"
	"sync"
	"testing"
)

// usual is how many seats there are where CONFORM_SEATS does not say.
const usual = 2 * full

// full and heavy are the seats of a full gate, and of an image of a runtime that is slow to start under emulation.
const full, heavy = 2, 2

// room bounds how many images are played at a time: nearly all of the time is planned waiting. What computes more takes more
// seats. Whoever asked first is seated first, whereas go test starts parallel tests in no order.
type room struct {
	mu     sync.Mutex
	seats  int
	free   int
	ticket int
	line   []*guest
}

// guest waits for seats.
type guest struct {
	ticket, many int
	seated       chan struct{}
}

// places is the room of everything here.
var places = sync.OnceValues(func() (*room, error) {
	n := usual
	if said := os.Getenv("CONFORM_SEATS"); said != "" {
		var err error
		if n, err = strconv.Atoi(said); err != nil || n < 1 {
			return nil, fmt.Errorf("CONFORM_SEATS=%s is no number of images", said)
		}
	}
	return &room{seats: n, free: n}, nil
})

// take has a test run beside others once there are so many seats. The returned function gives them back and waits until
// those who asked before are done, for half of the room: one processor of two.
func take(t *testing.T, many int) (apart func()) {
	t.Helper()
	r, err := places()
	if err != nil {
		t.Fatal(err)
	}
	g := r.ask(many)
	t.Parallel()
	r.wait(g)
	t.Cleanup(func() { r.leave(g) })
	return func() {
		r.leave(g)
		g = r.ask((r.seats + 1) / 2)
		r.wait(g)
	}
}

func (r *room) ask(many int) *guest {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ticket++
	return &guest{r.ticket, min(many, r.seats), make(chan struct{})}
}

func (r *room) wait(g *guest) {
	r.mu.Lock()
	r.line = append(r.line, g)
	r.seat()
	r.mu.Unlock()
	<-g.seated
}

func (r *room) leave(g *guest) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.free += g.many
	r.seat()
}

// seat seats those in line by their tickets until one finds too little room.
func (r *room) seat() {
	for len(r.line) > 0 {
		i := first(r.line)
		g := r.line[i]
		if g.many > r.free {
			return
		}
		r.free -= g.many
		r.line = append(r.line[:i], r.line[i+1:]...)
		close(g.seated)
	}
}

func first(line []*guest) int {
	at := 0
	for i, g := range line {
		if g.ticket < line[at].ticket {
			at = i
		}
	}
	return at
}
