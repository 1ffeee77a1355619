package reports

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"reflect"
	"sort"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// redacted stands where a secret stood.
const redacted = "[redacted]"

// shortestSecret is the length in bytes below which a declared value is a word, not a secret.
const shortestSecret = 6

// Redact removes secrets from everything that came from or went to the container: evidence, bodies, headers, logs, curl
// lines and errors; and from what waivers and a project file say. Secrets are the values of declared variables, of which those shorter than 6 bytes are left alone,
// and whatever looks like a credential (credentials.go). The run and its records are changed in place; redacting twice
// changes nothing more. The harness's own words (verdicts, clauses, terms) are never touched, nor its dummy token, so
// that a redacted record is judged as before.
func Redact(run *Run, secrets []string) {
	r := &redactor{literal: literals(secrets), seen: map[visit]bool{}}
	if run.Image != nil {
		r.lines(run.Image.Entrypoint)
		r.lines(run.Image.Cmd)
	}
	if run.Environment != nil {
		run.Environment.Address = r.text(run.Environment.Address)
		r.lines(run.Environment.Notes)
	}
	for i := range run.Findings {
		f := &run.Findings[i]
		f.Expected, f.Actual = r.text(f.Expected), r.text(f.Actual)
		r.walk(reflect.ValueOf(&f.Evidence))
		r.walk(reflect.ValueOf(f.Waiver))
	}
	for _, told := range []any{&run.Waivers, run.Baseline, run.Declared} {
		r.walk(reflect.ValueOf(told))
	}
	r.walk(reflect.ValueOf(run.Records))
	r.lines(run.Errors)
}

type redactor struct {
	literal *strings.Replacer
	seen    map[visit]bool
}

// visit is a pointer that was followed. The type belongs to it: a struct and its first field share their address.
type visit struct {
	at uintptr
	of reflect.Type
}

// text redacts one string.
func (r *redactor) text(s string) string {
	if s == "" {
		return s
	}
	return withoutCredentials(r.literal.Replace(s))
}

// lines redacts lines that belong together: a private key goes on until its end.
func (r *redactor) lines(lines []string) {
	inKey := false
	for i, l := range lines {
		_, ended := keyEdges(l)
		if inKey {
			lines[i] = redacted
			inKey = !ended
			continue
		}
		begun, ended := keyEdges(l)
		lines[i] = r.text(l)
		inKey = begun && !ended
	}
}

// vocabulary names the fields that hold the harness's own words although their type is a plain string.
var vocabulary = map[reflect.Type][]string{
	reflect.TypeFor[record.Set]():             {"Schema", "Terms"},
	reflect.TypeFor[record.Image]():           {"Origin", "Digest", "IndexDigest", "ConfigDigest", "RegistryDigest", "MediaType", "OS", "Architecture", "Variant"},
	reflect.TypeFor[record.Child]():           {"Digest", "MediaType", "OS", "Architecture", "Variant"},
	reflect.TypeFor[record.Layer]():           {"Digest", "DiffID", "MediaType"},
	reflect.TypeFor[record.Program]():         {"Machine"},
	reflect.TypeFor[record.Step]():            {"Kind"},
	reflect.TypeFor[record.Package]():         {"Name", "Language"},
	reflect.TypeFor[record.State]():           {"StartedAt"},
	reflect.TypeFor[record.Boot]():            {"OtherProtocol"},
	reflect.TypeFor[record.Listener]():        {"Address"},
	reflect.TypeFor[record.Exchange]():        {"ID"},
	reflect.TypeFor[record.Request]():         {"Method"},
	reflect.TypeFor[record.Response]():        {"Proto", "Framing"},
	reflect.TypeFor[record.Stream]():          {"Asked"},
	reflect.TypeFor[record.Probe]():           {"Name"},
	reflect.TypeFor[record.DisconnectRound](): {"Phase"},
	reflect.TypeFor[record.SessionRound]():    {"Mode"},
	reflect.TypeFor[record.Turn]():            {"Marker", "Found"},
	reflect.TypeFor[record.ModelRequest]():    {"Provider", "API", "Proto", "Markers", "Last", "Script", "Fault"},
	reflect.TypeFor[record.ModelOperation]():  {"Provider", "API"},
	reflect.TypeFor[record.ModelFaultRound](): {"Fault"},
	reflect.TypeFor[record.ServiceCalls]():    {"Service", "Operation"},
	reflect.TypeFor[checks.Evidence]():        {"Kind"},
	reflect.TypeFor[checks.Waiving]():         {"ID", "Expires"},
	reflect.TypeFor[Waiver]():                 {"ID", "Expires"},
	reflect.TypeFor[Baseline]():               {"Schema", "Run", "Recorded", "Image", "Tool"},
	reflect.TypeFor[BaselineRow]():            {"ID", "Reason"},
	reflect.TypeFor[DeclaredSetting]():        {"Setting", "OverruledBy"},
}

// walk redacts every plain string that can be reached from v. Strings of a named type are enumerations and stay.
func (r *redactor) walk(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		here := visit{v.Pointer(), v.Type()}
		if !v.IsNil() && !r.seen[here] {
			r.seen[here] = true
			r.walk(v.Elem())
		}
	case reflect.Struct:
		r.walkStruct(v)
	case reflect.Slice:
		r.walkSlice(v)
	case reflect.Map:
		r.walkMap(v)
	case reflect.String:
		if v.Type() == reflect.TypeFor[string]() && v.CanSet() {
			v.SetString(r.text(v.String()))
		}
	}
}

func (r *redactor) walkStruct(v reflect.Value) {
	if f, ok := v.Addr().Interface().(*record.Field); ok {
		f.Value = r.field(*f)
		return
	}
	own := vocabulary[v.Type()]
	for i := range v.NumField() {
		if !contains(own, v.Type().Field(i).Name) {
			r.walk(v.Field(i))
		}
	}
}

func (r *redactor) walkSlice(v reflect.Value) {
	switch s := v.Interface().(type) {
	case []string:
		r.lines(s)
	case []byte:
		if len(s) > 0 {
			v.SetBytes([]byte(r.text(string(s))))
		}
	default:
		for i := range v.Len() {
			r.walk(v.Index(i))
		}
	}
}

func (r *redactor) walkMap(v reflect.Value) {
	for _, key := range v.MapKeys() {
		value := reflect.New(v.Type().Elem()).Elem()
		value.Set(v.MapIndex(key))
		r.walk(value)
		if name, ok := key.Interface().(string); ok && value.Kind() == reflect.String {
			value.SetString(namedValue(name, value.String()))
		}
		v.SetMapIndex(key, value)
	}
}

// field redacts a header's value; that of a credential header goes whatever it looks like.
func (r *redactor) field(f record.Field) string {
	return namedValue(f.Name, r.text(f.Value))
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// literals replaces declared values, in the spellings in which they come back: as they are, inside JSON, in a URL, in
// a shell line, in base64, cleaned, and line by line. The longest goes first, since one value may hold another.
func literals(secrets []string) *strings.Replacer {
	var spelt []string
	for _, s := range secrets {
		spelt = append(spelt, spellings(s)...)
		if lines := strings.Split(s, "\n"); len(lines) > 1 {
			for _, l := range lines {
				if !strings.HasPrefix(l, "-----") {
					spelt = append(spelt, spellings(strings.TrimSuffix(l, "\r"))...)
				}
			}
		}
	}
	sort.SliceStable(spelt, func(i, j int) bool { return len(spelt[i]) > len(spelt[j]) })
	var pairs []string
	for _, s := range spelt {
		pairs = append(pairs, s, redacted)
	}
	return strings.NewReplacer(pairs...)
}

func spellings(s string) []string {
	if len(s) < shortestSecret || strings.Contains(redacted, s) || strings.Contains(record.IdentityToken, s) {
		return nil
	}
	forms := []string{
		s, Clean(s), url.QueryEscape(s), url.PathEscape(s), strings.ReplaceAll(s, `'`, `'\''`),
		base64.StdEncoding.EncodeToString([]byte(s)), base64.RawURLEncoding.EncodeToString([]byte(s)),
	}
	if quoted, err := json.Marshal(s); err == nil {
		forms = append(forms, string(quoted[1:len(quoted)-1]))
	}
	var plain strings.Builder
	enc := json.NewEncoder(&plain)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err == nil {
		forms = append(forms, strings.Trim(strings.TrimSuffix(plain.String(), "\n"), `"`))
	}
	return forms
}
