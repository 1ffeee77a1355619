package dial

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// configDir is where the docker command keeps its settings.
func configDir() string {
	if dir := os.Getenv("DOCKER_CONFIG"); dir != "" {
		return dir
	}
	home, _ := os.UserHomeDir()
	return filepath.Join(home, ".docker")
}

// currentContext reads the context that the docker command would use. The context "default" means: none.
func currentContext() (Place, bool, error) {
	name, from, err := contextName()
	if err != nil || name == "" || name == "default" {
		return Place{}, false, err
	}
	p, err := readContext(name)
	if err != nil {
		return Place{}, true, fmt.Errorf("docker context %q (from %s): %w; choose another with `docker context use`", name, from, err)
	}
	return p, true, nil
}

func contextName() (name, from string, err error) {
	if name := os.Getenv("DOCKER_CONTEXT"); name != "" {
		return name, "DOCKER_CONTEXT", nil
	}
	path := filepath.Join(configDir(), "config.json")
	var config struct {
		CurrentContext string `json:"currentContext"`
	}
	if err := readJSON(path, &config); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", "", fmt.Errorf("docker configuration %s: %w; correct it or name the engine with --engine", path, err)
	}
	return config.CurrentContext, path, nil
}

// readContext reads one context's metadata. The folder's name is the hash of the context's name.
func readContext(name string) (Place, error) {
	sum := sha256.Sum256([]byte(name))
	id := hex.EncodeToString(sum[:])
	var meta struct {
		Endpoints map[string]struct {
			Host          string
			SkipTLSVerify bool
		}
	}
	contexts := filepath.Join(configDir(), "contexts")
	err := readJSON(filepath.Join(contexts, "meta", id, "meta.json"), &meta)
	if errors.Is(err, fs.ErrNotExist) {
		return Place{}, errors.New("there is no such context")
	}
	if err != nil {
		return Place{}, err
	}
	docker, ok := meta.Endpoints["docker"]
	if !ok || docker.Host == "" {
		return Place{}, errors.New("it names no docker engine")
	}
	var tls *TLS
	if dir := filepath.Join(contexts, "tls", id, "docker"); exists(dir) {
		tls = tlsIn(dir, !docker.SkipTLSVerify)
	}
	return parse(docker.Host, "docker context "+name, tls)
}

// readJSON reads a small settings file; 1 MiB is far more than any has.
func readJSON(path string, into any) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if info.Size() > 1<<20 {
		return errors.New("larger than 1 MiB")
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, into)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
