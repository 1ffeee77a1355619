// Package platform is AgentCore's side of the conversation: the names it is known by, the header fields it sends, the
// payloads it passes on.
package platform

import (
	"crypto/rand"

	"github.com/google/uuid"
)

// CellHost is the Host that the platform was seen to send: an internal, cell-specific name (NET-04).
const CellHost = "cell01.us-east-1.prod.arp.kepler-analytics.aws.dev"

// NewSessionID returns a fresh session id as the platform generates them: a UUID, 36 characters (SES-02).
func NewSessionID() string { return uuid.NewString() }

// SessionIDOf returns a fresh session id of that length, 1 and up, of letters, digits and hyphens. Two of them differ
// early and late, so that an agent which cuts ids at either end mixes sessions up (SES-03).
func SessionIDOf(length int) string {
	id := randomText(length)
	for i := 8; i < length-8; i += 9 {
		id[i] = '-'
	}
	return string(id)
}

// NewMarker returns a distinctive random word of 18 lower-case letters and digits. All have the same length, so that
// none is part of another; nothing in it invites an agent to split, escape or change it, though tokens will (SES-06).
func NewMarker() string { return "zq" + string(randomText(16)) }

// randomText returns n random characters of a to z and 0 to 9.
func randomText(n int) []byte {
	const alphabet = "abcdefghijklmnopqrstuvwxyz0123456789"
	// fair is the largest multiple of the alphabet's size in a byte: above it the first letters would come more often.
	const fair = 256 - 256%len(alphabet)
	out := make([]byte, 0, n)
	for buf := make([]byte, 32); len(out) < n; {
		_, _ = rand.Read(buf) // never fails, says its documentation
		for _, b := range buf {
			if int(b) < fair && len(out) < n {
				out = append(out, alphabet[int(b)%len(alphabet)])
			}
		}
	}
	return out
}
