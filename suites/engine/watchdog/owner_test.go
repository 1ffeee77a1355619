package watchdog

import (
	"os"
	"os/exec"
	"testing"
	"time"
)

func TestOwnerIsReadBack(t *testing.T) {
	self := Self()
	back, err := ParseOwner(self.String())
	if err != nil || back != self {
		t.Errorf("%+v became %+v, %v", self, back, err)
	}
	if self.Host == "." || self.PID != os.Getpid() {
		t.Errorf("%+v says too little", self)
	}
	for _, text := range []string{"", "a/b/c/d", "a/b/c/x/e", "a/b/c/-1/e", "a/b/c/0/e", "a/b/c/1/e/f"} {
		if o, err := ParseOwner(text); err == nil {
			t.Errorf("%q was read as %+v", text, o)
		}
	}
}

func TestOnlyTheProvablyDeadAreGone(t *testing.T) {
	dead := exec.Command("true")
	if err := dead.Run(); err != nil {
		t.Fatal(err)
	}
	self := Self()
	with := func(change func(*Owner)) Owner { o := self; change(&o); return o }
	cases := []struct {
		name  string
		owner Owner
		want  Gone
	}{
		{"this process", self, Unknown},
		{"a process that ended", with(func(o *Owner) { o.PID, o.Began = dead.Process.Pid, "1" }), Died},
		{"another with the same id", with(func(o *Owner) { o.Began = "1" }), Died},
		{"another machine", with(func(o *Owner) { o.Host, o.PID = "elsewhere", dead.Process.Pid }), Unknown},
		{"an earlier boot", with(func(o *Owner) { o.Boot = "earlier" }), Rebooted},
		{"another container on this kernel", with(func(o *Owner) { o.Space, o.PID = "4026530000", dead.Process.Pid }), Unknown},
	}
	for _, c := range cases {
		if c.name == "another with the same id" && self.Began == "" {
			continue
		}
		if got := c.owner.GoneFrom(self); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

func TestWhatIsAbandoned(t *testing.T) {
	self := Self()
	now := time.Now()
	dead := self
	dead.PID, dead.Began = 1<<22+1, "1"
	earlier := self
	earlier.Boot = "earlier"
	past, future := now.Add(-time.Minute).Format(time.RFC3339), now.Add(time.Minute).Format(time.RFC3339)
	labels := func(owner Owner, expires string) map[string]string {
		return map[string]string{LabelRun: "r", LabelOwner: owner.String(), LabelExpires: expires}
	}
	kept := labels(dead, past)
	kept[LabelKept] = "true"
	cases := []struct {
		name      string
		labels    map[string]string
		running   bool
		abandoned bool
	}{
		{"dead owner, expired", labels(dead, past), true, true},
		{"dead owner, not expired", labels(dead, future), true, false},
		{"living owner, expired", labels(self, past), true, false},
		{"earlier boot, still running", labels(earlier, past), true, false},
		{"earlier boot, not running", labels(earlier, past), false, true},
		{"kept", kept, false, false},
		{"no labels of ours", map[string]string{"com.example": "x"}, false, false},
		{"nonsense for a time", labels(dead, "soon"), false, false},
		{"nonsense for an owner", map[string]string{LabelOwner: "x", LabelExpires: past}, false, false},
	}
	for _, c := range cases {
		if got := (sweeper{self, now}).abandoned(c.labels, c.running); got != c.abandoned {
			t.Errorf("%s: %t", c.name, got)
		}
	}
}

func TestLabelsOfARun(t *testing.T) {
	labels := Labels("r1", false)
	if labels[LabelRun] != "r1" || labels[LabelKept] != "" {
		t.Errorf("%v", labels)
	}
	if expires, err := time.Parse(time.RFC3339, labels[LabelExpires]); err != nil || !expires.After(time.Now()) {
		t.Errorf("%v %v", labels, err)
	}
	if Labels("r1", true)[LabelKept] == "" {
		t.Error("kept containers are not marked")
	}
}

func TestMainNeedsARun(t *testing.T) {
	t.Setenv(envRun, "")
	if err := Main(); err == nil {
		t.Error("started by hand, it did something")
	}
}
