package facts

import (
	"debug/elf"
	"fmt"
	"path"
	"strconv"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// defaultPath is what engines search when the image sets no PATH.
const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// maxScripts is how many scripts the kernel accepts as each other's interpreters.
const maxScripts = 5

// command is what the platform starts: the image's own command line, there is no override at create time.
type command struct {
	argv []string
	path string
	dir  string
	// pythonPath is PYTHONPATH.
	pythonPath string
	// who is the image's user, as far as the image tells; not sure before all layers are read.
	who identity
	// uid is the numeric user, -1 when only its name is known, 0 for root.
	uid int32
	// machines are those the platform runs; a program for another ends the chain.
	machines []elf.Machine
}

// resolver follows a command to machine code in a tree.
type resolver struct {
	tree *tree
	cmd  command
	out  *record.Program
	// waiting is the path that a lower layer may still hold; the answer is not final.
	waiting string
}

// resolve follows the command as the kernel would. While layers are left it may end with a path to wait for: then the
// program is not final.
func (t *tree) resolve(cmd command) (p *record.Program, waiting string) {
	r := &resolver{tree: t, cmd: cmd, out: &record.Program{}}
	r.run()
	return r.out, r.waiting
}

func (r *resolver) run() {
	argv := r.cmd.argv
	if len(argv) == 0 || argv[0] == "" {
		r.fault(record.ProgramEmpty, "ENTRYPOINT and CMD are both empty: there is nothing to start")
		return
	}
	r.out.Argv0 = clip(argv[0])
	file, ok := r.search(argv[0], record.ProgramNotFound, "")
	if !ok || !r.execute(file, 0, false) {
		return
	}
	if rest, sure := launched(argv); sure && len(rest) < len(argv) {
		r.launch(rest[0])
	}
	// A login shell sets its own PATH, so that what it would find is anybody's guess.
	if isShellForm(argv) && !strings.Contains(argv[1], "l") {
		if program, sure := shellProgram(argv[2]); sure {
			r.extra(program)
		}
	}
}

// launch follows the program that a launcher starts as its first argument. Such launchers search PATH themselves and, like
// a shell, run a file without a first line.
func (r *resolver) launch(program string) {
	if file, ok := r.search(program, record.ProgramNotFound, "the program to launch, "); ok {
		r.execute(file, 0, true)
	}
}

// extra follows the first program of a shell command. It can only add steps: what is not found there is the shell's
// business, not a fault of the command line.
func (r *resolver) extra(program string) {
	probe := &resolver{tree: r.tree, cmd: r.cmd, out: &record.Program{}}
	file, ok := probe.search(program, record.ProgramNotFound, "")
	if ok {
		probe.execute(file, 0, true)
	}
	r.waiting = probe.waiting
	if p := probe.out; r.waiting == "" && p.Machine != "" && p.Fault == "" {
		p.Argv0, p.Steps = r.out.Argv0, append(r.out.Steps, p.Steps...)
		*r.out = *p
	}
}

// search finds a program by the rules of PATH and checks that it may be executed. via says for a fault who asked.
func (r *resolver) search(name string, missing record.ProgramFault, via string) (found, bool) {
	if strings.Contains(name, "/") {
		return r.check(absolute(r.cmd.dir, name), name, missing, via)
	}
	var blocked string
	for _, dir := range strings.Split(r.cmd.path, ":") {
		p := path.Join(absolute(r.cmd.dir, dir), name)
		f := r.tree.walk(p)
		if f.node == nil {
			if !r.tree.whole {
				r.waiting = f.path
				return found{}, false
			}
			continue
		}
		if f.node.kind == regular && r.executable(f.node) {
			return f, r.enter(f, name, via)
		}
		if f.node.kind == regular && blocked == "" {
			blocked = p
		}
	}
	if blocked != "" {
		r.fault(record.ProgramNotExecutable, "%s%q is in the image but not executable for the image's user", via, blocked)
	} else if missing == record.ProgramNoInterpreter && strings.HasSuffix(name, "\r") {
		r.windowsLines(via, name)
	} else {
		r.fault(missing, "%s%q is in no directory of PATH (%s)", via, name, clip(r.cmd.path))
	}
	return found{}, false
}

// check finds one path and checks that it may be executed.
func (r *resolver) check(p, name string, missing record.ProgramFault, via string) (found, bool) {
	f := r.tree.walk(p)
	switch {
	case f.loop:
		r.fault(record.ProgramLinkLoop, "%s%q leads through links that never end", via, name)
	case f.node == nil && !r.tree.whole:
		r.waiting = f.path
	case f.node == nil && missing == record.ProgramNoInterpreter && strings.HasSuffix(name, "\r"):
		r.windowsLines(via, name)
	case f.node == nil && len(f.hops) > 0:
		r.fault(missing, "%s%q is a link to %q, which is not in the image", via, name, "/"+f.path)
	case f.node == nil:
		r.fault(missing, "%s%q is not in the image", via, name)
	case f.node.kind == directory:
		r.fault(record.ProgramNotExecutable, "%s%q is a directory", via, name)
	case f.node.kind != regular || !r.executable(f.node):
		r.fault(record.ProgramNotExecutable, "%s%q is not executable for the image's user (mode %04o)", via, name, f.node.mode)
	default:
		return f, r.enter(f, name, via)
	}
	return found{}, false
}

// enter takes the links to a file and checks that no folder on the way is closed to the image's user.
func (r *resolver) enter(f found, name, via string) bool {
	r.follow(f)
	if d := r.tree.barrier(f.path, r.cmd.who); d != "" {
		r.fault(record.ProgramNotExecutable, "%s%q lies in %q, which the image's user may not enter (%s)", via, name, "/"+d, r.tree.get(d).rights())
		return false
	}
	return true
}

// execute follows one executable file to machine code, through the interpreters of scripts. lenient is for programs
// that a shell or env starts: those run a file without a first line as a shell script.
func (r *resolver) execute(f found, depth int, lenient bool) bool {
	h := f.node.head
	switch {
	case h == nil:
		r.fault(record.ProgramUnreadable, "%q was not looked into", "/"+f.path)
		return false
	case h.elf:
		return r.machine(f)
	case h.script:
		return r.script(f, depth)
	}
	if h.marked {
		r.step(record.Step{Path: "/" + f.path, Kind: "other", To: "a byte-order mark before #!", Mode: int64(f.node.mode), Layer: int(f.node.layer)})
		if !lenient {
			r.fault(record.ProgramNoShebang, "%q begins with a byte-order mark, so that the kernel does not see its #!", "/"+f.path)
		}
		return false
	}
	r.step(record.Step{Path: "/" + f.path, Kind: "other", Mode: int64(f.node.mode), Layer: int(f.node.layer)})
	if !lenient {
		r.fault(record.ProgramNoShebang, "%q is neither an ELF file nor a script with #! in its first line", "/"+f.path)
	}
	return false
}

func (r *resolver) script(f found, depth int) bool {
	r.step(record.Step{Path: "/" + f.path, Kind: "script", To: clip("#!" + f.node.head.shebang), Mode: int64(f.node.mode), Layer: int(f.node.layer)})
	via := fmt.Sprintf("script %q: ", "/"+f.path)
	if !r.cmd.who.may(f.node, mayRead) {
		r.fault(record.ProgramNotExecutable, "%sit may be executed but not read by the image's user (%s), which its interpreter must", via, f.node.rights())
		return false
	}
	program, argument := f.node.head.interpreter()
	if strings.Trim(program, "\r") == "" {
		r.fault(record.ProgramNoShebang, "%sits #! names no interpreter", via)
		return false
	}
	if depth >= maxScripts {
		r.fault(record.ProgramLinkLoop, "%sscripts name each other as interpreters without end", via)
		return false
	}
	next, ok := r.check(absolute(r.cmd.dir, program), program, record.ProgramNoInterpreter, via+"its interpreter ")
	if !ok || !r.execute(next, depth+1, false) {
		return false
	}
	switch path.Base(program) {
	case "env":
		return r.env(argument, via, depth)
	case "sh", "bash", "dash", "ash":
		if strings.HasSuffix(argument, "\r") {
			r.windowsLines(via+"the option ", argument)
			return false
		}
	}
	return true
}

// env follows the program that a script's first line hands to env.
func (r *resolver) env(argument, via string, depth int) bool {
	name, sure := envProgram(argument)
	if !sure {
		return true
	}
	started, ok := r.search(name, record.ProgramNoInterpreter, via+"the program for env ")
	return ok && r.execute(started, depth+1, true)
}

// machine ends the chain at an ELF file. It returns false when nothing can follow: another machine, a missing loader.
func (r *resolver) machine(f found) bool {
	h := f.node.head
	r.step(record.Step{Path: "/" + f.path, Kind: "elf", Mode: int64(f.node.mode), Layer: int(f.node.layer)})
	r.out.Machine, r.out.MachineCode = h.machine.String(), uint16(h.machine)
	r.out.Loader, r.out.LoaderFound = clip(h.loader), false
	if !r.runs(h.machine) {
		return false
	}
	if h.loader == "" {
		return true
	}
	l := r.tree.walk(h.loader)
	if l.node == nil && !l.loop && !r.tree.whole {
		r.waiting = l.path
		return false
	}
	r.out.LoaderFound = l.node != nil && l.node.kind == regular
	return r.out.LoaderFound
}

func (r *resolver) runs(m elf.Machine) bool {
	for _, ok := range r.cmd.machines {
		if m == ok {
			return true
		}
	}
	return len(r.cmd.machines) == 0
}

// executable looks at the mode as far as it decides: a user who is known needs the bit of his own, root any execute bit; another user who surely is not the
// owner needs one of group or others.
func (r *resolver) executable(n *node) bool {
	if r.cmd.who.sure && r.cmd.who.uid > 0 {
		return r.cmd.who.may(n, mayEnter)
	}
	if r.cmd.uid > 0 && n.uid != r.cmd.uid {
		return n.mode&0o011 != 0
	}
	return n.mode&0o111 != 0
}

// follow records the links that led to a file.
func (r *resolver) follow(f found) {
	for _, h := range f.hops {
		r.step(record.Step{Path: clip(h.path), Kind: "link", To: clip(h.to)})
	}
}

func (r *resolver) windowsLines(via, name string) {
	r.fault(record.ProgramCRLF, "%s%q does not exist: the file has Windows line ends (CRLF)", via, name)
}

// maxSteps bounds the record of a hostile chain.
const maxSteps = 100

func (r *resolver) step(s record.Step) {
	s.Path = clip(s.Path)
	if len(r.out.Steps) < maxSteps {
		r.out.Steps = append(r.out.Steps, s)
	}
}

func (r *resolver) fault(f record.ProgramFault, format string, args ...any) {
	r.out.Fault, r.out.Detail = f, clip(fmt.Sprintf(format, args...))
}

func absolute(dir, p string) string {
	if path.IsAbs(p) {
		return p
	}
	return path.Join("/", dir, p)
}

// userID reads the numeric part of USER: 0 for none and root, -1 for another name.
func userID(user string) int32 {
	name, _, _ := strings.Cut(user, ":")
	if name == "" || name == "root" {
		return 0
	}
	id, err := strconv.ParseInt(name, 10, 32)
	if err != nil {
		return -1
	}
	return int32(id)
}

// machines maps a platform's architecture to what its kernel runs.
var machines = map[string][]elf.Machine{"arm64": {elf.EM_AARCH64}, "amd64": {elf.EM_X86_64}}
