package facts

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// plainWords are the words of a command line whose meaning no shell changes: those of an exec form, or of a shell form
// that is one simple command.
func plainWords(argv []string) []string {
	if !isShellForm(argv) {
		return argv
	}
	if _, sure := shellProgram(argv[2]); !sure || strings.Contains(argv[1], "l") || strings.ContainsAny(argv[2], `"'\$*?~{[`) {
		return nil
	}
	return strings.Fields(strings.TrimPrefix(argv[2], "exec "))
}

// launchers start the program that follows them, in the same folder and as the same user.
var launchers = []string{"tini", "tini-static", "docker-init", "dumb-init", "catatonit", "opentelemetry-instrument"}

// launched is the command line behind launchers. sure is false where their options decide what follows.
func launched(words []string) (rest []string, sure bool) {
	for len(words) > 0 && slices.Contains(launchers, path.Base(words[0])) {
		words = words[1:]
		for len(words) > 0 && (words[0] == "-g" || words[0] == "-s" || words[0] == "--single-child") {
			words = words[1:]
		}
		if len(words) > 0 && words[0] == "--" {
			words = words[1:]
		}
	}
	return words, len(words) > 0 && !strings.HasPrefix(words[0], "-")
}

// language is an interpreter that takes a file to run.
type language struct {
	program *regexp.Regexp
	// alone are options without a value, valued those whose value may be the next word; any other ends the certainty.
	alone, valued *regexp.Regexp
	// file is the option that the file follows; empty when it is the first word that is no option.
	file string
	// endings are tried in turn behind the name.
	endings []string
}

var languages = []language{
	{
		program: regexp.MustCompile(`^(python|pypy)[0-9.]*$`),
		alone:   regexp.MustCompile(`^-[uOBEsSIvqbdixP]+$|^-[WX].+`), valued: regexp.MustCompile(`^-[WX]$`), endings: []string{""},
	},
	{
		program: regexp.MustCompile(`^node(js)?$`),
		alone:   regexp.MustCompile(`^--(enable|disable|no|trace|experimental|preserve|unhandled|throw|abort|expose)[a-z-]*$|^--[a-z_-]+=`),
		valued:  regexp.MustCompile(`^(-r|--require|--import|--env-file)$`), endings: []string{"", ".js", ".cjs", ".json", ".node"},
	},
	{program: regexp.MustCompile(`^(ba|da|a)?sh$`), alone: regexp.MustCompile(`^-[euxl]+$`), endings: []string{""}},
	{
		program: regexp.MustCompile(`^java$`), file: "-jar", endings: []string{""},
		alone: regexp.MustCompile(`^-[DX].+|^-(server|ea|da)$|^--[a-z-]+=.+`), valued: regexp.MustCompile(`^--(add-opens|add-exports|add-modules)$`),
	},
}

// argument is the file that the words tell the language to run. sure is false where there is none or options decide.
func (l language) argument(words []string) (file string, sure bool) {
	for i := 1; i < len(words); i++ {
		w := words[i]
		switch {
		case w == l.file && l.file != "":
			return strings.Join(words[i+1:min(i+2, len(words))], ""), i+1 < len(words)
		case l.alone.MatchString(w):
		case l.valued != nil && l.valued.MatchString(w):
			i++
		case strings.HasPrefix(w, "-"):
			return "", false
		default:
			return w, l.file == "" && !strings.ContainsAny(w, "$*")
		}
	}
	return "", false
}

// startOf looks for the file that the program is told to run. It needs the whole tree, and says nothing where anything but
// the image decides, such as a script that changes the folder.
func (s *scan) startOf() *record.Start {
	words, sure := launched(plainWords(s.cmd.argv))
	if !sure {
		return nil
	}
	i := slices.IndexFunc(languages, func(l language) bool { return l.program.MatchString(path.Base(words[0])) })
	if i < 0 || !s.isBinary(words[0]) {
		return nil
	}
	if name, ok := pythonModule(words); ok && i == 0 {
		return s.moduleStart(name)
	}
	file, sure := languages[i].argument(words)
	if !sure || file == "" {
		return nil
	}
	return s.fileStart(absolute(s.cmd.dir, file), languages[i].endings, words[0])
}

// isBinary reports that the word leads to machine code, not to a wrapper that goes by an interpreter's name.
func (s *scan) isBinary(word string) bool {
	probe := &resolver{tree: s.tree, cmd: s.cmd, out: &record.Program{}}
	f, ok := probe.search(word, record.ProgramNotFound, "")
	return ok && f.node.head != nil && f.node.head.elf
}

// pythonModule is the module of python -m, where only plain options stand before it.
func pythonModule(words []string) (string, bool) {
	for i, w := range words[1:] {
		if w == "-m" && i+2 < len(words) {
			return words[i+2], true
		}
		if !languages[0].alone.MatchString(w) {
			return "", false
		}
	}
	return "", false
}

// fileStart looks up a script. A folder with a main module in it is the language's own business.
func (s *scan) fileStart(p string, endings []string, program string) *record.Start {
	for _, end := range endings {
		f := s.tree.walk(p + end)
		switch {
		case f.loop:
			return nil
		case f.node != nil && f.node.kind == regular:
			return s.readableStart(f)
		case f.node != nil:
			return nil
		}
	}
	return &record.Start{
		Path: clip(path.Clean(p)), Fault: record.StartMissing,
		Detail: clip(fmt.Sprintf("%s is told to run %q, which is not in the image", program, path.Clean(p))),
	}
}

// moduleStart looks up a module where the working directory and PYTHONPATH put it before the installed ones. One that is
// not there can be installed in many ways, so that nothing is said about it.
func (s *scan) moduleStart(name string) *record.Start {
	roots := append([]string{s.cmd.dir}, strings.Split(s.cmd.pythonPath, ":")...)
	below := strings.ReplaceAll(name, ".", "/")
	for _, root := range roots {
		for _, end := range []string{"/__main__.py", ".py"} {
			if f := s.tree.walk(path.Join(absolute(s.cmd.dir, root), below+end)); f.node != nil && f.node.kind == regular {
				return s.readableStart(f)
			}
		}
	}
	return nil
}

func (s *scan) readableStart(f found) *record.Start {
	start := &record.Start{Path: clip("/" + f.path), Layer: int(f.node.layer)}
	if why := s.tree.refusal(f.path, f.node, s.cmd.who); why != "" {
		start.Fault, start.Detail = record.StartUnreadable, clip(why)
	}
	return start
}
