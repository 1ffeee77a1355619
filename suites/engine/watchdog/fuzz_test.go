package watchdog

import "testing"

// FuzzOwner: a label of an engine names an owner as it was written, or none; nobody is called dead for a label alone.
func FuzzOwner(f *testing.F) {
	for _, s := range []string{"host.id/boot/4026531836/77/1234", "////", "a/b/c/-1/d", "a/b/c/99999999999999999999/d", "", "a/b/c/1/d/e", Self().String()} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		o, err := ParseOwner(text)
		if err != nil {
			return
		}
		again, err := ParseOwner(o.String())
		if err != nil || again != o {
			t.Errorf("%q is %+v, and then %+v, %v", text, o, again, err)
		}
		if o.Host != Self().Host && o.GoneFrom(Self()) != Unknown {
			t.Errorf("%q of another machine is called gone", text)
		}
	})
}
