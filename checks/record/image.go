package record

// Image is what an image is, read from its manifest, config and layers without starting it.
type Image struct {
	// Reference is what the user asked for; Origin is engine, registry, oci or archive.
	Reference string `json:"reference"`
	Origin    string `json:"origin"`
	// Digest is the digest of the platform's own manifest; IndexDigest that of the index it was chosen from, if any.
	// Both are empty where the origin does not tell (an engine that only knows image ids).
	Digest      string `json:"digest,omitempty"`
	IndexDigest string `json:"indexDigest,omitempty"`
	// ConfigDigest is the image id: the digest of the config blob.
	ConfigDigest string `json:"configDigest,omitempty"`
	// RegistryDigest is what the registry holds under the same name when it differs from the local image.
	RegistryDigest string  `json:"registryDigest,omitempty"`
	MediaType      string  `json:"mediaType,omitempty"`
	Children       []Child `json:"children,omitempty"`
	// OS, Architecture and Variant are those of the config blob, not of the index.
	OS           string  `json:"os"`
	Architecture string  `json:"architecture"`
	Variant      string  `json:"variant,omitempty"`
	Layers       []Layer `json:"layers,omitempty"`
	// CompressedSize is the sum of layer sizes in the registry's form, -1 when unknown; UncompressedSize likewise.
	CompressedSize   int64             `json:"compressedSize"`
	UncompressedSize int64             `json:"uncompressedSize"`
	User             string            `json:"user,omitempty"`
	WorkingDir       string            `json:"workingDir,omitempty"`
	Entrypoint       []string          `json:"entrypoint,omitempty"`
	Cmd              []string          `json:"cmd,omitempty"`
	ShellForm        bool              `json:"shellForm,omitempty"`
	Env              []string          `json:"env,omitempty"`
	Labels           map[string]string `json:"labels,omitempty"`
	ExposedPorts     []string          `json:"exposedPorts,omitempty"`
	Healthcheck      bool              `json:"healthcheck,omitempty"`
	History          []string          `json:"history,omitempty"`
	// Program is what argv[0] leads to. Nil when the layers were not read.
	Program *Program `json:"program,omitempty"`
	// Packages are the marker packages found while the layers were read, such as bedrock-agentcore for Python.
	Packages []Package `json:"packages,omitempty"`
	// Shell is the path of a shell in the image, if one was seen. Its absence only means something with Scanned.
	Shell string `json:"shell,omitempty"`
	// Scanned says that every file header of every layer was read, so that what is not listed is not there.
	Scanned bool `json:"scanned,omitempty"`
	// Unwritable lists the working directory and /tmp where the image's user surely cannot write there (IMG-16).
	Unwritable []string `json:"unwritable,omitempty"`
	// Foreign lists program files for another machine, when all of them were looked at (deep reading); see IMG-02.
	Foreign []ForeignFile `json:"foreign,omitempty"`
	// Modules are native modules in folders of language packages that the platform's machine cannot load and that have no
	// sibling which it can (IMG-02).
	Modules []Module `json:"modules,omitempty"`
	// Start is what the program is given to run, such as the script of an interpreter. Nil when it is given nothing that
	// can be looked up, or when that is not certain.
	Start *Start `json:"start,omitempty"`
	// Closed is the folder that keeps the image's user out of the working directory, Unreadable lists program files in
	// the working directory that the user surely may not read (IMG-16).
	Closed     string   `json:"closed,omitempty"`
	Unreadable []string `json:"unreadable,omitempty"`
	// Placeholders are the places in the config where a template's gap was not filled in (IMG-11).
	Placeholders []string `json:"placeholders,omitempty"`
	// Secrets names the places in the config where something looks like a secret, never the secret (SEC-02).
	Secrets []string `json:"secrets,omitempty"`
	// SecretFiles are files of any layer, deleted ones included, that hold a secret or should not be in an image.
	SecretFiles []SecretFile `json:"secretFiles,omitempty"`
	// Searched counts the files that were searched for secrets; SearchCut says that there was more text than is searched.
	Searched  int  `json:"searched,omitempty"`
	SearchCut bool `json:"searchCut,omitempty"`
	// MarkerChoices are places in the agent's own code where the address to listen on hangs on /.dockerenv (IMG-14).
	MarkerChoices []MarkerChoice `json:"markerChoices,omitempty"`
	// Base is the distribution; nil when the image does not tell. Runtimes are language runtimes beside it (SEC-09).
	Base     *Base     `json:"base,omitempty"`
	Runtimes []Runtime `json:"runtimes,omitempty"`
}

// Module is a native module of a language package.
type Module struct {
	Path string `json:"path"`
	// Machine is the ELF machine, or the name of another system's format: Mach-O, PE.
	Machine string `json:"machine"`
	// Layer is the place of the layer that holds it, 1 for the base.
	Layer int `json:"layer,omitempty"`
	// Certain says that the program which is started would load this one, not a fallback in plain code.
	Certain bool `json:"certain,omitempty"`
}

// Start is the file that an interpreter is told to run.
type Start struct {
	Path  string `json:"path"`
	Layer int    `json:"layer,omitempty"`
	// Fault is missing or unreadable, empty when the file is there and may be read; Detail is one line about it.
	Fault  string `json:"fault,omitempty"`
	Detail string `json:"detail,omitempty"`
}

// The faults of a Start.
const (
	StartMissing    = "missing"
	StartUnreadable = "unreadable"
)

// GitFolder is what a SecretFile says of the history of a repository.
const GitFolder = "a git repository with its history"

// SecretFile is a file that should not be in an image. What it holds is never recorded.
type SecretFile struct {
	Path string `json:"path"`
	// What it looks like, such as "an AWS access key"; Private marks what is no secret but nobody's business.
	What    string `json:"what"`
	Private bool   `json:"private,omitempty"`
	Layer   int    `json:"layer,omitempty"`
	// Deleted says that a higher layer removes or replaces the file, which leaves it in the image.
	Deleted bool `json:"deleted,omitempty"`
}

// MarkerChoice is a place in a program where it listens on all interfaces because /.dockerenv exists, and on loopback
// otherwise.
type MarkerChoice struct {
	Path string `json:"path"`
	Line int    `json:"line"`
	// Variables are names in capitals beside it, such as those of environment variables that may decide as well.
	Variables []string `json:"variables,omitempty"`
}

// Base is what /etc/os-release says.
type Base struct {
	ID      string `json:"id"`
	Version string `json:"version,omitempty"`
	Name    string `json:"name,omitempty"`
}

// Runtime is a language runtime that did not come from the distribution, which maintains its own beyond upstream's end.
type Runtime struct {
	// Name is python or node.
	Name    string `json:"name"`
	Version string `json:"version"`
	Path    string `json:"path"`
}

// ForeignFile is an ELF file that is not for the platform under test.
type ForeignFile struct {
	Path    string `json:"path"`
	Machine string `json:"machine"`
}

// Child is one descriptor of an index.
type Child struct {
	Digest       string `json:"digest"`
	MediaType    string `json:"mediaType,omitempty"`
	OS           string `json:"os,omitempty"`
	Architecture string `json:"architecture,omitempty"`
	Variant      string `json:"variant,omitempty"`
	// Attestation marks BuildKit's provenance and SBOM entries (IMG-04, IMG-05).
	Attestation bool `json:"attestation,omitempty"`
	// Chosen marks the child that was tested.
	Chosen bool `json:"chosen,omitempty"`
}

// Layer is one filesystem layer, base first.
type Layer struct {
	Digest    string `json:"digest,omitempty"`
	DiffID    string `json:"diffID,omitempty"`
	MediaType string `json:"mediaType,omitempty"`
	// Size is the compressed size in bytes, -1 when unknown.
	Size int64 `json:"size"`
	// By is the line of the build history that made the layer, redacted; empty when the history does not fit the layers.
	By string `json:"by,omitempty"`
}

// Program is the chain from argv[0] to the machine code that runs.
type Program struct {
	// Argv0 is the first word of the command line; Steps are the files it leads through: links, scripts, interpreters.
	Argv0 string `json:"argv0"`
	Steps []Step `json:"steps,omitempty"`
	// Machine is the ELF machine of the last step, such as EM_AARCH64; MachineCode its number (183 for AArch64).
	Machine     string `json:"machine,omitempty"`
	MachineCode uint16 `json:"machineCode,omitempty"`
	// Loader is the ELF interpreter that the program names, LoaderFound whether the image has it.
	Loader      string `json:"loader,omitempty"`
	LoaderFound bool   `json:"loaderFound,omitempty"`
	// Fault says why the chain ended without machine code; empty when it did not.
	Fault ProgramFault `json:"fault,omitempty"`
	// Detail is one line for people about the fault.
	Detail string `json:"detail,omitempty"`
	// BytesRead counts the compressed bytes that were fetched to find out.
	BytesRead int64 `json:"bytesRead,omitempty"`
}

// Step is one file on the way from argv[0] to machine code.
type Step struct {
	Path string `json:"path"`
	// Kind is elf, link, script or other.
	Kind string `json:"kind"`
	// To is the link target or the interpreter line.
	To   string `json:"to,omitempty"`
	Mode int64  `json:"mode,omitempty"`
	// Layer is the place of the layer that holds it, 1 for the base.
	Layer int `json:"layer,omitempty"`
}

// ProgramFault classifies why argv[0] cannot run.
type ProgramFault string

// The faults a command line can have before any instruction runs (IMG-02, IMG-11).
const (
	ProgramEmpty         ProgramFault = "empty"
	ProgramNotFound      ProgramFault = "not-found"
	ProgramNotExecutable ProgramFault = "not-executable"
	ProgramNoShebang     ProgramFault = "no-shebang"
	ProgramCRLF          ProgramFault = "crlf"
	ProgramNoInterpreter ProgramFault = "no-interpreter"
	ProgramLinkLoop      ProgramFault = "link-loop"
	ProgramUnreadable    ProgramFault = "unreadable"
)

// Package is a language package that changes what a check expects.
type Package struct {
	Name    string `json:"name"`
	Version string `json:"version,omitempty"`
	Path    string `json:"path"`
	// Language is python or node.
	Language string `json:"language"`
}
