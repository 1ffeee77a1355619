package docker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/containerd/errdefs"
	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/moby/moby/api/pkg/authconfig"
	"github.com/moby/moby/api/types/jsonstream"
	"github.com/moby/moby/api/types/registry"
	"github.com/moby/moby/client"
	specs "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/agentcore-conform/agentcore-conform/suites/engine"
)

// Lookup returns the id of the local image of that name for the platform, or ErrNoImage. An empty platform takes any.
func (e *Engine) Lookup(ctx context.Context, ref, platform string) (string, error) {
	want := platformOf(platform)
	found, err := e.inspectImage(ctx, ref, want)
	switch {
	case errdefs.IsNotFound(err):
		return "", fmt.Errorf("%w: %s", engine.ErrNoImage, ref)
	case err != nil:
		return "", fmt.Errorf("looking for image %s in the engine: %w", ref, err)
	case want != nil && found.Architecture != "" && (found.Architecture != want.Architecture || found.Os != want.OS):
		return "", fmt.Errorf("%w: %s is for %s/%s", engine.ErrNoImage, ref, found.Os, found.Architecture)
	}
	return found.ID, nil
}

// inspectImage asks for the platform's variant where the engine keeps several under one name; there the plain question is
// answered for the engine's own platform.
func (e *Engine) inspectImage(ctx context.Context, ref string, want *specs.Platform) (client.ImageInspectResult, error) {
	if want == nil || versionLess(e.cli.ClientVersion(), "1.49") {
		return e.cli.ImageInspect(ctx, ref)
	}
	return e.cli.ImageInspect(ctx, ref, client.ImageInspectWithPlatform(want))
}

// Save streams the image as a docker-save archive; the caller closes it.
func (e *Engine) Save(ctx context.Context, ref string) (io.ReadCloser, error) {
	stream, err := e.cli.ImageSave(ctx, []string{ref})
	if err != nil {
		return nil, fmt.Errorf("saving image %s from the engine: %w", ref, err)
	}
	return stream, nil
}

// Load reads a docker-save archive and returns the name or id that the engine gave it.
func (e *Engine) Load(ctx context.Context, archive io.Reader) (string, error) {
	answer, err := e.cli.ImageLoad(ctx, archive, client.ImageLoadWithQuiet(true))
	if err != nil {
		return "", fmt.Errorf("loading an image into the engine: %w", err)
	}
	defer answer.Close()
	ref := ""
	err = messages(answer, func(m jsonstream.Message) {
		if found := loaded.FindStringSubmatch(m.Stream); found != nil {
			ref = found[1]
		}
	})
	switch {
	case err != nil:
		return "", fmt.Errorf("loading an image into the engine: %w", err)
	case ref == "":
		return "", errors.New("loading an image into the engine: it took the archive without naming an image")
	}
	return ref, nil
}

// loaded is how engines say what they loaded: the name, or the id of a nameless image.
var loaded = regexp.MustCompile(`Loaded image(?:\(s\))?(?: ID)?: (\S+)`)

// maxMessage bounds one message of an engine's progress, maxAnswer the whole of it.
const maxAnswer = 64 << 20

// messages reads an engine's answer to its end: failure comes inside a stream that began with 200.
func messages(answer io.Reader, each func(jsonstream.Message)) error {
	stream := json.NewDecoder(io.LimitReader(answer, maxAnswer))
	for {
		var m struct {
			jsonstream.Message
			// Text is the error as engines before the structured form gave it, and as Podman does.
			Text string `json:"error"`
		}
		switch err := stream.Decode(&m); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("the engine's answer broke off: %w", err)
		case m.Error != nil && m.Error.Message != "":
			return errors.New(oneLine(m.Error.Message))
		case m.Text != "":
			return errors.New(oneLine(m.Text))
		}
		each(m.Message)
	}
}

// Pull fetches the image of that platform, with the credentials that the docker command would use.
func (e *Engine) Pull(ctx context.Context, ref, platform string) error {
	auth, err := credentials(ref)
	if err != nil {
		return err
	}
	opts := client.ImagePullOptions{RegistryAuth: auth}
	if p := platformOf(platform); p != nil {
		opts.Platforms = []specs.Platform{*p}
	}
	answer, err := e.cli.ImagePull(ctx, ref, opts)
	if err != nil {
		return fmt.Errorf("pulling %s for %s: %w", ref, platform, err)
	}
	defer answer.Close()
	last := ""
	err = messages(answer, func(m jsonstream.Message) {
		// Layers report every few kilobytes; only a change of what is done is news.
		if m.Status != last && m.Progress == nil {
			last = m.Status
			e.log("pull: %s", oneLine(m.Status))
		}
	})
	if err != nil {
		return fmt.Errorf("pulling %s for %s: %w", ref, platform, err)
	}
	return nil
}

// credentials looks the registry up in the docker and podman configuration and asks its credential helper.
func credentials(ref string) (string, error) {
	parsed, err := name.ParseReference(ref)
	if err != nil {
		return "", fmt.Errorf("image reference %q: %w", ref, err)
	}
	authenticator, err := authn.DefaultKeychain.Resolve(parsed.Context())
	if err != nil {
		return "", fmt.Errorf("reading the credentials for %s: %w", parsed.Context().RegistryStr(), err)
	}
	if authenticator == authn.Anonymous {
		return "", nil
	}
	a, err := authn.Authorization(context.Background(), authenticator)
	if err != nil {
		return "", fmt.Errorf("reading the credentials for %s: %w", parsed.Context().RegistryStr(), err)
	}
	return authconfig.Encode(registry.AuthConfig{
		Username: a.Username, Password: a.Password, Auth: a.Auth, IdentityToken: a.IdentityToken,
		RegistryToken: a.RegistryToken, ServerAddress: parsed.Context().RegistryStr(),
	})
}

// versionLess compares API versions such as 1.41.
func versionLess(a, b string) bool {
	var aMajor, aMinor, bMajor, bMinor int
	_, _ = fmt.Sscanf(strings.TrimSpace(a), "%d.%d", &aMajor, &aMinor)
	_, _ = fmt.Sscanf(strings.TrimSpace(b), "%d.%d", &bMajor, &bMinor)
	return aMajor < bMajor || aMajor == bMajor && aMinor < bMinor
}
