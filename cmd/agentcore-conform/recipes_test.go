package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/fixtures/replays"
	"github.com/agentcore-conform/agentcore-conform/reports"
)

// service stands in for what runs a recipe: a workspace, programs that only the service has, and a release to install.
// What a recipe boots was booted before: the program judges those records instead, so reports and exit codes are real.
type service struct {
	dir, bin string
	env      map[string]string
}

// theProgram is what a recipe finds in the release; $RECORDS is what a run of an image would have seen, and $MENDED that of
// an image whose tag is 2. What only a boot takes is left out.
const theProgram = `#!/bin/sh
echo "agentcore-conform $*" >>"$CALLS"
export ` + actAs + `=itself
case $1 in *:*) set -- run "$@" ;; esac
case $1 in
doctor) exit "${DOCTOR:-0}" ;;
run | inspect) command=$1 ;;
*) exec "$TEST_BINARY" "$@" ;;
esac
case $command$2 in inspect* | run*:2) RECORDS=$MENDED ;; esac
shift 2
left=$#
while [ "$left" -gt 0 ]; do
  word=$1
  shift
  left=$((left - 1))
  case $word in
  --payload | --slow-payload) shift; left=$((left - 1)) ;;
  *) set -- "$@" "$word" ;;
  esac
done
[ "$command" = run ] || set -- "$@" --only IMG
exec "$TEST_BINARY" judge "$RECORDS" "$@"
`

// theOthers are docker, sudo and the programs of services: they say how they were called, and take what is piped to them.
const theOthers = `#!/bin/sh
echo "$(basename "$0") $*" >>"$CALLS"
case "$(basename "$0") $*" in
"sudo "*) exec "$@" ;;
*--password-stdin*) cat >/dev/null ;;
*annotate*) cat >"$ANNOTATION" ;;
*get-login-password*) echo secret ;;
esac
`

func newService(t *testing.T) *service {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("recipes are scripts for a shell")
	}
	dir := t.TempDir()
	s := &service{dir: filepath.Join(dir, "work"), bin: filepath.Join(dir, "bin")}
	for _, d := range []string{s.dir, s.bin} {
		if err := os.Mkdir(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"docker", "sudo", "aws", "buildkite-agent"} {
		s.write(t, filepath.Join(s.bin, name), theOthers)
	}
	s.env = map[string]string{
		"PATH": s.bin + ":" + os.Getenv("PATH"), "HOME": dir, "TMPDIR": dir, "CALLS": filepath.Join(dir, "calls"),
		"TEST_BINARY": mustExecutable(t), "AGENTCORE_CONFORM_RELEASES": releaseServer(t), "ANNOTATION": filepath.Join(dir, "annotation"),
	}
	return s
}

// recorded has the service's images behave as in that replay.
func (s *service) recorded(t *testing.T, replay string) *service {
	t.Helper()
	seen, mended := recordsOf(t, replay), recordsOf(t, "images/reference")
	seen.Image = mended.Image // an agent that was played in this process has none
	s.env["RECORDS"], s.env["MENDED"] = s.keep(t, "records.json", seen), s.keep(t, "mended.json", mended)
	return s
}

// recordsOf are those of a replay, of an image that is called as in the tutorial.
func recordsOf(t *testing.T, replay string) *record.Set {
	t.Helper()
	r, err := replays.Load(replay)
	if err != nil {
		t.Fatal(err)
	}
	if r.Records.Image != nil {
		r.Records.Image.Reference = "tutorial/agent:1"
	}
	return r.Records
}

// keep writes records beside the workspace and returns the file.
func (s *service) keep(t *testing.T, name string, set *record.Set) string {
	t.Helper()
	data, err := json.Marshal(set)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(filepath.Dir(s.dir), name)
	s.write(t, file, string(data))
	return file
}

func (s *service) write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o755); err != nil {
		t.Fatal(err)
	}
}

func (s *service) read(path string) string {
	data, _ := os.ReadFile(filepath.Join(s.dir, path))
	return string(data)
}

// sh runs a script in the workspace and returns its exit code and what it said.
func (s *service) sh(t *testing.T, script string, shell ...string) (int, string) {
	t.Helper()
	file := filepath.Join(filepath.Dir(s.dir), "step.sh")
	s.write(t, file, script)
	cmd := exec.CommandContext(t.Context(), shell[0], append(shell[1:], file)...)
	cmd.Dir = s.dir
	for name, value := range s.env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

// releaseServer has a release of theProgram for this machine, with its checksums and the script that installs it.
func releaseServer(t *testing.T) string {
	t.Helper()
	archive := fmt.Sprintf("agentcore-conform_%s_%s.tar.gz", runtime.GOOS, runtime.GOARCH)
	packed := packedProgram(t)
	mux := http.NewServeMux()
	serve := func(from, name string, content []byte) {
		mux.HandleFunc("/releases/"+from+"/"+name, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(content) })
	}
	for _, from := range []string{"latest/download", "download/v1.2.3"} {
		serve(from, archive, packed)
		serve(from, "checksums.txt", fmt.Appendf(nil, "%x  %s\n%x  other.tar.gz\n", sha256.Sum256(packed), archive, sha256.Sum256(nil)))
		serve(from, "install.sh", []byte(document(t, "install.sh")))
	}
	serve("download/v6.6.6", archive, packed)
	serve("download/v6.6.6", "checksums.txt", fmt.Appendf(nil, "%x  %s\n", sha256.Sum256(nil), archive))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL + "/releases"
}

func packedProgram(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	zipped := gzip.NewWriter(&out)
	packed := tar.NewWriter(zipped)
	for name, content := range map[string]string{"agentcore-conform": theProgram, "README.md": "read me"} {
		err := packed.WriteHeader(&tar.Header{Name: name, Mode: 0o755, Size: int64(len(content))})
		if err == nil {
			_, err = packed.Write([]byte(content))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := packed.Close(); err != nil {
		t.Fatal(err)
	}
	if err := zipped.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestInstallScript(t *testing.T) {
	cases := []struct {
		version, arch string
		code          int
		says          string
	}{
		{"", "", 0, "agentcore-conform is in "},
		{"v1.2.3", "", 0, "add "},
		{"1.2.3", "", 3, "write it as v1.2.3"},
		{"v9.9.9", "", 3, "could not download"},
		{"v6.6.6", "", 3, "is not what the release's checksum says"},
		{"", "mips", 3, "no release for mips"},
	}
	for _, tt := range cases {
		t.Run(tt.version+tt.arch, func(t *testing.T) {
			s := newService(t)
			s.env["AGENTCORE_CONFORM_BINDIR"] = filepath.Join(s.dir, "in here")
			if tt.version != "" {
				s.env["AGENTCORE_CONFORM_VERSION"] = tt.version
			}
			if tt.arch != "" {
				s.write(t, filepath.Join(s.bin, "uname"), "#!/bin/sh\n[ $1 = -m ] && echo "+tt.arch+" || echo Linux\n")
			}
			code, said := s.sh(t, document(t, "install.sh"), "sh")
			if code != tt.code || !strings.Contains(said, tt.says) {
				t.Errorf("exit %d, want %d with %q: %s", code, tt.code, tt.says, said)
			}
			if installed := s.read("in here/agentcore-conform") == theProgram; installed != (tt.code == 0) {
				t.Errorf("installed: %t", installed)
			}
		})
	}
}

// ends are how a gate can end, each with the records of such a run.
var ends = []struct {
	replay  string
	code    int
	verdict reports.Verdict
}{
	{"images/reference", 0, reports.Conformant},
	{"mutants/blocked-ping", 1, reports.Nonconformant},
}

// fenced returns the code block of a page whose first line, a comment, names that file.
func fenced(t *testing.T, page, file string) string {
	t.Helper()
	for _, block := range regexp.MustCompile("(?ms)^```[a-z]+\n(.*?)^```").FindAllStringSubmatch(document(t, page), -1) {
		first, _, _ := strings.Cut(block[1], "\n")
		if strings.TrimLeft(first, "#/ ") == file {
			return block[1]
		}
	}
	t.Fatalf("%s has no block that begins with the name %s", page, file)
	return ""
}

// wrote checks that the reports of a recipe are there and of that verdict.
func (s *service) wrote(t *testing.T, junit, page, canonical string, verdict reports.Verdict) {
	t.Helper()
	var tests struct {
		Cases []struct {
			Failures []struct{} `xml:"failure"`
		} `xml:"testsuite>testcase"`
	}
	err := xml.Unmarshal([]byte(s.read(junit)), &tests)
	failed := 0
	for _, c := range tests.Cases {
		failed += len(c.Failures)
	}
	if err != nil || len(tests.Cases) == 0 || (failed > 0) != (verdict == reports.Nonconformant) {
		t.Errorf("%s: %v, %d cases, %d failed", junit, err, len(tests.Cases), failed)
	}
	if !strings.Contains(s.read(page), "<html") {
		t.Errorf("%s is no page: %.80q", page, s.read(page))
	}
	run, err := reports.ReadRun(strings.NewReader(s.read(canonical)))
	if err != nil || run.Verdict != verdict {
		t.Errorf("%s: %v, want %s", canonical, err, verdict)
	}
}

// called reports whether a program was called so.
func (s *service) called(words string) bool {
	data, _ := os.ReadFile(s.env["CALLS"])
	return strings.Contains(string(data), words)
}

// needFormats wants every format that a recipe names.
func needFormats(t *testing.T, names ...string) {
	t.Helper()
	for _, n := range names {
		if !slices.Contains(reports.Formats(), n) {
			t.Fatalf("the recipe names the report format %s, which does not exist", n)
		}
	}
}

// action is as much of action.yml as the tests run.
type action struct {
	Inputs map[string]struct {
		Description string
		Required    bool
		Default     *string
	}
	Outputs map[string]struct{ Description, Value string }
	Runs    struct{ Steps []actionStep }
}

type actionStep struct {
	ID, Run string
	Env     map[string]string
}

func theAction(t *testing.T) action {
	t.Helper()
	var a action
	if err := yaml.Unmarshal([]byte(document(t, "action.yml")), &a); err != nil {
		t.Fatal(err)
	}
	return a
}

var expression = regexp.MustCompile(`\$\{\{\s*([^}]+?)\s*\}\}`)

// play runs a step of the action as GitHub does, with the outputs and the path that steps hand on.
func (a action) play(t *testing.T, s *service, id string, inputs map[string]string) (int, string) {
	t.Helper()
	i := slices.IndexFunc(a.Runs.Steps, func(step actionStep) bool { return step.ID == id })
	if i < 0 {
		t.Fatalf("the action has no step %s", id)
	}
	step := a.Runs.Steps[i]
	known := map[string]string{"github.action_path": workingTree(t)}
	for name, in := range a.Inputs {
		value := ""
		if in.Default != nil {
			value = *in.Default
		}
		known["inputs."+name] = value
	}
	for name, value := range inputs {
		known["inputs."+name] = value
	}
	outer := maps.Clone(s.env)
	for name, value := range step.Env {
		s.env[name] = expression.ReplaceAllStringFunc(value, func(m string) string {
			v, ok := known[expression.FindStringSubmatch(m)[1]]
			if !ok {
				t.Fatalf("the step %s uses %s, which is not known", id, m)
			}
			return v
		})
	}
	if strings.Contains(step.Run, "${{") {
		t.Errorf("the step %s pastes an expression into its script, where it may be code", id)
	}
	code, said := s.sh(t, step.Run, "bash", "--noprofile", "--norc", "-eo", "pipefail")
	s.env = outer
	if added := s.read("path"); added != "" {
		s.env["PATH"] = strings.TrimSpace(added) + ":" + outer["PATH"]
	}
	return code, said
}

// workingTree is the root of this repository, where the action's checkout would be.
func workingTree(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// onGitHub is a runner between two jobs.
func onGitHub(t *testing.T) *service {
	t.Helper()
	s := newService(t)
	for name, file := range map[string]string{"GITHUB_STEP_SUMMARY": "summary.md", "GITHUB_OUTPUT": "output", "GITHUB_PATH": "path"} {
		s.env[name] = filepath.Join(s.dir, file)
	}
	s.env["RUNNER_TEMP"], s.env["RUNNER_ARCH"] = filepath.Dir(s.dir), "X64"
	return s
}

func TestActionOnGitHub(t *testing.T) {
	needFormats(t, "markdown", "annotations", "html", "sarif")
	a := theAction(t)
	for _, end := range ends {
		t.Run(string(end.verdict), func(t *testing.T) {
			s := onGitHub(t).recorded(t, end.replay)
			inputs := map[string]string{"image": "my-agent:1", "args": "--only 'IMG,PING,INV'"}
			if code, said := a.play(t, s, "install", inputs); code != 0 || !strings.Contains(said, "contract ") {
				t.Fatalf("install: exit %d, %s", code, said)
			}
			code, said := a.play(t, s, "run", inputs)
			verdict := end.verdict
			if verdict == reports.Conformant {
				verdict = reports.Passed // of a part
			}
			if want := fmt.Sprintf("exit-code=%d\nverdict=%s\n", end.code, verdict); code != end.code || s.read("output") != want {
				t.Errorf("exit %d, output %q: %s", code, s.read("output"), said)
			}
			if !strings.Contains(strings.ToLower(s.read("summary.md")), string(verdict)) {
				t.Errorf("the summary does not say it: %.300q", s.read("summary.md"))
			}
			if annotated := strings.Contains(said, "::error "); annotated != (end.code == 1) {
				t.Errorf("annotated: %t\n%s", annotated, said)
			}
			if !s.called("agentcore-conform run my-agent:1 --only IMG,PING,INV --report ") {
				t.Errorf("called with something else:\n%s", s.read("../calls"))
			}
			s.wrote(t, "conform-report/junit.xml", "conform-report/conform.html", "conform-report/conform.json", verdict)
			if !json.Valid([]byte(s.read("conform-report/conform.sarif"))) {
				t.Error("the SARIF report is not JSON")
			}
		})
	}
}

// TestActionHandsOnArguments: quoted as in a shell, and never run by one.
func TestActionHandsOnArguments(t *testing.T) {
	a := theAction(t)
	s := onGitHub(t)
	s.write(t, filepath.Join(s.bin, "agentcore-conform"), "#!/bin/sh\nprintf '<%s>' \"$@\" >arguments\nexit 2\n")
	inputs := map[string]string{"image": "a b", "formats": "junit curl", "report-dir": "out dir",
		"args": "--payload '{\"prompt\": \"{{prompt}}\"}'\n--env \"A=$(touch owned)\" --strict"}
	code, said := a.play(t, s, "run", inputs)
	want := `<run><a b><--payload><{"prompt": "{{prompt}}"}><--env><A=$(touch owned)><--strict><--report><json=out dir/conform.json>` +
		`<--report><markdown=out dir/conform.md><--report><annotations=out dir/annotations.txt><--report><junit=out dir/junit.xml>` +
		`<--report><curl=out dir/conform.sh>`
	if got := s.read("arguments"); got != want || code != 2 {
		t.Errorf("exit %d, %s\ngot  %s\nwant %s", code, said, got, want)
	}
	if got := s.read("output"); got != "exit-code=2\nverdict=\n" {
		t.Errorf("output %q", got)
	}
	if _, err := os.Stat(filepath.Join(s.dir, "owned")); err == nil {
		t.Error("an argument was run")
	}
}

func TestActionSetsUpEmulation(t *testing.T) {
	a := theAction(t)
	for _, tt := range []struct {
		args, doctor string
		fixes        bool
	}{{"", "3", true}, {"", "0", false}, {"--compute instances", "3", false}, {"--strict --endpoint=http://127.0.0.1:1", "3", false}} {
		s := onGitHub(t)
		s.env["DOCTOR"] = tt.doctor
		s.write(t, filepath.Join(s.bin, "agentcore-conform"), theProgram)
		code, _ := a.play(t, s, "emulation", map[string]string{"args": tt.args})
		if fixed := s.called("sudo ") && s.called("agentcore-conform doctor --fix"); fixed != tt.fixes || !tt.fixes && code != 0 {
			t.Errorf("%q: exit %d, fixed %t", tt.args, code, fixed)
		}
	}
}

// TestActionBuildsItsOwnSource: version source asks the Go of the runner.
func TestActionBuildsItsOwnSource(t *testing.T) {
	s := onGitHub(t)
	s.write(t, filepath.Join(s.bin, "go"), "#!/bin/sh\npwd >\"$HOME/built-in\"\ncp \"$HOME/bin/program\" \"$4\"\n")
	s.write(t, filepath.Join(s.bin, "program"), theProgram)
	code, said := theAction(t).play(t, s, "install", map[string]string{"version": "source"})
	if code != 0 || !strings.Contains(said, "contract ") || strings.TrimSpace(s.read("../built-in")) != workingTree(t) {
		t.Errorf("exit %d, built in %q: %s", code, s.read("../built-in"), said)
	}
}

// TestActionIsWhole: every input is used, described and documented; every output exists; the page uses no other.
func TestActionIsWhole(t *testing.T) {
	a := theAction(t)
	text, page := document(t, "action.yml"), document(t, "docs/recipes/github.md")
	for name, in := range a.Inputs {
		if in.Description == "" || in.Required == (in.Default != nil) || !strings.Contains(text, "inputs."+name) {
			t.Errorf("the input %s lacks a description, a default or a use", name)
		}
		if !strings.Contains(page, "| `"+name+"` |") {
			t.Errorf("the input %s is not on its page", name)
		}
	}
	for name, out := range a.Outputs {
		if out.Description == "" || !strings.Contains(page, "`"+name+"`") {
			t.Errorf("the output %s lacks a description, or is not on its page", name)
		}
	}
	for _, file := range []string{".github/workflows/conform.yml", ".github/workflows/conform-ecr.yml", ".github/workflows/conform-scanning.yml"} {
		var workflow struct {
			Jobs map[string]struct {
				Steps []struct {
					Uses string
					With map[string]string
				}
			}
		}
		if err := yaml.Unmarshal([]byte(fenced(t, "docs/recipes/github.md", file)), &workflow); err != nil {
			t.Fatal(err)
		}
		used := false
		for _, job := range workflow.Jobs {
			for _, step := range job.Steps {
				if !strings.HasPrefix(step.Uses, "agentcore-conform/") {
					continue
				}
				used = true
				for name := range step.With {
					if _, ok := a.Inputs[name]; !ok {
						t.Errorf("%s: the action has no input %s", file, name)
					}
				}
			}
		}
		if !used {
			t.Errorf("%s does not use the action", file)
		}
	}
}

func TestRecipeForGitLab(t *testing.T) {
	needFormats(t, "gitlab", "html")
	spec, job, inputs := component(t)
	for _, end := range ends {
		s := newService(t).recorded(t, end.replay)
		maps.Copy(s.env, map[string]string{"CI_REGISTRY": "registry.example.com", "CI_REGISTRY_USER": "u", "CI_REGISTRY_PASSWORD": "p", "DOCTOR": "3"})
		for name, value := range job.Variables {
			s.env[name] = strings.ReplaceAll(value, "$CI_PROJECT_DIR", s.dir)
		}
		code, said := s.sh(t, strings.Join(job.Script, "\n"), "sh", "-e")
		if code != end.code {
			t.Errorf("exit %d, want %d: %s", code, end.code, said)
		}
		s.wrote(t, job.Artifacts.Reports["junit"], "conform.html", "conform.json", end.verdict)
		if !json.Valid([]byte(s.read(job.Artifacts.Reports["codequality"]))) {
			t.Error("the code quality report is not JSON")
		}
		for _, call := range []string{"docker login -u u --password-stdin registry.example.com", "docker run --privileged", "agentcore-conform run my-agent:1 --report"} {
			if !s.called(call) {
				t.Errorf("%q was not called:\n%s", call, s.read("../calls"))
			}
		}
	}
	page := document(t, "docs/recipes/gitlab.md")
	for name := range spec {
		if !strings.Contains(page, "| `"+name+"` |") || !strings.Contains(inputs, "inputs."+name+" ") {
			t.Errorf("the input %s is not on its page, or not used", name)
		}
	}
}

// gitlabJob is as much of a job as the tests run.
type gitlabJob struct {
	Variables map[string]string
	Script    []string
	Artifacts struct{ Reports map[string]string }
	Retry     struct {
		ExitCodes []int `yaml:"exit_codes"`
	}
}

// component reads the template as GitLab does: the inputs first, then the job with them filled in.
func component(t *testing.T) (spec map[string]any, job gitlabJob, text string) {
	t.Helper()
	head, text, _ := strings.Cut(document(t, "templates/conform.yml"), "\n---\n")
	var header struct {
		Spec struct{ Inputs map[string]any }
	}
	if err := yaml.Unmarshal([]byte(head), &header); err != nil {
		t.Fatal(err)
	}
	values := map[string]string{"image": "my-agent:1", "args": "", "version": "latest", "stage": "test", "job-name": "conform", "tags": "[arm64]"}
	filled := regexp.MustCompile(`\$\[\[ inputs\.([a-z-]+) \]\]`).ReplaceAllStringFunc(text, func(m string) string {
		name := strings.TrimSuffix(strings.TrimPrefix(m, "$[[ inputs."), " ]]")
		if _, ok := header.Spec.Inputs[name]; !ok {
			t.Errorf("the input %s is used, but not declared", name)
		}
		return values[name]
	})
	var jobs map[string]gitlabJob
	if err := yaml.Unmarshal([]byte(filled), &jobs); err != nil {
		t.Fatal(err)
	}
	job, ok := jobs["conform"]
	if !ok || !slices.Equal(job.Retry.ExitCodes, []int{codeUntested}) {
		t.Fatalf("%+v", jobs)
	}
	return header.Spec.Inputs, job, text
}

func TestRecipeForJenkins(t *testing.T) {
	needFormats(t, "junit-strict", "html")
	file := fenced(t, "docs/recipes/jenkins.md", "Jenkinsfile")
	for _, end := range ends {
		s := newService(t).recorded(t, end.replay)
		maps.Copy(s.env, map[string]string{"IMAGE": "my-agent:7", "AGENTCORE_CONFORM_BINDIR": filepath.Join(s.dir, ".agentcore-conform")})
		steps := regexp.MustCompile(`(?s)sh '''(.*?)'''|sh '([^\n]*)'`).FindAllStringSubmatch(file, -1)
		if len(steps) != 2 {
			t.Fatalf("%d steps were found", len(steps))
		}
		code, said := 0, ""
		for _, step := range steps {
			// Groovy takes the backslash before the end of a line away, and with it the end of the line.
			script := strings.ReplaceAll(step[1]+step[2], "\\\n", "")
			if code, said = s.sh(t, script, "sh", "-xe"); code != 0 {
				break
			}
		}
		if code != end.code || !s.called("docker build -t my-agent:7 .") {
			t.Errorf("exit %d, want %d: %s", code, end.code, said)
		}
		s.wrote(t, "conform.xml", "conform.html", "conform.json", end.verdict)
	}
}

func TestRecipeForBuildkite(t *testing.T) {
	needFormats(t, "markdown", "html")
	var pipeline struct {
		Steps []struct {
			Env     map[string]string
			Command string
			Retry   struct {
				Automatic []struct {
					ExitStatus int `yaml:"exit_status"`
				}
			}
		}
	}
	if err := yaml.Unmarshal([]byte(fenced(t, "docs/recipes/buildkite.md", ".buildkite/pipeline.yml")), &pipeline); err != nil {
		t.Fatal(err)
	}
	step := pipeline.Steps[0]
	if step.Retry.Automatic[0].ExitStatus != codeUntested || regexp.MustCompile(`[^$]\$[^$]`).MatchString(step.Command) {
		t.Errorf("%+v", step)
	}
	for _, end := range ends {
		s := newService(t).recorded(t, end.replay)
		s.env["BUILDKITE_COMMIT"] = "abc"
		maps.Copy(s.env, step.Env)
		code, said := s.sh(t, strings.ReplaceAll(step.Command, "$$", "$"), "bash", "-e")
		style := map[int]string{0: "success", 1: "error"}[end.code]
		if code != end.code || !s.called("buildkite-agent annotate --context agentcore-conform --style "+style) {
			t.Errorf("exit %d, want %d: %s", code, end.code, said)
		}
		if !strings.Contains(strings.ToLower(s.read("../annotation")), string(end.verdict)) {
			t.Errorf("annotated with %.200q", s.read("../annotation"))
		}
		s.wrote(t, "conform.xml", "conform.html", "conform.json", end.verdict)
	}
}

func TestRecipeForCodeBuild(t *testing.T) {
	needFormats(t, "html")
	var spec struct {
		Env    struct{ Variables map[string]string }
		Phases map[string]struct{ Commands []string }
	}
	if err := yaml.Unmarshal([]byte(fenced(t, "docs/recipes/codebuild.md", "buildspec.yml")), &spec); err != nil {
		t.Fatal(err)
	}
	for _, end := range ends {
		s := newService(t).recorded(t, end.replay)
		maps.Copy(s.env, spec.Env.Variables)
		maps.Copy(s.env, map[string]string{"AWS_REGION": "us-east-1", "REPOSITORY": "1.dkr.ecr/my-agent", "CODEBUILD_RESOLVED_SOURCE_VERSION": "abc",
			"AGENTCORE_CONFORM_BINDIR": s.bin})
		// A command that fails ends its phase.
		code, said := s.sh(t, strings.Join(append(spec.Phases["pre_build"].Commands, spec.Phases["build"].Commands...), "\n"), "bash", "-e")
		if code != end.code || !s.called("docker login --username AWS --password-stdin 1.dkr.ecr/my-agent") {
			t.Errorf("exit %d, want %d: %s", code, end.code, said)
		}
		if pushed := s.called("docker push 1.dkr.ecr/my-agent:abc"); pushed != (end.code == 0) {
			t.Errorf("pushed: %t", pushed)
		}
		s.wrote(t, "conform.xml", "conform.html", "conform.json", end.verdict)
	}
}
