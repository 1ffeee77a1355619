package main

import (
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/agentcore-conform/agentcore-conform/suites"
)

// settings are what the command line and the configuration file say.
type settings struct {
	options suites.Options

	env, envFiles []string
	reports       []string
	allowPartial  bool
	verbose       bool
	quiet         bool
	color         string
	config        string
}

// flagGroup is a heading of the help text and the flags under it.
type flagGroup struct {
	title string
	flags *pflag.FlagSet
}

// flagGroups makes the flags of run; other commands pick from them with keep.
func flagGroups(s *settings) []flagGroup {
	return []flagGroup{
		{"What to test", targetFlags(s)},
		{"How to call it", callFlags(s)},
		{"What to ask of it", scopeFlags(s)},
		{"How long and how much", measureFlags(s)},
		{"Where to run it", engineFlags(s)},
		{"What to show", outputFlags(s)},
	}
}

func newFlagSet() *pflag.FlagSet {
	fs := pflag.NewFlagSet("", pflag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.SortFlags = false
	return fs
}

func targetFlags(s *settings) *pflag.FlagSet {
	fs, o := newFlagSet(), &s.options
	fs.Var(choice(&o.Protocol, "HTTP", "MCP", "A2A", "AGUI"), "protocol", "the server protocol; run plays HTTP, inspect knows all")
	fs.Var(whole(&o.Port, 1, 65535), "port", "the contract port, if not the protocol's own")
	fs.Var(text(&o.Path, "PATH", checkPath), "path", "the invocation path, if not the protocol's own")
	fs.Var(text(&o.Endpoint, "URL", checkEndpoint), "endpoint", "test a server that already runs, without an engine")
	fs.Var(text(&o.DeployRef, "REF", notEmpty), "deploy-ref", "the container URI that will be deployed, if not IMAGE")
	fs.BoolVar(&o.Pull, "pull", false, "ask the registry even when the engine has the image")
	fs.Var(listSetting{target: &o.InsecureRegistries, kind: "HOST", check: checkHost, commas: true}, "insecure-registry",
		"speak plain http or unverified TLS to this registry; repeatable")
	return fs
}

func callFlags(s *settings) *pflag.FlagSet {
	fs, o := newFlagSet(), &s.options
	fs.Var(payload(&o.Payload), "payload", "an invocation's body, with {{prompt}} and {{session}} to be filled in")
	fs.Var(payload(&o.StreamPayload), "stream-payload", "a body that is answered with a stream, for {{milliseconds}} where it takes a time")
	fs.Var(payload(&o.SlowPayload), "slow-payload", "a body whose answer takes {{milliseconds}} or {{seconds}}")
	fs.Var(payload(&o.AsyncPayload), "async-payload", "a body that starts work which outlives its answer, for {{milliseconds}} where it takes a time")
	fs.Var(payload(&o.AsyncFailingPayload), "async-failing-payload", "a body that starts such work, which then fails; beside --async-payload")
	fs.Var(size(&o.MaxPayload), "max-payload", "the largest body the agent is meant to take")
	fs.Var(choice(&o.Model, "scripted", "none", "real"), "model",
		"what answers the agent's model calls; real passes your credentials and opens the network")
	fs.Var(whole(&o.MaxModelCalls, 1, 100_000), "max-model-calls", "invocations that may reach a real model (default 300)")
	fs.VarP(listSetting{target: &s.env, kind: "NAME=VALUE", check: checkEnv}, "env", "e",
		"an environment variable for the container; repeatable")
	fs.Var(listSetting{target: &s.envFiles, kind: "FILE", check: notEmpty}, "env-file",
		"a file of NAME=VALUE lines; repeatable, --env wins")
	return fs
}

func scopeFlags(s *settings) *pflag.FlagSet {
	fs, o := newFlagSet(), &s.options
	fs.Var(choice(&o.Profile, "gate", "smoke", "soak"), "profile", "how thorough to be")
	fs.Var(listSetting{target: &o.Only, kind: "SELECTOR", check: notEmpty, commas: true}, "only",
		"judge only these clauses: ids, areas or globs, as PING-06,INV,SSE-0*")
	fs.Var(listSetting{target: &o.Skip, kind: "SELECTOR", check: notEmpty, commas: true}, "skip",
		"leave these clauses out")
	fs.BoolVar(&o.Strict, "strict", false, "turn every warn into a fail")
	fs.BoolVar(&s.allowPartial, "allow-partial", false, "exit 0 although a MUST could not be tested")
	fs.Var(choice(&o.SessionModel, "process", "microvm"), "session-model", "what keeps sessions apart (SES-06)")
	fs.Var(choice(&o.Compute, "microvm", "instances"), "compute", "the compute type; instances runs amd64 (IMG-19)")
	fs.Var(choice(&o.PlatformVersion, "v1", "v2"), "platform-version", "the runtime's platform version; v2 restores sessions from a snapshot (LIFE-15)")
	return fs
}

func measureFlags(s *settings) *pflag.FlagSet {
	fs, o := newFlagSet(), &s.options
	fs.Var(factor(&o.TimeScale), "time-scale", "stretch limits on computed work by this factor (default auto: measured)")
	fs.Var(span(&o.Timeout, 24*time.Hour), "timeout", "end of the whole run (default 30m plus the long session and one invocation)")
	fs.Var(span(&o.InvocationTimeout, suites.LongestCall), "invocation-timeout", "end of one invocation (default 2m, or three times what the agent needs for one)")
	fs.Var(span(&o.SessionDuration, 8*time.Hour), "session-duration", "length of the long session (default 30s in gate)")
	fs.Var(whole(&o.SessionTurns, suites.LeastSessionTurns, suites.MostSessionTurns), "session-turns", "end the long session after so many turns if that comes first")
	fs.Var(spanOrNone(&o.Freeze, suites.NoFreeze, suites.MostFreeze), "freeze",
		"how long a process is made to stand still, as for a snapshot; 0 leaves it out (default 15s in gate)")
	fs.Var(spanFrom(&o.IdleTimeout, suites.LeastLifecycle, suites.MostIdleTimeout), "idle-timeout",
		"the runtime's idleRuntimeSessionTimeout, for the simulated idle reaper (default 15m)")
	fs.Var(spanFrom(&o.MaxLifetime, suites.LeastLifecycle, suites.MostMaxLifetime), "max-lifetime",
		"the runtime's maxLifetime, for the same (default 8h)")
	fs.Var(whole(&o.Sessions, 2, 256), "sessions", "concurrent sessions of the isolation test (default 16)")
	fs.Var(whole(&o.Turns, 1, 64), "turns", "turns in each of them (default 4)")
	return fs
}

func engineFlags(s *settings) *pflag.FlagSet {
	fs, o := newFlagSet(), &s.options
	fs.Var(text(&o.EngineAddress, "ADDRESS", checkEngine), "engine",
		"container engine, as unix:///run/docker.sock, tcp://…, ssh://… (default: found)")
	fs.Var(choice(&o.Network, "internal", "open"), "network", "open lets the container reach the world")
	fs.BoolVar(&o.Keep, "keep", false, "leave the containers for inspection")
	return fs
}

func outputFlags(s *settings) *pflag.FlagSet {
	fs := newFlagSet()
	fs.Var(listSetting{target: &s.reports, kind: "FORMAT=FILE", check: checkReport}, "report",
		"also write "+strings.Join(reportFormats, ", ")+" (timeline is an SVG if FILE ends so); repeatable")
	fs.BoolVarP(&s.verbose, "verbose", "v", false, "show every clause, what runs and the time line")
	fs.BoolVarP(&s.quiet, "quiet", "q", false, "show the verdict only")
	fs.Var(choice(&s.color, "auto", "always", "never"), "color", "when to use colour")
	fs.Var(text(&s.config, "FILE", notEmpty), "config", "configuration (default .agentcore-conform.yaml, if there is one)")
	return fs
}

// keep leaves only the named flags; a name that does not exist is a fault of the build.
func keep(groups []flagGroup, names ...string) []flagGroup {
	var out []flagGroup
	kept := 0
	for _, g := range groups {
		fs := newFlagSet()
		g.flags.VisitAll(func(f *pflag.Flag) {
			if slices.Contains(names, f.Name) {
				fs.AddFlag(f)
				kept++
			}
		})
		if fs.HasFlags() {
			out = append(out, flagGroup{g.title, fs})
		}
	}
	if kept != len(names) {
		panic(fmt.Sprintf("flags: not all of %v exist", names))
	}
	return out
}

// grouped annotates commands whose help attach has arranged.
const grouped = "grouped"

// attach gives a command its flags, grouped in its help, and completes those that offer a choice.
func attach(cmd *cobra.Command, groups []flagGroup) {
	cmd.Flags().SortFlags = false
	for _, g := range groups {
		cmd.Flags().AddFlagSet(g.flags)
		g.flags.VisitAll(func(f *pflag.Flag) {
			if words := strings.Split(f.Value.Type(), "|"); len(words) > 1 && !strings.ContainsAny(f.Value.Type(), "@N") {
				_ = cmd.RegisterFlagCompletionFunc(f.Name, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
			}
		})
	}
	cmd.Annotations = map[string]string{grouped: "yes"}
	cmd.SetUsageFunc(func(c *cobra.Command) error { return groupedUsage(c, groups) })
}

func notEmpty(s string) error {
	if strings.TrimSpace(s) == "" {
		return fmt.Errorf("give a value")
	}
	return nil
}

func checkHost(s string) error {
	if s == "" || strings.ContainsAny(s, "/ @") {
		return fmt.Errorf("give a registry's host, such as registry.example.com:5000")
	}
	return nil
}

func checkPath(p string) error {
	u, err := url.ParseRequestURI(p)
	if err != nil || !strings.HasPrefix(p, "/") || u.Host != "" || strings.ContainsAny(p, "?#") {
		return fmt.Errorf("give a path that begins with a slash, such as /invocations")
	}
	return nil
}

func checkEndpoint(s string) error {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("give the server's address, such as http://127.0.0.1:8080")
	}
	return nil
}

var engineSchemes = []string{"unix", "tcp", "ssh", "http", "https"}

func checkEngine(s string) error {
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok || rest == "" || !slices.Contains(engineSchemes, scheme) {
		return fmt.Errorf("give an address that begins with one of %s://", strings.Join(engineSchemes, "://, "))
	}
	return nil
}
