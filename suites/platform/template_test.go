package platform

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestTemplates(t *testing.T) {
	v := Values{Prompt: "say \"hi\" <b>\n é", Session: "s-1", Milliseconds: 1500}
	tests := []struct{ name, text, want string }{
		{"in a string", `{"prompt":"{{prompt}}"}`, `{"prompt":"say \"hi\" <b>\n é"}`},
		{"within other text", `{"p":"[{{ session }}] {{prompt}}!"}`, `{"p":"[s-1] say \"hi\" <b>\n é!"}`},
		{"as a value", `{"p":{{prompt}},"s":{{session}}}`, `{"p":"say \"hi\" <b>\n é","s":"s-1"}`},
		{"times", `{"ms":{{milliseconds}},"s":{{seconds}},"text":"{{seconds}} s"}`, `{"ms":1500,"s":1.5,"text":"1.5 s"}`},
		{"after an escaped quote", `{"a":"\"{{prompt}}"}`, `{"a":"\"say \"hi\" <b>\n é"}`},
		{"braces of JSON", `{"a":{"b":{"c":"{{session}}"}}}`, `{"a":{"b":{"c":"s-1"}}}`},
		{"literal braces", `{"a":"\u007b\u007bname}}"}`, `{"a":"\u007b\u007bname}}"}`},
		{"single braces", `{"a":"{prompt}"}`, `{"a":"{prompt}"}`},
		{"none", `["x"]`, `["x"]`},
		{"milliseconds alone", `{"ms":{{milliseconds}}}`, `{"ms":1500}`},
		{"seconds alone", `{"s":"{{ seconds }}"}`, `{"s":"1.5"}`},
		{"a bare placeholder", `{{prompt}}`, `"say \"hi\" <b>\n é"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tpl, err := ParseTemplate(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			if got := string(tpl.Render(v)); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
			if tpl.HasPrompt() != strings.Contains(tt.text, "{{prompt") {
				t.Errorf("HasPrompt is %v", tpl.HasPrompt())
			}
			if tpl.HasDuration() != strings.Contains(tt.text, "seconds") {
				t.Errorf("HasDuration is %v", tpl.HasDuration())
			}
		})
	}
}

func TestTemplatesThatCannotWork(t *testing.T) {
	tests := []struct{ name, text, has string }{
		{"empty", ``, "not JSON"},
		{"not JSON", `prompt={{prompt}}`, "not JSON"},
		{"cut", `{"prompt":"{{prompt}}"`, "not JSON"},
		{"misspelled", `{"prompt":"{{promt}}"}`, "{{promt}} is no placeholder"},
		{"never closed", `{"prompt":"{{prompt"}`, "no placeholder"},
		{"two documents", `{} {}`, "not JSON"},
	}
	for _, tt := range tests {
		if _, err := ParseTemplate(tt.text); err == nil || !strings.Contains(err.Error(), tt.has) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want one line with %q", tt.name, err, tt.has)
		}
	}
}

func TestTheZeroTemplateIsEmpty(t *testing.T) {
	var tpl Template
	if tpl.HasPrompt() || len(tpl.Render(Values{Prompt: "x"})) != 0 {
		t.Error("the zero template renders something")
	}
}

func FuzzTemplate(f *testing.F) {
	f.Add(`{"prompt":"{{prompt}}","t":{{seconds}}}`, "a \"b\" \\ \n \x00 é")
	f.Add(`{"a":"\\{{prompt}}\""}`, "\xff")
	f.Add(`{{session}}`, "")
	f.Fuzz(func(t *testing.T, text, prompt string) {
		tpl, err := ParseTemplate(text)
		if err != nil {
			return
		}
		if out := tpl.Render(Values{Prompt: prompt, Session: prompt, Milliseconds: 7}); !json.Valid(out) {
			t.Errorf("template %q with %q renders %q, which is not JSON", text, prompt, out)
		}
	})
}

func TestTheLadderGoesFromCommonToRare(t *testing.T) {
	rungs := Ladder()
	if len(rungs) != 10 || rungs[0].Name != "prompt" || rungs[9].Name != "empty" {
		t.Fatalf("got %d rungs", len(rungs))
	}
	seen := map[string]bool{}
	for _, r := range rungs {
		body := string(r.Template.Render(Values{Prompt: "ping"}))
		if seen[r.Name] || seen[body] || !json.Valid([]byte(body)) {
			t.Errorf("%s renders %s", r.Name, body)
		}
		seen[r.Name], seen[body] = true, true
		if r.Template.HasPrompt() != strings.Contains(body, "ping") {
			t.Errorf("%s: HasPrompt is %v for %s", r.Name, r.Template.HasPrompt(), body)
		}
	}
	if !seen[`{"messages":[{"role":"user","content":[{"text":"ping"}]}]}`] || !seen[`{"input":{"prompt":"ping"}}`] {
		t.Error("a known shape is missing")
	}
}

func TestWithMember(t *testing.T) {
	for _, tt := range []struct{ body, want string }{
		{`{}`, `{"_x":true}`},
		{` { } `, ` {"_x":true}`},
		{`{"a":1}` + "\n", `{"a":1,"_x":true}`},
		{`{"a":{}}`, `{"a":{},"_x":true}`},
		{`[{}]`, `[{}]`},
		{`"{}"`, `"{}"`},
		{``, ``},
	} {
		if got := string(WithMember([]byte(tt.body), "_x", "true")); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.body, got, tt.want)
		}
	}
}

func TestPadJSON(t *testing.T) {
	body := []byte(`{"prompt":"x"}`)
	for _, size := range []int{100, 2 << 20} {
		got := PadJSON(body, size)
		if len(got) != size || !json.Valid(got) || !strings.HasPrefix(string(got), `{"prompt":"x",`) {
			t.Errorf("%d bytes asked, got %d: %.60s", size, len(got), got)
		}
	}
	if got := PadJSON(body, 16); !json.Valid(got) || len(got) < 16 {
		t.Errorf("no room for a member: %s", got)
	}
	for _, same := range []string{`{"prompt":"x"}`, `[1]`} {
		if got := PadJSON([]byte(same), 5); string(got) != same {
			t.Errorf("%s became %s", same, got)
		}
	}
	if got := PadJSON([]byte(`"text"`), 100); string(got) != `"text"` {
		t.Errorf("a body that is no object became %s", got)
	}
}
