package record

import "testing"

func TestColdStartIsSplitWhereItIsKnown(t *testing.T) {
	for _, c := range []struct {
		name                 string
		s                    ColdStart
		process, application Millis
	}{
		{"ready", ColdStart{Ready: true, FirstListen: 400, ReadyAfter: 900}, 400, 500},
		{"listening at once", ColdStart{Ready: true, FirstListen: 1, ReadyAfter: 900}, 1, 899},
		{"not seen listening", ColdStart{Ready: true, ReadyAfter: 900}, 0, 0},
		{"ready before it was seen listening", ColdStart{Ready: true, FirstListen: 900, ReadyAfter: 400}, 900, 0},
		{"never ready", ColdStart{FirstListen: 400, ReadyAfter: 900}, 0, 0},
	} {
		if c.s.Process() != c.process || c.s.Application() != c.application {
			t.Errorf("%s: process %v, application %v", c.name, c.s.Process(), c.s.Application())
		}
	}
}
