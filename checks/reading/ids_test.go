package reading

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

func TestIDs(t *testing.T) {
	const uuid, hex = "7F1D4C52-9a0b-4f3e-8c6d-5e2a1b0c9d88", "4bf92f3577b34da6a3ce929d0e0e4736"
	token := func(claims string) string {
		return "eyJhbGciOiJub25lIn0." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".c2lnbmF0dXJlLW9mLTc3"
	}
	tests := []struct{ name, text, want string }{
		{"UUID", "id " + uuid + ", they say", "7f1d4c529a0b4f3e8c6d5e2a1b0c9d88"},
		{"UUID with a prefix", "run-" + uuid, "7f1d4c529a0b4f3e8c6d5e2a1b0c9d88"},
		{"nil UUID", "00000000-0000-0000-0000-000000000000", ""},
		{"UUID without dashes", strings.ReplaceAll(uuid, "-", ""), "7f1d4c529a0b4f3e8c6d5e2a1b0c9d88"},
		{"hex", "chatcmpl-" + hex, hex},
		{"trace", "00-" + hex + "-00f067aa0ba902b7-01", hex + " 00f067aa0ba902b7"},
		{"X-Ray", "Root=1-67891233-abcdef012345678912345678;Sampled=1", "abcdef012345678912345678"},
		{"ULID", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "01arz3ndektsv4rrffq69g5fav"},
		{"random text", "req_011CSHoEeqs5C35K2UUqR7Fy", "req_011cshoeeqs5c35k2uuqr7fy"},
		{"random text of 22", "aB3dE5gH7jK9mN1pQ3rS5t", "ab3de5gh7jk9mn1pq3rs5t"},
		{"random text of 21", "aB3dE5gH7jK9mN1pQ3rS5", ""},
		{"random text with digits in two places", "aBcDeFgHiJk1LmNoPqRsT7uV", "abcdefghijk1lmnopqrst7uv"},
		{"random text of A", "A1bA2cA3dA4eA5fA6gA7hA8i", "a1ba2ca3da4ea5fa6ga7ha8i"},
		{"random text of Z", "Z1bZ2cZ3dZ4eZ5fZ6gZ7hZ8i", "z1bz2cz3dz4ez5fz6gz7hz8i"},
		{"random text of a", "a1Ba2Ca3Da4Ea5Fa6Ga7Ha8I", "a1ba2ca3da4ea5fa6ga7ha8i"},
		{"random text of z", "z1Bz2Cz3Dz4Ez5Fz6Gz7Hz8I", "z1bz2cz3dz4ez5fz6gz7hz8i"},
		{"random text of 0", "aB0cD0eF0gH0iJ0kL0mN0oP0", "ab0cd0ef0gh0ij0kl0mn0op0"},
		{"random text of 9", "aB9cD9eF9gH9iJ9kL9mN9oP9", "ab9cd9ef9gh9ij9kl9mn9op9"},
		{"hex after an underscore", "span_4bf92f3577b34da6", "4bf92f3577b34da6"},
		{"id of a token", "Bearer " + token(`{"jti":"a-17","iat":1}`), "a17"},
		{"token without an id", token(`{"iat":1}`), "c2lnbmf0dxjllw9mltc3"},
		{"unsigned token", "eyJhbGciOiJub25lIn0.eyJpYXQiOjF9MTIz.", ""},
		{"times", "20261130T122500Z 20261130122500123456 1790000000123456789", ""},
		{"digits of an id's length", "at 20261130122500123456789012", ""},
		{"capitals that alternate, and a number", "aBcDeFgHiJkLmNoPqRsT17uV", ""},
		{"capitals that alternate, without digits", "aB_cD_eF_gH_iJ_kL_mN_oP_qR", ""},
		{"host name of a container", "9f3c1a7b2d4e", ""},
		{"address", "<object at 0x0000ffff8c2b1d30>", ""},
		{"digest", "sha256:" + hex + hex + " sha256-" + hex, ""},
		{"counter", "0000000000000a1f", ""},
		{"marker of a prompt", "zq3y34qf6bgave0p7o", ""},
		{"model", "us.anthropic.claude-sonnet-4-20250514-v1:0", ""},
		{"names", "AgentCoreRuntime2SessionHandler3 X-Amzn-Bedrock-AgentCore-Runtime-Session-Id my_long_function_name_2", ""},
		{"picture", strings.Repeat("aB3dE5", 50), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, id := range IDs(&record.Exchange{Response: &record.Response{Body: tt.text}}) {
				got = append(got, id.Value)
			}
			if want := strings.Fields(tt.want); !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestPlacesOfIDs(t *testing.T) {
	const a, b = "4bf92f3577b34da6", "a3ce929d0e0e4736"
	response := &record.Response{Header: []record.Field{{Name: "X-Request-ID", Value: a}}, Body: `{"meta":{"ids":["` + b + `","` + b + `"]}}`}
	plain := &record.Exchange{Response: response}
	stream := &record.Exchange{Response: &record.Response{}, Events: &record.EventStream{
		Events: []record.Event{{ID: a, Data: `{"Id":"` + b + `"}`}, {ID: a, Data: "said " + b}}, Tail: []record.Event{{Data: `"` + a + `"`}},
	}}
	for name, tt := range map[string]struct{ got, want []ID }{
		"answer": {IDs(plain), []ID{{"header x-request-id", a}, {"body meta ids []", b}}},
		"stream": {IDs(stream), []ID{{"event id", a}, {"event id", b}, {"event", b}, {"event", a}}},
		"line":   {LineIDs("INFO 12:04 call-7 span=" + a), []ID{{"log INFO span", a}}},
		"JSON":   {LineIDs(`{"level":"INFO","span":"` + a + `"}`), []ID{{"log level INFO span span", a}}},
		"none":   {IDs(nil), nil},
	} {
		if !slices.Equal(tt.got, tt.want) {
			t.Errorf("%s: got %q, want %q", name, tt.got, tt.want)
		}
	}
}

func TestIDsAreBounded(t *testing.T) {
	many := strings.Repeat(`"4bf92f3577b34da6",`, 10)
	for i := range 200 {
		many += `"4bf92f3577b34da6` + strings.Repeat("a", i%30) + strings.Repeat("b", i/30) + `",`
	}
	x := &record.Exchange{Response: &record.Response{Body: "[" + strings.TrimSuffix(many, ",") + "]"}}
	if n := len(IDs(x)); n != maxIDs {
		t.Errorf("%d ids", n)
	}
	x.Response.Header, x.Response.Body = []record.Field{{Name: "Trace", Value: ids('a', 40)}}, ids('b', 40)
	if n := len(IDs(x)); n != 64 {
		t.Errorf("%d ids of two texts", n)
	}
	x.Response.Header, x.Response.Body = nil, strings.Repeat("aB3dE", 25)+"aB3"
	if n := len(IDs(x)); n != 1 {
		t.Errorf("%d ids in a word of 128", n)
	}
	if x.Response.Body += "d"; len(IDs(x)) != 0 {
		t.Error("an id in a word of 129")
	}
	for _, nest := range [][2]string{{"[", "]"}, {`{"a":`, "}"}} {
		for depth, want := range map[int]int{16: 1, 17: 0} {
			x.Response.Body = strings.Repeat(nest[0], depth) + `"4bf92f3577b34da6"` + strings.Repeat(nest[1], depth)
			if n := len(IDs(x)); n != want {
				t.Errorf("%d ids at depth %d of %s", n, depth, nest[0])
			}
		}
	}
	for size, want := range map[int]string{8192: "a17", 8193: "c2lnbmf0dxjllw9mltc3"} {
		x.Response.Body = tokenOf(size)
		if got := IDs(x); len(x.Response.Body) != size || len(got) != 1 || got[0].Value != want {
			t.Errorf("got %q from a token of %d", got, len(x.Response.Body))
		}
	}
	x.Response.Body = strings.Repeat("[", 40) + `"4bf92f3577b34da6"` + strings.Repeat("]", 40)
	if got := IDs(x); got != nil {
		t.Errorf("got %q from the depth", got)
	}
}

// ids are n different ones that begin with a letter.
func ids(letter rune, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%c%015d ", letter, 1e14+i)
	}
	return b.String()
}

// tokenOf is a JSON Web Token of that size.
func tokenOf(size int) string {
	const head, tail = "eyJhbGciOiJub25lIn0.", ".c2lnbmF0dXJlLW9mLTc3"
	claims := `{"jti":"a-17","for":"%s"}`
	room := base64.RawURLEncoding.DecodedLen(size-len(head)-len(tail)) - len(claims) + len("%s")
	return head + base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, claims, strings.Repeat("x", room))) + tail
}
