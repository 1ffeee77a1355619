package main

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// proven names, for each flag that the table of effects does not try, the test that sees what it does. The test's code
// must hold the flag, so that a row cannot outlive it.
var proven = map[string]string{
	"agentcore-conform --version":  "TestVersion",
	"agentcore-conform --config":   "TestConfigFlagNamesTheFile",
	"run --config":                 "TestConfigFlagNamesTheFile",
	"inspect --config":             "TestConfigFlagNamesTheFile",
	"certify --only":               "TestCertifySelects",
	"certify --out":                "TestCertifySelects",
	"certify --parallel":           "TestCertifyInParallel",
	"certify --engine":             "TestCatalogSettingsReachTheRun",
	"certify --quiet":              "TestCatalogIsTheRoot",
	"certify --color":              "TestCertifySelects",
	"judge --only":                 "TestJudge",
	"judge --skip":                 "TestJudgeShowsWhatIsAsked",
	"judge --strict":               "TestJudge",
	"judge --allow-partial":        "TestJudge",
	"judge --session-model":        "TestJudgeWithAnotherSessionModel",
	"judge --platform-version":     "TestJudgeForAnotherPlatformVersion",
	"judge --idle-timeout":         "TestJudgeWithOtherLifecycleSettings",
	"judge --max-lifetime":         "TestJudgeWithOtherLifecycleSettings",
	"judge --report":               "TestJudgeDraws",
	"judge --verbose":              "TestJudgeShowsWhatIsAsked",
	"judge --quiet":                "TestJudgeShowsWhatIsAsked",
	"judge --color":                "TestJudgeShowsWhatIsAsked",
	"judge --config":               "TestJudgeShowsWhatIsAsked",
	"init --from":                  "TestInitInAProjectOfSeveral",
	"init --force":                 "TestInitWritesOverNothingUnasked",
	"judge --waivers":              "TestWhatNoBaselineHolds",
	"judge --baseline":             "TestOnlyNewFindingsFail",
	"baseline --output":            "TestFixedFindingsAreListed",
	"diff --format":                "TestDiff",
	"diff --exit-code":             "TestDiff",
	"attest --key":                 "TestAttestationFiles",
	"attest --output":              "TestAttestationFiles",
	"attest --url":                 "TestAttestationFiles",
	"attest --keyless":             "TestServicesOfSigstoreThatCannotBeAsked",
	"attest --identity-token":      "TestKeylessFiles",
	"attest --fulcio-url":          "TestServicesOfSigstoreThatCannotBeAsked",
	"attest --rekor-url":           "TestServicesOfSigstoreThatCannotBeAsked",
	"attest --no-sign":             "TestWhatIsNotSigned",
	"attest --predicate-only":      "TestWhatIsNotSigned",
	"attest --insecure-registry":   "TestInsecureRegistry",
	"attest --config":              "TestInsecureRegistry",
	"verify --key":                 "TestAttestAndVerify",
	"verify --identity":            "TestKeylessRefusals",
	"verify --identity-regexp":     "TestKeylessRefusals",
	"verify --issuer":              "TestKeylessRefusals",
	"verify --trusted-root":        "TestKeylessRefusals",
	"verify --attestation":         "TestAttestationFiles",
	"verify --max-age":             "TestVerifyAsksForMore",
	"verify --contract":            "TestVerifyAsksForMore",
	"verify --min-version":         "TestVerifyAsksForMore",
	"verify --compute":             "TestVerifyAsksForMore",
	"verify --allow-waived":        "TestVerifyAsksForMore",
	"verify --quiet":               "TestAttestAndVerify",
	"verify --insecure-registry":   "TestInsecureRegistry",
	"verify --config":              "TestVerifyReadsTheConfigurationFile",
	"report --report":              "TestReportMakesEveryFormat",
	"report --verbose":             "TestReportShows",
	"report --quiet":               "TestReportMakesEveryFormat",
	"report --color":               "TestReportShows",
	"list --json":                  "TestListJSON",
	"list --coverage":              "TestCoverageText",
	"doctor --engine":              "TestDoctorFlags",
	"doctor --network":             "TestDoctorFlags",
	"doctor --compute":             "TestDoctorFlags",
	"doctor --fix":                 "TestDoctorFlags",
	"doctor --config":              "TestDoctorReadsTheConfiguration",
	"version --json":               "TestVersion",
	"bash --no-descriptions":       "TestCompletionWithoutDescriptions",
	"zsh --no-descriptions":        "TestCompletionWithoutDescriptions",
	"fish --no-descriptions":       "TestCompletionWithoutDescriptions",
	"powershell --no-descriptions": "TestCompletionWithoutDescriptions",
}

// TestEveryFlagIsProven: no option of any command parses and does nothing.
func TestEveryFlagIsProven(t *testing.T) {
	tests := testCode(t)
	left := maps.Clone(proven)
	root := newApp().rootCommand()
	root.InitDefaultVersionFlag()
	for _, cmd := range visible(root) {
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			name := cmd.Name() + " --" + f.Name
			test := proven[name]
			delete(left, name)
			switch {
			case f.Name == "help" || test == "" && inTable(cmd, f.Name):
			case test == "":
				t.Errorf("%s: no test sees what it does; add a row to effects or proven", name)
			case !holdsFlag(tests[test], f):
				t.Errorf("%s: %s does not set it", name, test)
			}
		})
	}
	for name := range left {
		t.Errorf("%s is proven, but is no flag", name)
	}
}

// visible lists the command and those that are shown below it.
func visible(cmd *cobra.Command) []*cobra.Command {
	out := []*cobra.Command{cmd}
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() {
			out = append(out, visible(sub)...)
		}
	}
	return out
}

func inTable(cmd *cobra.Command, flag string) bool {
	plays := !cmd.HasParent() || slices.Contains(playing, cmd.Name())
	return plays && slices.ContainsFunc(effects, func(e effect) bool { return e.flag == flag })
}

func holdsFlag(code string, f *pflag.Flag) bool {
	return strings.Contains(code, "--"+f.Name) || strings.Contains(code, `"`+f.Name+`"`) || f.Shorthand != "" && strings.Contains(code, `"-`+f.Shorthand+`"`)
}

// testCode is the text of each test of this package, by name.
func testCode(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, name, bytes.NewReader(text), 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok {
				out[f.Name.Name] = string(text[set.Position(f.Pos()).Offset:set.Position(f.End()).Offset])
			}
		}
	}
	return out
}

func TestEveryHelpHasAnExample(t *testing.T) {
	for _, cmd := range visible(newApp().rootCommand()) {
		args := append(strings.Fields(cmd.CommandPath())[1:], "--help")
		if c := newCall(t).run(args...); c.code != 0 || !strings.Contains(c.stdout, "Examples:\n  ") || !strings.Contains(c.stdout, "  "+firstWord(cmd.Example)) {
			t.Errorf("%v: exit %d, %q", args, c.code, c.stdout)
		}
	}
}

func firstWord(s string) string { return strings.Fields(s + " none")[0] }

// TestExamplesOfHelpParse runs what the examples show up to where work begins: their flags and arguments exist.
func TestExamplesOfHelpParse(t *testing.T) {
	for _, cmd := range visible(newApp().rootCommand()) {
		for _, line := range strings.Split(cmd.Example, "\n") {
			words := shellWords(strings.TrimSpace(line))
			if len(words) == 0 || words[0] != "agentcore-conform" {
				continue
			}
			found, rest, err := newApp().rootCommand().Find(words[1:])
			if err == nil {
				err = found.ParseFlags(rest)
			}
			if err != nil && !strings.Contains(err.Error(), "no such file") {
				t.Errorf("%s: %v", line, err)
			}
		}
	}
}

// shellWords splits a line as a shell would, up to a pipe or a redirection; quotes keep spaces.
func shellWords(line string) []string {
	var words []string
	var word strings.Builder
	quote, begun := rune(0), false
	for _, r := range line + " " {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '\'' || r == '"'):
			quote, begun = r, true
		case quote == 0 && r == ' ':
			if begun {
				words, begun = append(words, word.String()), false
				word.Reset()
			}
		case quote == 0 && !begun && strings.ContainsRune("|>", r):
			return words
		default:
			begun = true
			word.WriteRune(r)
		}
	}
	return words
}
