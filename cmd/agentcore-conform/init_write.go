package main

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// schemaAt is where editors find the schema of the configuration file, at a branch or tag.
const schemaAt = "https://raw.githubusercontent.com/agentcore-conform/agentcore-conform/%s/docs/config.schema.json"

var released = regexp.MustCompile(`^v[0-9]+\.[0-9]+\.[0-9]+$`)

// schemaURL is that of this version's own schema, or of the newest where the version is none that was released.
func schemaURL(version string) string {
	if released.MatchString(version) {
		return fmt.Sprintf(schemaAt, version)
	}
	return fmt.Sprintf(schemaAt, "main")
}

// configuration writes the file: what was found as settings, what is worth knowing as comments.
func (f *folder) configuration(version string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# yaml-language-server: $schema=%s\n", schemaURL(version))
	b.WriteString("# Settings of agentcore-conform, named as the flags of agentcore-conform run, which win over them.\n\n")
	f.writeTarget(&b)
	f.writeCalls(&b)
	b.WriteString(staticSettings)
	return b.String()
}

func (f *folder) writeTarget(b *strings.Builder) {
	switch {
	case f.from != "":
		b.WriteString("# Protocol, environment and lifecycle are those that the project declares.\n")
		fmt.Fprintf(b, "from: %s\n\n", quoted(f.from))
	case len(f.choices) > 0:
		b.WriteString("# The project declares several agents. Name the one that this image is:\n")
		for _, c := range f.choices {
			fmt.Fprintf(b, "# from: %s\n", quoted(c))
		}
		b.WriteString("\n")
	}
	switch {
	case f.protocol != "":
		fmt.Fprintf(b, "# Told by %s.\nprotocol: %s\n\n", f.why, f.protocol)
	case f.from == "":
		b.WriteString("# The runtime's server protocol: HTTP, MCP, A2A or AGUI.\nprotocol: HTTP\n\n")
	}
	if port := f.strangePort(); port != "" {
		fmt.Fprintf(b, "# The Dockerfile exposes %s. The platform speaks to the contract port whatever an image exposes, so it is left at that.\n# port: %s\n\n", port, port)
	}
}

// strangePort is a port that is exposed where none of the contract's is.
func (f *folder) strangePort() string {
	for _, port := range f.exposed {
		if slices.Contains([]string{"8080", "8000", "9000"}, port) {
			return ""
		}
	}
	for _, port := range f.exposed {
		if portNumber.MatchString(port) {
			return port
		}
	}
	return ""
}

var portNumber = regexp.MustCompile(`^[1-9][0-9]{0,4}$`)

func (f *folder) writeCalls(b *strings.Builder) {
	b.WriteString("# The body of an invocation, with {{prompt}} and {{session}} to be filled in. Without it common shapes are tried.\n")
	if len(f.packages) > 0 {
		fmt.Fprintf(b, "# Agents on %s mostly take this one:\n", f.packages[0].name)
	}
	b.WriteString("# payload:\n#   prompt: \"{{prompt}}\"\n\n")
}

// staticSettings are the settings that people ask for most, as they are by default.
const staticSettings = `# A body whose answer takes {{milliseconds}} or {{seconds}}: it lets PING-08 be proven, that health checks go on beside a call.
# slow-payload: '{"prompt": "{{prompt}}", "sleep_ms": {{milliseconds}}}'

# Environment of the container. Secrets belong into a file that is not kept with the code.
# env:
#   LOG_LEVEL: info
# env-file: test.env

# smoke: a boot and two calls; gate: the whole contract; soak: hours.
profile: gate

# Turn every warning into a failure.
# strict: true

# Findings that somebody answers for until a day. They stay in every report and do not fail the run.
# waivers:
#   - id: SES-06/foreign-marker
#     reason: sessions share a cache until the new store is in
#     owner: team-agents
#     expires: 2027-01-31

# Reports beside the one on the console.
# report:
#   - junit=conform.xml
#   - json=conform.json
`

var plainScalar = regexp.MustCompile(`^[A-Za-z0-9_.][A-Za-z0-9_./#-]*$`)

// quoted is a text as a YAML scalar on one line: a name may hold what YAML takes for its own.
func quoted(s string) string {
	if plainScalar.MatchString(s) {
		return s
	}
	return strconv.QuoteToASCII(s)
}
