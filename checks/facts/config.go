package facts

import (
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// Bounds on what is taken from a hostile config.
const (
	maxConfig  = 8 << 20
	maxEntries = 500
	maxText    = 1 << 10
)

// parseConfig reads a config blob. What has neither layers nor an architecture is no image config at all.
func parseConfig(raw []byte) (*v1.ConfigFile, error) {
	var cfg v1.ConfigFile
	if err := json.Unmarshal(raw, &cfg); err != nil {
		return nil, fmt.Errorf("the image's config is not valid JSON (%w); build the image again", err)
	}
	if cfg.Architecture == "" && cfg.OS == "" && len(cfg.RootFS.DiffIDs) == 0 {
		return nil, fmt.Errorf("this is not a container image: its config names neither platform nor layers; give the reference of an image")
	}
	return &cfg, nil
}

// describe copies the config into the record, bounded and without secrets.
func describe(img *record.Image, cfg *v1.ConfigFile) {
	c := cfg.Config
	img.OS, img.Architecture, img.Variant = cfg.OS, cfg.Architecture, cfg.Variant
	img.User, img.WorkingDir = clip(c.User), clip(c.WorkingDir)
	argv := commandLine(c)
	img.Entrypoint, img.Cmd = describeWords(img, "ENTRYPOINT", c.Entrypoint), describeWords(img, "CMD", c.Cmd)
	img.ShellForm = isShellForm(argv)
	img.Healthcheck = c.Healthcheck != nil && len(c.Healthcheck.Test) > 0 && c.Healthcheck.Test[0] != "NONE"
	for port := range c.ExposedPorts {
		img.ExposedPorts = append(img.ExposedPorts, clip(port))
	}
	slices.Sort(img.ExposedPorts)
	describeEnv(img, c.Env)
	describeLabels(img, c.Labels)
	describeHistory(img, cfg.History)
	img.Placeholders = unfilled(c.Env, c.Labels, argv)
}

// commandLine is what the platform starts: ENTRYPOINT and CMD together.
func commandLine(c v1.Config) []string { return append(append([]string{}, c.Entrypoint...), c.Cmd...) }

func describeWords(img *record.Image, where string, words []string) []string {
	var out []string
	for i, w := range bounded(words) {
		shown, found := hideInLine(w)
		if found != "" {
			img.Secrets = append(img.Secrets, fmt.Sprintf("word %d of %s: %s", i+1, where, found))
		}
		out = append(out, clip(shown))
	}
	return out
}

func describeEnv(img *record.Image, env []string) {
	for _, e := range bounded(env) {
		key, value, _ := strings.Cut(e, "=")
		shown, found := hide(key, value)
		if found != "" {
			img.Secrets = append(img.Secrets, fmt.Sprintf("variable %s: %s", clip(key), found))
		}
		img.Env = append(img.Env, clip(key)+"="+clip(shown))
	}
}

func describeLabels(img *record.Image, labels map[string]string) {
	for _, k := range sortedKeys(labels) {
		shown, found := hide(k, labels[k])
		if found != "" {
			img.Secrets = append(img.Secrets, fmt.Sprintf("label %s: %s", clip(k), found))
		}
		if img.Labels == nil {
			img.Labels = map[string]string{}
		}
		img.Labels[clip(k)] = clip(shown)
	}
}

// sortedKeys are the names of a map, bounded.
func sortedKeys(m map[string]string) []string { return bounded(slices.Sorted(maps.Keys(m))) }

func describeHistory(img *record.Image, history []v1.History) {
	for i, h := range bounded(history) {
		shown, found := hideInLine(h.CreatedBy)
		if found != "" {
			img.Secrets = append(img.Secrets, fmt.Sprintf("build step %d: %s", i+1, found))
		}
		if shown != "" {
			img.History = append(img.History, clip(shown))
		}
	}
}

// maxLayers is how many layers are taken in; engines refuse more than about 125.
const maxLayers = 2000

// describeLayers lists the layers, base first: of the manifest where there is one, else of the config alone.
func describeLayers(img *record.Image, cfg *v1.ConfigFile, layers []v1.Descriptor) error {
	count := max(len(layers), len(cfg.RootFS.DiffIDs))
	if count > maxLayers {
		return fmt.Errorf("it claims to have %d layers; more than %d are refused", count, maxLayers)
	}
	img.Layers = make([]record.Layer, count)
	for i := range img.Layers {
		l := record.Layer{Size: -1}
		if i < len(cfg.RootFS.DiffIDs) {
			l.DiffID = cfg.RootFS.DiffIDs[i].String()
		}
		if i < len(layers) {
			l.Digest, l.MediaType, l.Size = layers[i].Digest.String(), clip(string(layers[i].MediaType)), layers[i].Size
		}
		img.Layers[i] = l
	}
	nameMakers(img.Layers, cfg.History)
	return nil
}

// nameMakers tells for each layer which build step made it, where the history fits the layers.
func nameMakers(layers []record.Layer, history []v1.History) {
	var steps []string
	for _, h := range history[:min(len(history), 2*maxLayers)] {
		if !h.EmptyLayer {
			steps = append(steps, h.CreatedBy)
		}
	}
	if len(steps) != len(layers) {
		return
	}
	for i, s := range steps {
		shown, _ := hideInLine(shorten(s, maxText))
		layers[i].By = clip(shown)
	}
}

// compressedSize sums up the layers in the registry's form; -1 when one of them is unknown.
func compressedSize(layers []record.Layer) int64 {
	var sum int64
	for _, l := range layers {
		if l.Size < 0 || sum > 1<<60 {
			return -1
		}
		sum += l.Size
	}
	return sum
}

var shellFlag = regexp.MustCompile(`^-[a-z]*c$`)

// runsShell reports a command line that begins with a shell, which expands what the words hold.
func runsShell(argv []string) bool { return len(argv) > 0 && isShell(argv[0]) }

func isShell(program string) bool {
	switch path.Base(program) {
	case "sh", "bash", "ash", "dash":
		return true
	}
	return false
}

// isShellForm reports a command line that hands a script to a shell, as the shell form of CMD and ENTRYPOINT does.
func isShellForm(argv []string) bool {
	return len(argv) >= 3 && shellFlag.MatchString(argv[1]) && isShell(argv[0])
}

// notAnImageConfig recognises manifests of things that are no images, such as charts, signatures and WASM modules.
func notAnImageConfig(m *v1.Manifest) error {
	switch m.Config.MediaType {
	case types.OCIConfigJSON, types.DockerConfigJSON, "", "application/json":
		return nil
	}
	what := m.ArtifactType
	if what == "" {
		what = string(m.Config.MediaType)
	}
	return fmt.Errorf("this is an artifact of type %q, not a container image; give the reference of an image", clip(what))
}

func bounded[T any](list []T) []T { return list[:min(len(list), maxEntries)] }

// clip bounds a text from the image and makes it valid UTF-8, which JSON needs.
func clip(s string) string { return strings.ToValidUTF8(shorten(s, maxText), "\uFFFD") }

func clipAll(list []string) []string {
	var out []string
	for _, s := range bounded(list) {
		out = append(out, clip(s))
	}
	return out
}
