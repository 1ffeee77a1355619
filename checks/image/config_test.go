package image

import (
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

func sizes(packed, plain int64) func(*record.Image) {
	return func(i *record.Image) { i.CompressedSize, i.UncompressedSize = packed, plain }
}

func deploy(ref string) *record.Set {
	return terms(good(), func(t *record.Terms) { t.DeployRef = ref })
}

func TestURI(t *testing.T) {
	const private = "123456789012.dkr.ecr.us-east-1.amazonaws.com/"
	checktest.Judge(t, Checks, "IMG-06", []checktest.Case{
		{Name: "not named", Set: good(), Want: "not-applicable"},
		{Name: "private with tag", Set: deploy(private + "team/my-agent:1.4.2"), Want: "pass"},
		{Name: "private with digest", Set: deploy(private + "agent@sha256:" + strings.Repeat("a", 64)), Want: "pass"},
		{Name: "private with both", Set: deploy(private + "agent:1@sha256:" + strings.Repeat("a", 64)), Want: "pass"},
		{Name: "China", Set: deploy("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/agent:1"), Want: "pass"},
		{Name: "public", Set: deploy("public.ecr.aws/x1y2z3/agent:1"), Want: "pass"},
		{Name: "no tag", Set: deploy(private + "agent"), Want: "no-tag"},
		{Name: "Docker Hub", Set: deploy("docker.io/me/agent:1"), Want: "not-ecr"},
		{Name: "scheme", Set: deploy("https://" + private + "agent:1"), Want: "not-ecr"},
		{Name: "short account", Set: deploy("12345.dkr.ecr.us-east-1.amazonaws.com/agent:1"), Want: "not-ecr"},
		{Name: "upper case", Set: deploy(private + "Agent:1"), Want: "not-ecr"},
		{Name: "trailing line end", Set: deploy(private + "agent:1\n"), Want: "not-ecr"},
		{Name: "local name", Set: deploy("agent:1"), Want: "not-ecr"},
	})
	checktest.Judge(t, Checks, "IMG-07", []checktest.Case{
		{Name: "not named", Set: good(), Want: "not-applicable"},
		{Name: "short", Set: deploy(private + "agent:1"), Want: "pass"},
		{Name: "1024", Set: deploy(strings.Repeat("a", 1024)), Want: "pass"},
		{Name: "1025", Set: deploy(strings.Repeat("a", 1025)), Want: "too-long"},
	})
}

func TestSize(t *testing.T) {
	checktest.Judge(t, Checks, "IMG-08", []checktest.Case{
		{Name: "small", Set: good(), Want: "pass"},
		{Name: "2 GB", Set: good(sizes(2_000_000_000, 5_000_000_000)), Want: "pass"},
		{Name: "between 2 GB and 2 GiB", Set: good(sizes(2_000_000_001, -1)), Want: "between-units"},
		{Name: "2 GiB", Set: good(sizes(2<<30, -1)), Want: "between-units"},
		{Name: "over 2 GiB", Set: good(sizes(2<<30+1, -1)), Want: "over-limit"},
		{Name: "compressed unknown, uncompressed small", Set: good(sizes(-1, 900_000_000)), Want: "pass"},
		{Name: "compressed unknown, uncompressed large", Set: good(sizes(-1, 2_500_000_000)), Want: "uncompressed-over-limit"},
		{Name: "both unknown", Set: good(sizes(-1, -1)), Want: "untestable"},
		{Name: "nothing chosen", Set: lost(amd64Child), Want: "untestable"},
	})
	checktest.Judge(t, Checks, "IMG-17", []checktest.Case{
		{Name: "small", Set: good(), Want: "pass"},
		{Name: "500 MB", Set: good(sizes(500_000_000, -1)), Want: "pass"},
		{Name: "over 500 MB", Set: good(sizes(500_000_001, -1)), Want: "large"},
		{Name: "compressed unknown, uncompressed small", Set: good(sizes(-1, 400_000_000)), Want: "pass"},
		{Name: "compressed unknown, uncompressed large", Set: good(sizes(-1, 900_000_000)), Want: "untestable"},
		{Name: "nothing chosen", Set: lost(amd64Child), Want: "untestable"},
	})
}

func TestSizeIsMeasured(t *testing.T) {
	v := judgeSize(good())[0]
	if v.Measurements["image.compressedBytes"] != 60_000_000 || v.Measurements["image.uncompressedBytes"] != 150_000_000 || v.Measurements["image.layers"] != 7 {
		t.Errorf("measurements %v", v.Measurements)
	}
}

func TestLayersAndUser(t *testing.T) {
	with := func(n int, user string) *record.Set {
		return good(func(i *record.Image) { i.Layers, i.User = make([]record.Layer, n), user })
	}
	checktest.Judge(t, Checks, "IMG-09", []checktest.Case{
		{Name: "53 and a name", Set: with(53, "app"), Want: "pass"},
		{Name: "54 and a name", Set: with(54, "app"), Want: "layers-and-named-user"},
		{Name: "54 and a named group", Set: with(54, "1000:app"), Want: "layers-and-named-user"},
		{Name: "54 and a number", Set: with(54, "1000"), Want: "pass"},
		{Name: "54 and two numbers", Set: with(54, "1000:1000"), Want: "pass"},
		{Name: "54 and no USER", Set: with(54, ""), Want: "pass"},
		{Name: "nothing chosen", Set: lost(amd64Child), Want: "untestable"},
	})
	checktest.Judge(t, Checks, "IMG-10", []checktest.Case{
		{Name: "number", Set: with(10, "1000"), Want: "pass"},
		{Name: "none", Set: with(10, ""), Want: "pass"},
		{Name: "name", Set: with(44, "bedrock_agentcore"), Want: "named-user"},
		{Name: "name near the limit", Set: with(45, "node"), Want: "named-user-near-limit"},
		{Name: "nothing chosen", Set: lost(amd64Child), Want: "untestable"},
	})
}

func TestDeclared(t *testing.T) {
	checktest.Judge(t, Checks, "IMG-12", []checktest.Case{
		{Name: "exposed", Set: good(), Want: "note", Says: "EXPOSE 8080"},
		{Name: "all templates' ports", Set: good(func(i *record.Image) { i.ExposedPorts = []string{"8000/tcp", "8080", "9000/tcp"} }), Want: "note", Says: "EXPOSE 8080"},
		{Name: "none", Set: good(func(i *record.Image) { i.ExposedPorts = nil }), Want: "not-exposed"},
		{Name: "another", Set: good(func(i *record.Image) { i.ExposedPorts = []string{"8000/tcp"} }), Want: "not-exposed"},
		{Name: "udp", Set: good(func(i *record.Image) { i.ExposedPorts = []string{"8080/udp"} }), Want: "not-exposed"},
		{Name: "nothing chosen", Set: lost(amd64Child), Want: "untestable"},
	})
	checktest.Judge(t, Checks, "IMG-13", []checktest.Case{
		{Name: "none", Set: good(), Want: "note", Says: "no HEALTHCHECK"},
		{Name: "declared", Set: good(func(i *record.Image) { i.Healthcheck = true }), Want: "ignored"},
		{Name: "nothing chosen", Set: lost(amd64Child), Want: "untestable"},
	})
}

func TestBindAddress(t *testing.T) {
	sdk := func(i *record.Image) {
		i.Packages = []record.Package{{Name: "bedrock-agentcore", Version: "1.2.0", Path: "/x/METADATA", Language: "python"}}
	}
	env := func(v string) func(*record.Image) { return func(i *record.Image) { i.Env = append(i.Env, v) } }
	checktest.Judge(t, Checks, "IMG-14", []checktest.Case{
		{Name: "no SDK", Set: good(), Want: "not-applicable"},
		{Name: "TypeScript SDK binds 0.0.0.0", Want: "not-applicable", Set: good(func(i *record.Image) {
			i.Packages = []record.Package{{Name: "bedrock-agentcore", Language: "node"}}
		})},
		{Name: "SDK without the variable", Set: good(sdk), Want: "sdk-would-bind-loopback"},
		{Name: "SDK with an empty variable", Set: good(sdk, env("DOCKER_CONTAINER=")), Want: "sdk-would-bind-loopback"},
		{Name: "SDK with the variable", Set: good(sdk, env("DOCKER_CONTAINER=1")), Want: "pass"},
		{Name: "variable, layers not read", Set: good(noLayers, env("DOCKER_CONTAINER=1")), Want: "pass"},
		{Name: "SDK seen before the end", Set: good(sdk, noLayers), Want: "sdk-would-bind-loopback"},
		{Name: "layers not read", Set: good(noLayers), Want: "untestable"},
		{Name: "nothing chosen", Set: lost(amd64Child), Want: "untestable"},
	})
	code := func(variables ...string) func(*record.Image) {
		return func(i *record.Image) {
			i.MarkerChoices = append(i.MarkerChoices, record.MarkerChoice{Path: "/app/net.py", Line: 7, Variables: variables})
		}
	}
	started := func(words ...string) func(*record.Image) { return func(i *record.Image) { i.Cmd = words } }
	checktest.Judge(t, Checks, "IMG-14", []checktest.Case{
		{Name: "code that goes by the marker", Set: good(code()), Want: "code-would-bind-loopback", Says: "/app/net.py line 7"},
		{Name: "beside an SDK that has its variable", Set: good(sdk, env("DOCKER_CONTAINER=1"), code()), Want: "code-would-bind-loopback"},
		{Name: "beside an SDK that lacks it", Set: good(sdk, code("DOCKER_CONTAINER")), Want: "sdk-would-bind-loopback", Also: []string{"code-would-bind-loopback"}},
		{Name: "the SDK's variable decides the code as well", Set: good(sdk, env("DOCKER_CONTAINER=1"), code("DOCKER_CONTAINER")), Want: "pass"},
		{Name: "a variable that is set decides", Set: good(env("BOXED=1"), code("HOST", "BOXED")), Want: "not-applicable"},
		{Name: "a variable that is empty", Set: good(env("BOXED="), code("BOXED")), Want: "code-would-bind-loopback"},
		{Name: "a variable decides the first of two", Set: good(env("BOXED=1"), code("BOXED"), code()), Want: "code-would-bind-loopback"},
		{Name: "a variable holds the address", Set: good(env("HOST=0.0.0.0"), code()), Want: "not-applicable"},
		{Name: "a variable holds colons", Set: good(env("ROLE_ARN=arn:aws:iam::123456789012:role/x"), code()), Want: "code-would-bind-loopback"},
		{Name: "the command line names the address", Set: good(started("uvicorn", "a:app", "--host", "0.0.0.0"), code()), Want: "not-applicable"},
		{Name: "the command line names it for IPv6", Set: good(started("serve", "--bind=[::]:8080"), code()), Want: "not-applicable"},
		{Name: "the command line names it in an option", Set: good(started("serve", "--host=::"), code()), Want: "not-applicable"},
		{Name: "the entry point names it", Set: good(func(i *record.Image) { i.Entrypoint = []string{"serve", "-h", "::"} }, code()), Want: "not-applicable"},
	})
}

func TestShell(t *testing.T) {
	checktest.Judge(t, Checks, "IMG-15", []checktest.Case{
		{Name: "sh", Set: good(), Want: "pass"},
		{Name: "none", Set: good(func(i *record.Image) { i.Shell = "" }), Want: "no-shell"},
		{Name: "layers not read", Set: good(noLayers), Want: "untestable"},
		{Name: "nothing chosen", Set: lost(amd64Child), Want: "untestable"},
	})
}

func TestWritable(t *testing.T) {
	refuses := func(dirs ...string) *record.Set { return good(func(i *record.Image) { i.Unwritable = dirs }) }
	checktest.Judge(t, Checks, "IMG-16", []checktest.Case{
		{Name: "nothing in the way", Set: good(), Want: "pass"},
		{Name: "working directory", Set: refuses("/app"), Want: "workdir"},
		{Name: "tmp", Set: refuses("/app", "/tmp"), Want: "tmp"},
		{Name: "layers not read", Set: good(noLayers), Want: "untestable"},
		{Name: "nothing chosen", Set: lost(amd64Child), Want: "untestable"},
	})
}

func TestPinned(t *testing.T) {
	ref := func(r string) func(*record.Image) { return func(i *record.Image) { i.Reference = r } }
	checktest.Judge(t, Checks, "IMG-18", []checktest.Case{
		{Name: "tag", Set: good(), Want: "pass"},
		{Name: "digest", Set: good(ref("r.example:5000/agent@sha256:aa")), Want: "pass"},
		{Name: "latest", Set: good(ref("agent:latest")), Want: "moving-tag"},
		{Name: "no tag, but a port", Set: good(ref("r.example:5000/agent")), Want: "moving-tag"},
		{Name: "latest is deployed", Set: deploy("123456789012.dkr.ecr.us-east-1.amazonaws.com/agent:latest"), Want: "moving-tag"},
		{Name: "archive", Set: good(ref("docker-archive:x.tar"), func(i *record.Image) { i.Origin = "archive" }), Want: "not-applicable"},
		{Name: "registry differs", Set: good(func(i *record.Image) { i.Origin, i.Digest, i.RegistryDigest = "engine", "", "sha256:zz" }), Want: "registry-differs"},
		{Name: "id unknown", Set: good(ref("agent:latest"), func(i *record.Image) { i.Digest, i.ConfigDigest = "", "" }), Want: "moving-tag"},
	})
}

// Titles must read as one short line in lists, and every reason that fails must say how to mend it.
func TestCatalogue(t *testing.T) {
	for _, c := range checks.Contract().Clauses() {
		if c.Area != "IMG" {
			continue
		}
		if first, _, _ := strings.Cut(c.Title, ". "); len(first) > 95 {
			t.Errorf("%s: the title is %d characters long", c.ID, len(first))
		}
		for _, r := range c.Reasons {
			if strings.ContainsAny(r.Title+r.Fix, "\n\t") || len(r.Title) > 130 {
				t.Errorf("%s %s: not one line", c.ID, r.ID)
			}
		}
	}
}
