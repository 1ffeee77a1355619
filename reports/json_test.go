package reports

import (
	"bytes"
	"encoding/json"
	"io"
	"reflect"
	"sort"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// TestSchemaIsCurrent fails when a type of the report or of the records changed and the schema did not.
func TestSchemaIsCurrent(t *testing.T) {
	compare(t, "schema/report-v1.json", generateSchema(t, reflect.TypeFor[Run](), "urn:agentcore-conform:report:v1", "agentcore-conform report, version 1"))
}

// compiled is the schema of a whole report, or of the part that fragment names.
func compiled(t *testing.T, fragment string) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(JSONSchema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	if err := c.AddResource("report.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("report.json" + fragment)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func encoded(t *testing.T, run *Run) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := WriteJSON(&b, run); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func validates(t *testing.T, s *jsonschema.Schema, data []byte) error {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(doc)
}

func TestReportsFollowTheSchema(t *testing.T) {
	s := compiled(t, "")
	for _, sample := range samples {
		if err := validates(t, s, encoded(t, sample.run())); err != nil {
			t.Errorf("%s: %v", sample.name, err)
		}
	}
	full := new(Run)
	fill(reflect.ValueOf(full).Elem(), readSource(t, typeSources...), 12)
	full.Schema, full.Records.Schema, full.Baseline.Schema = Schema, record.Schema, BaselineSchema
	if err := validates(t, s, encoded(t, full)); err != nil {
		t.Errorf("a run with every field set: %v", err)
	}
	if err := validates(t, s, encoded(t, &Run{Schema: Schema, Verdict: Errored, Scope: Full, Records: &record.Set{Schema: record.Schema, Calls: &record.Calls{}, Overlap: &record.Overlap{}}})); err != nil {
		t.Errorf("a run with hardly any: %v", err)
	}
	records, err := json.Marshal(full.Records)
	if err != nil {
		t.Fatal(err)
	}
	if err := validates(t, compiled(t, "#/$defs/record.Set"), records); err != nil {
		t.Errorf("the records alone: %v", err)
	}
}

// fill sets every field that can be reached within depth steps to something; some types hold themselves.
func fill(v reflect.Value, s source, depth int) {
	if depth == 0 {
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), s, depth-1)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), s, depth-1)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0), s, depth-1)
		fill(v.Index(1), s, depth-1)
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key, s, depth-1)
		fill(value, s, depth-1)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.String:
		v.SetString("word")
		if c := s.constants[typeName(v.Type())]; len(c) > 0 {
			v.SetString(c[len(c)-1])
		}
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Float64:
		v.SetFloat(1.5)
	case reflect.Int, reflect.Int64:
		v.SetInt(3)
	case reflect.Uint16, reflect.Uint8:
		v.SetUint(7)
	}
}

func TestSchemaRefusesWhatIsNotOurs(t *testing.T) {
	s := compiled(t, "")
	good := encoded(t, oneOfEach())
	for name, change := range map[string][2]string{
		"an unknown member":          {`"verdict": "nonconformant"`, `"verdict": "nonconformant", "colour": "red"`},
		"an unknown verdict":         {`"verdict": "nonconformant"`, `"verdict": "fine"`},
		"another schema":             {`"schema": "agentcore-conform/report/v1"`, `"schema": "agentcore-conform/report/v2"`},
		"an unknown outcome":         {`"outcome": "waived"`, `"outcome": "forgiven"`},
		"text for a number":          {`"durationMs": 72345`, `"durationMs": "72345"`},
		"an unknown member of a row": {`"reason": "restamped"`, `"reason": "restamped", "because": 1`},
	} {
		bad := bytes.Replace(good, []byte(change[0]), []byte(change[1]), 1)
		if bytes.Equal(bad, good) {
			t.Fatalf("%s: the sample has no %s", name, change[0])
		}
		if validates(t, s, bad) == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

func TestJSONReadsBackAsItWas(t *testing.T) {
	for _, sample := range samples {
		run := sample.run()
		data := encoded(t, run)
		back, err := ReadRun(bytes.NewReader(data))
		if err != nil {
			t.Fatalf("%s: %v", sample.name, err)
		}
		if again := encoded(t, back); !bytes.Equal(again, data) {
			t.Errorf("%s differs after a round trip:\n%s", sample.name, firstDifference(again, data))
		}
		if back.Verdict != run.Verdict || len(back.Findings) != len(run.Findings) {
			t.Errorf("%s: verdict %s with %d findings came back as %s with %d", sample.name, run.Verdict, len(run.Findings), back.Verdict, len(back.Findings))
		}
	}
}

// TestJSONKeepsWhatTheContainerSaid: unlike the other writers it must not change the evidence that is judged again.
func TestJSONKeepsWhatTheContainerSaid(t *testing.T) {
	run := allPass()
	said := "\x00\x1b[2J\u202e\u009b\u2028\ufffe\U000e0041\x7f é \\ \" </script>"
	run.Records.Idle = &record.Idle{Poll: []record.Ping{{Body: said}}}
	back, err := ReadRun(bytes.NewReader(encoded(t, run)))
	if err != nil {
		t.Fatal(err)
	}
	if got := back.Records.Idle.Poll[0].Body; got != said {
		t.Errorf("%q came back as %q", said, got)
	}
}

func TestReadRunSaysWhatItWasGiven(t *testing.T) {
	for input, want := range map[string]string{
		`{"schema":"agentcore-conform/records/v1","terms":{}}`: "judge",
		`{"schema":"agentcore-conform/report/v9"}`:             `"agentcore-conform/report/v9", this version reads agentcore-conform/report/v1`,
		`{"runs":[]}`: "no schema member",
		`{"schema":"agentcore-conform/report/v1","idleReaper":{"costClass":"idle"}}`:             "idleReaper does not say",
		`{"schema":"agentcore-conform/report/v1","idleReaper":{"timeLines":[{"courses":[{}]}]}}`: "idleReaper does not say",
		`<testsuites/>`:                      "not a JSON report",
		``:                                   "not a JSON report",
		`{"schema":"` + "x\\u001b[2J" + `"}`: `\x1b[2J`,
		`{"schema":"agentcore-conform/report/v1","findings":7}`:                      "findings",
		`{"schema":"agentcore-conform/report/v1"} {}`:                                "not a JSON report",
		`[` + strings.Repeat(`[`, 20_000):                                            "not a JSON report",
		`{"schema":"agentcore-conform/report/v1","records":{"schema":{"deep":true}}`: "not a JSON report",
	} {
		_, err := ReadRun(strings.NewReader(input))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: error %v does not say %q", input, err, want)
		}
	}
}

func TestReadRunIsBounded(t *testing.T) {
	spaces := &endless{}
	if _, err := ReadRun(spaces); err == nil || !strings.Contains(err.Error(), "larger than 256 MiB") {
		t.Errorf("an endless file: %v", err)
	}
	if spaces.given > MaxReport+1<<20 {
		t.Errorf("%d bytes were read of an endless file", spaces.given)
	}
}

type endless struct{ given int }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	e.given += len(p)
	return len(p), nil
}

func TestReadRecordsTakesReportsAndRecords(t *testing.T) {
	set := &record.Set{Schema: record.Schema, Terms: record.Terms{Protocol: "HTTP", Port: 8080}}
	bare, err := json.Marshal(set)
	if err != nil {
		t.Fatal(err)
	}
	run := allPass()
	run.Records = set
	for name, data := range map[string][]byte{"records": bare, "report": encoded(t, run)} {
		got, err := ReadRecords(bytes.NewReader(data))
		if err != nil || got.Terms.Port != 8080 {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	for input, want := range map[string]string{
		`{"schema":"agentcore-conform/report/v1","records":null}`:                                "no records",
		`{"schema":"agentcore-conform/report/v1","records":{"schema":"other/v1"}}`:               `"other/v1"`,
		`{"schema":"agentcore-conform/records/v2"}`:                                              "this version reads",
		`{"schema":"agentcore-conform/records/v1","terms":{"port":"eighty"}}`:                    "port",
		`{"schema":"agentcore-conform/report/v1","records":{"schema":"agentcore-conform/records`: "not a JSON report",
	} {
		if _, err := ReadRecords(strings.NewReader(input)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v does not say %q", input, err, want)
		}
	}
}

func TestWriteErrorsAreReported(t *testing.T) {
	for _, f := range shown {
		if err := f.write(full{}, oneOfEach()); err == nil {
			t.Errorf("the %s writer does not notice a full disk", f.ending)
		}
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, io.ErrShortWrite }
