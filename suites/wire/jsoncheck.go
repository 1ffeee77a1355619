package wire

// jsonCheck tells whether all that was written is one JSON value (RFC 8259), without keeping it. Like encoding/json it
// gives up below 10,000 levels and leaves the encoding of strings to utf8Check.
type jsonCheck struct {
	state jsonState
	// nest holds an opening bracket per level.
	nest []byte
	// rest is what is left of true, false or null; hex how many digits of \u are missing.
	rest string
	hex  int
	// key says that the string being read is a member's name.
	key bool
}

type jsonState int

const (
	wantValue jsonState = iota
	wantValueOrEnd
	wantKey
	wantKeyOrEnd
	wantColon
	afterValue
	inString
	inEscape
	inHex
	inWord
	afterMinus
	afterZero
	inInteger
	afterPoint
	inFraction
	afterE
	afterESign
	inExponent
	notJSON
)

const maxJSONDepth = 10000

func (j *jsonCheck) write(p []byte) {
	for _, c := range p {
		if j.state == inString && c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		if j.state == notJSON {
			return
		}
		j.state = j.next(c)
	}
}

func (j *jsonCheck) valid() bool {
	switch j.state {
	case afterValue, afterZero, inInteger, inFraction, inExponent:
		return len(j.nest) == 0
	}
	return false
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }
func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func (j *jsonCheck) next(c byte) jsonState {
	switch {
	case j.state >= afterMinus:
		return j.number(c)
	case j.state >= inString:
		return j.text(c)
	case isSpace(c):
		return j.state
	}
	switch j.state {
	case wantValue:
		return j.value(c)
	case wantValueOrEnd:
		if c == ']' {
			return j.leave(c)
		}
		return j.value(c)
	case wantKey, wantKeyOrEnd:
		if c == '}' && j.state == wantKeyOrEnd {
			return j.leave(c)
		}
		j.key = true
		return when(c == '"', inString)
	case wantColon:
		return when(c == ':', wantValue)
	}
	return j.after(c)
}

func when(ok bool, s jsonState) jsonState {
	if ok {
		return s
	}
	return notJSON
}

func (j *jsonCheck) value(c byte) jsonState {
	switch c {
	case '{':
		return j.enter(c, wantKeyOrEnd)
	case '[':
		return j.enter(c, wantValueOrEnd)
	case '"':
		j.key = false
		return inString
	case '-':
		return afterMinus
	case '0':
		return afterZero
	case 't':
		return j.word("rue")
	case 'f':
		return j.word("alse")
	case 'n':
		return j.word("ull")
	}
	return when(isDigit(c), inInteger)
}

func (j *jsonCheck) enter(c byte, s jsonState) jsonState {
	j.nest = append(j.nest, c)
	return when(len(j.nest) <= maxJSONDepth, s)
}

func (j *jsonCheck) leave(c byte) jsonState {
	top := len(j.nest) - 1
	if top < 0 || j.nest[top] != c-2 {
		return notJSON
	}
	j.nest = j.nest[:top]
	return afterValue
}

func (j *jsonCheck) word(rest string) jsonState {
	j.rest = rest
	return inWord
}

func (j *jsonCheck) after(c byte) jsonState {
	switch {
	case isSpace(c):
		return afterValue
	case c == ']' || c == '}':
		return j.leave(c)
	case c != ',' || len(j.nest) == 0:
		return notJSON
	case j.nest[len(j.nest)-1] == '{':
		return wantKey
	}
	return wantValue
}

// text reads inside strings and the three words.
func (j *jsonCheck) text(c byte) jsonState {
	switch j.state {
	case inWord:
		if c != j.rest[0] {
			return notJSON
		}
		j.rest = j.rest[1:]
		if j.rest == "" {
			return afterValue
		}
		return inWord
	case inEscape:
		return j.escape(c)
	case inHex:
		j.hex--
		hex := isDigit(c) || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
		if j.hex == 0 {
			return when(hex, inString)
		}
		return when(hex, inHex)
	}
	switch {
	case c == '\\':
		return inEscape
	case c == '"' && j.key:
		return wantColon
	case c == '"':
		return afterValue
	}
	return when(c >= 0x20, inString)
}

func (j *jsonCheck) escape(c byte) jsonState {
	switch c {
	case 'u':
		j.hex = 4
		return inHex
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return inString
	}
	return notJSON
}

func (j *jsonCheck) number(c byte) jsonState {
	switch j.state {
	case notJSON:
		return notJSON
	case afterMinus:
		if c == '0' {
			return afterZero
		}
		return when(isDigit(c), inInteger)
	case afterPoint:
		return when(isDigit(c), inFraction)
	case afterE:
		if c == '+' || c == '-' {
			return afterESign
		}
		return when(isDigit(c), inExponent)
	case afterESign:
		return when(isDigit(c), inExponent)
	}
	switch {
	case isDigit(c) && j.state != afterZero:
		return j.state
	case c == '.' && (j.state == inInteger || j.state == afterZero):
		return afterPoint
	case (c == 'e' || c == 'E') && j.state != inExponent:
		return afterE
	}
	return j.after(c)
}

// isJSON reports whether the whole document is one JSON value.
func isJSON(doc []byte) bool {
	var j jsonCheck
	j.write(doc)
	return j.valid()
}
