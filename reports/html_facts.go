package reports

import (
	"fmt"
	"sort"
	"strconv"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// htmlTable is a heading and the facts below it.
type htmlTable struct {
	Heading string
	Rows    []htmlRow
}

// htmlStarts are the starts of a run's containers as a table.
type htmlStarts struct {
	Head []string
	Body [][]string
	// About says what to compare the figures with.
	About string
}

// factTables say on what a run was, in full. A table without facts is left out.
func factTables(run *Run) []htmlTable {
	var out []htmlTable
	for _, t := range []htmlTable{
		{"The image", imageRows(run.Image)},
		{"The engine", engineRows(run.Environment)},
		{"The terms", termRows(run)},
		{"What was seen beside the clauses", besideRows(run)},
		{"Measurements", measurementRows(run.Measurements)},
	} {
		if len(t.Rows) > 0 {
			out = append(out, t)
		}
	}
	return out
}

func imageRows(i *ImageFacts) []htmlRow {
	if i == nil {
		return nil
	}
	layers := ""
	if i.Layers > 0 {
		layers = strconv.Itoa(i.Layers)
	}
	return rows(
		htmlRow{"reference", i.Reference}, htmlRow{"from", i.Origin}, htmlRow{"digest", i.Digest}, htmlRow{"index", i.IndexDigest},
		htmlRow{"image id", i.ConfigDigest}, htmlRow{"platform", i.Platform}, htmlRow{"machine", i.Machine}, htmlRow{"size", sizeText(i)},
		htmlRow{"layers", layers}, htmlRow{"user", userText(i)}, htmlRow{"entry point", argumentsText(i.Entrypoint)},
		htmlRow{"command", argumentsText(i.Cmd)}, htmlRow{"media type", i.MediaType},
	)
}

// argumentsText keeps the borders between arguments visible.
func argumentsText(args []string) string {
	var quoted []string
	for _, a := range args[:min(len(args), mostLines)] {
		quoted = append(quoted, strconv.Quote(clip(a, longestField)))
	}
	return strings.Join(quoted, " ")
}

func engineRows(e *record.Environment) []htmlRow {
	if e == nil {
		return nil
	}
	cpus, memory, disk := "", "", ""
	if e.CPUs > 0 {
		cpus = strconv.Itoa(e.CPUs)
	}
	if e.MemoryBytes > 0 {
		memory = bytesText(e.MemoryBytes)
	}
	if e.FreeDisk > 0 {
		disk = bytesText(e.FreeDisk)
	}
	return rows(
		htmlRow{"engine", strings.TrimSpace(e.Engine + " " + e.Version)}, htmlRow{"API", e.APIVersion}, htmlRow{"address", e.Address},
		htmlRow{"found by", e.Source}, htmlRow{"architecture", e.Architecture}, htmlRow{"speed", speedText(e)},
		htmlRow{"slowed by", slowdownText(e.Slowdown)}, htmlRow{"CPUs", cpus}, htmlRow{"memory", memory}, htmlRow{"free disk", disk},
		htmlRow{"route", e.Route}, htmlRow{"network", e.Network},
	)
}

func slowdownText(s *record.Slowdown) string {
	if s == nil {
		return ""
	}
	return fmt.Sprintf("computing ×%.3g, asking the kernel ×%.3g, quotas on CPU time ×%.3g", s.Compute.Factor, s.Syscalls.Factor, s.Throttled.Factor)
}

// termRows are the conditions that were declared.
func termRows(run *Run) []htmlRow {
	strict, took := "", millisText(run.DurationMs)
	if run.Strict {
		strict = "each warning is a failure"
	}
	out := rows(htmlRow{"scope", scopeText(run)}, htmlRow{"strict", strict}, htmlRow{"took", took})
	if run.Records == nil {
		return out
	}
	t := run.Records.Terms
	port := ""
	if t.Port > 0 {
		port = strconv.Itoa(t.Port)
	}
	return append(out, rows(
		htmlRow{"profile", t.Profile}, htmlRow{"protocol", t.Protocol}, htmlRow{"port", port}, htmlRow{"path", t.Path},
		htmlRow{"sessions by", t.SessionModel}, htmlRow{"compute", t.Compute}, htmlRow{"platform", t.PlatformVersion}, htmlRow{"model", t.Model},
		htmlRow{"payloads", declaredText(t)}, htmlRow{"idle timeout", limitText(t.IdleTimeout)}, htmlRow{"max lifetime", limitText(t.MaxLifetime)},
		htmlRow{"to be deployed", t.DeployRef}, htmlRow{"variables", variablesText(t.Environment)},
	)...)
}

func limitText(m record.Millis) string {
	if m <= 0 {
		return ""
	}
	return millisText(float64(m))
}

func declaredText(t record.Terms) string {
	var declared []string
	for _, one := range []struct {
		is   bool
		name string
	}{
		{t.PayloadDeclared, "--payload"}, {t.StreamDeclared, "--stream-payload"}, {t.SlowDeclared, "--slow-payload"}, {t.AsyncDeclared, "--async-payload"},
	} {
		if one.is {
			declared = append(declared, one.name)
		}
	}
	if len(declared) == 0 {
		return "none declared; common shapes were tried"
	}
	return strings.Join(declared, ", ")
}

// variablesText names the declared variables: their values are in no report.
func variablesText(all []record.EnvVar) string {
	var names []string
	for _, v := range all[:min(len(all), mostLines)] {
		names = append(names, clip(v.Name, longestField))
	}
	return strings.Join(names, ", ")
}

// besideRows are what the console says below the findings.
func besideRows(run *Run) []htmlRow {
	out := rows(htmlRow{"passed", perArea(run.Findings, checks.Pass)}, htmlRow{"left out", leftOut(run.Findings)}, htmlRow{"model", modelText(run.Records)})
	if len(run.SessionModels) > 0 {
		out = append(out, rows(htmlRow{"sessions", sessionModelsText(run.SessionModels)})...)
	}
	if run.IdleReaper == nil {
		return out
	}
	for i, text := range run.IdleReaper.Text() {
		label := "idle reaper"
		if i > 0 {
			label = "or"
		}
		out = append(out, rows(htmlRow{label, text})...)
	}
	return out
}

func measurementRows(m map[string]float64) []htmlRow {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	sort.Slice(names, func(i, j int) bool { return rankOf(names[i]) < rankOf(names[j]) })
	var out []htmlRow
	for _, name := range names[:min(len(names), mostLines)] {
		label, text := measurement(name, m[name])
		out = append(out, rows(htmlRow{label, text})...)
	}
	return out
}

func htmlStartsOf(s *Starts) *htmlStarts {
	if s == nil || len(s.Containers) == 0 {
		return nil
	}
	out := &htmlStarts{Head: []string{"container", "engine", "process", "application", "ready", "natively"}}
	beside := false
	for _, one := range s.Containers[:min(len(s.Containers), mostLines)] {
		name := htmlLine(one.Name)
		if one.Beside {
			name, beside = name+" *", true
		}
		m, n := one.Measured, one.Native
		if m == nil || n == nil {
			out.Body = append(out.Body, []string{name, timeOrNone(one.EngineMs), "-", "-", "never", "-"})
			continue
		}
		out.Body = append(out.Body, []string{
			name, timeOrNone(one.EngineMs), timeOrNone(m.ProcessMs), timeOrNone(m.ApplicationMs), millisText(m.ReadyMs), millisText(n.ReadyMs),
		})
	}
	out.About = htmlLine(startsText(s, beside))
	return out
}
