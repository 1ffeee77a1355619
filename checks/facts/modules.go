package facts

import (
	"bytes"
	"cmp"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// maxModules bounds the list of foreign modules in the record.
const maxModules = 100

// module is a native module of a language package, as its first bytes tell. fits says that the platform can load it.
type module struct {
	path    string
	machine string
	fits    bool
	layer   int
}

var moduleName = regexp.MustCompile(`\.(so|so\.[0-9.]+|node)$`)

// isModule reports a file that a language runtime loads as machine code from a folder of packages.
func isModule(name string) bool {
	return moduleName.MatchString(name) && (pythonFolder(name) != "" || nodePackageOf(name) != "" || rubyPackageOf(name) != "")
}

// pythonFolder is the site-packages or dist-packages folder that a file lies in, or nothing.
func pythonFolder(name string) string {
	for _, f := range []string{"site-packages/", "dist-packages/"} {
		if i := strings.Index("/"+name, "/"+f); i >= 0 {
			return name[:i+len(f)-1]
		}
	}
	return ""
}

// nodePackageOf is the folder of the innermost Node package that a file lies in, or nothing.
func nodePackageOf(name string) string {
	const folder = "node_modules/"
	i := strings.LastIndex("/"+name, "/"+folder)
	if i < 0 {
		return ""
	}
	rest := strings.Split(name[i+len(folder):], "/")
	depth := 1
	if strings.HasPrefix(rest[0], "@") {
		depth = 2
	}
	if len(rest) <= depth {
		return ""
	}
	return name[:i+len(folder)] + strings.Join(rest[:depth], "/")
}

var gemFolder = regexp.MustCompile(`^(?:.*/)?(?:vendor/bundle|usr/local/bundle|gems)/(?:.*/)?(?:gems|extensions/[^/]+/[^/]+)/([^/]+)/`)

// rubyPackageOf is the gem that a file belongs to, or nothing; its sources and its built extensions lie apart.
func rubyPackageOf(name string) string {
	if m := gemFolder.FindStringSubmatch(name); m != nil {
		return "gem " + m[1]
	}
	return ""
}

// moduleOf reads the first bytes of a module. Text, such as a linker's script, is no module of any machine.
func (s *scan) moduleOf(name string, first []byte, h *head) (module, bool) {
	m := module{path: name, layer: s.layerNumber}
	switch {
	case h.elf && h.program:
		m.machine, m.fits = h.machine.String(), slices.Contains(s.cmd.machines, h.machine)
	case bytes.HasPrefix(first, []byte{0xcf, 0xfa, 0xed, 0xfe}), bytes.HasPrefix(first, []byte{0xca, 0xfe, 0xba, 0xbe}):
		m.machine = "Mach-O"
	case bytes.HasPrefix(first, []byte("MZ")):
		m.machine = "PE"
	default:
		return m, false
	}
	return m, true
}

// foreignModules are those that the platform cannot load and that have no sibling which it can: packages that bring a
// build for every platform are right.
func (s *scan) foreignModules() []record.Module {
	fits := map[string]bool{}
	for _, m := range s.modules {
		if m.fits {
			for _, k := range m.keys() {
				fits[k] = true
			}
		}
	}
	var out []record.Module
	for _, m := range s.modules {
		if m.fits || m.expected() || slices.ContainsFunc(m.keys(), func(k string) bool { return fits[k] }) {
			continue
		}
		out = append(out, record.Module{Path: clip("/" + m.path), Machine: m.machine, Layer: m.layer, Certain: s.loads(m)})
	}
	slices.SortFunc(out, func(a, b record.Module) int {
		if a.Certain != b.Certain {
			return cmp.Compare(btoi(b.Certain), btoi(a.Certain))
		}
		return strings.Compare(a.Path, b.Path)
	})
	return out[:min(len(out), maxModules)]
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// pythonExtension is the ending of a file that Python imports as a module; other libraries are loaded by such a one.
var pythonExtension = regexp.MustCompile(`\.(cpython-[^/]+|pypy[^/]+|abi3)\.so$`)

// keys are what a module and its builds for other platforms have in common.
func (m module) keys() []string {
	if p := nodePackageOf(m.path); p != "" {
		return []string{p, family(p)}
	}
	if p := rubyPackageOf(m.path); p != "" {
		return []string{p}
	}
	folder := pythonFolder(m.path)
	stem, _, _ := strings.Cut(path.Base(m.path), ".")
	out := []string{path.Join(path.Dir(m.path), stem)}
	if top, rest, _ := strings.Cut(strings.TrimPrefix(m.path, folder+"/"), "/"); rest != "" && !pythonExtension.MatchString(m.path) {
		out = append(out, path.Join(folder, top))
	}
	return out
}

// platformWord finds the platform in the name of a file or of a package that exists once for each.
var platformWord = regexp.MustCompile(`(?i)[-_.]?(linux(musl)?|darwin|macos|win32|windows|android|freebsd|openbsd|sunos|x64|x86[-_]64|x86|amd64|ia32|i[36]86|arm64|aarch64|armv[67]l?|arm|riscv64|ppc64(le)?|s390x|musl|gnu(eabihf)?|glibc|msvc|universal2?)\b`)

// family is a package's name without its platform: the same for @img/sharp-linux-x64 and @img/sharp-linux-arm64.
func family(pkg string) string {
	dir, base := path.Split(pkg)
	for {
		less := platformWord.ReplaceAllString(base, "")
		if less == base {
			return dir + base + " for any platform"
		}
		base = less
	}
}

// expected reports files that lie there on purpose although nothing loads them: what a package brings for named other
// platforms in Python, libraries beside a wheel, and packages of another system alone.
func (m module) expected() bool {
	base := path.Base(m.path)
	if pythonFolder(m.path) != "" {
		return !pythonExtension.MatchString(base) && (platformWord.MatchString(base) || strings.Contains(m.path, ".libs/"))
	}
	return path.Base(nodePackageOf(m.path)) == "fsevents"
}

// fallback are names of modules that only speed up what a package can do without them.
var fallback = regexp.MustCompile(`(?i)speedup|accel|mypyc|bufferutil|utf-8-validate|cpu-features|msgpackr-extract|hiredis|_yaml|_regex_core`)

// loads reports that the started program surely takes its modules from that folder, and this one without a fallback.
func (s *scan) loads(m module) bool {
	if fallback.MatchString(m.path) || s.program == nil {
		return false
	}
	if folder := pythonFolder(m.path); folder != "" {
		stem, _, _ := strings.Cut(path.Base(m.path), ".")
		plain := s.tree.get(path.Join(path.Dir(m.path), stem+".py"))
		return pythonExtension.MatchString(m.path) && plain == nil && s.interpreterOf(folder)
	}
	if p := nodePackageOf(m.path); p != "" {
		root, _, _ := strings.Cut("/"+p, "/node_modules/")
		started := path.Join("/", s.cmd.dir)
		if s.start != nil {
			started = path.Dir(s.start.Path)
		}
		built := strings.Contains(m.path, "/build/Release/")
		return built && s.runs("node") && (root == "" || started == root || strings.HasPrefix(started, root+"/"))
	}
	return false
}

// interpreterOf reports that the started Python is the one that the folder of packages belongs to.
func (s *scan) interpreterOf(folder string) bool {
	prefix, _, ok := strings.Cut("/"+folder, "/lib/python")
	if !ok {
		return false
	}
	for _, step := range s.program.Steps {
		if strings.HasPrefix(path.Base(step.Path), "python") {
			return path.Dir(path.Dir(step.Path)) == prefix
		}
	}
	return false
}

// runs reports that the chain from the command line to machine code goes through a program of that name.
func (s *scan) runs(name string) bool {
	return slices.ContainsFunc(s.program.Steps, func(st record.Step) bool { return strings.HasPrefix(path.Base(st.Path), name) })
}
