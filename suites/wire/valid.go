package wire

import "unicode/utf8"

// utf8Check tells whether all that was written is UTF-8, wherever the pieces were cut.
type utf8Check struct {
	bad  bool
	tail [utf8.UTFMax]byte
	n    int
}

func (u *utf8Check) write(p []byte) {
	for u.n > 0 && len(p) > 0 {
		u.tail[u.n] = p[0]
		u.n++
		p = p[1:]
		if utf8.FullRune(u.tail[:u.n]) {
			u.bad = u.bad || !utf8.Valid(u.tail[:u.n])
			u.n = 0
		}
	}
	p = p[:len(p)-u.hold(p)]
	u.bad = u.bad || !utf8.Valid(p)
}

// hold keeps the beginning of a character at the end of p for later and returns its length.
func (u *utf8Check) hold(p []byte) int {
	for i := 1; i < utf8.UTFMax && i <= len(p); i++ {
		last := p[len(p)-i:]
		if !utf8.RuneStart(last[0]) {
			continue
		}
		if utf8.FullRune(last) {
			return 0
		}
		u.n = copy(u.tail[:], last)
		return i
	}
	return 0
}

func (u *utf8Check) valid() bool { return !u.bad && u.n == 0 }
