package facts

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// Bounds on what a registry lists of an image: anybody who may push there may add to it.
const (
	maxReferrers     = 1000
	maxReferrerPages = 50
)

// Referrer is an artifact that says of itself that it refers to an image. Type is empty where the list does not tell.
type Referrer struct {
	Digest      string
	Type        string
	Annotations map[string]string
}

// Referrers lists the artifacts that refer to the manifest of this digest in the image's repository: by the referrers API
// in all its pages, or, in a registry without it, by the fallback tag. Complete is false where there were more than 1000.
func (r *Resolved) Referrers(ctx context.Context, digest string) (list []Referrer, complete bool, err error) {
	ref, err := r.beside(digest)
	if err != nil {
		return nil, false, err
	}
	found, complete, err := r.referrers(ctx, ref)
	if err != nil {
		return nil, false, fmt.Errorf("list what refers to the image: %w", artifactError(ctx, ref, err))
	}
	for _, d := range found {
		list = append(list, Referrer{Digest: d.Digest.String(), Type: referrerType(d), Annotations: d.Annotations})
	}
	return list, complete, nil
}

// referrerType is empty for artifacts that a registry lists by their config's type although that config is empty.
func referrerType(d v1.Descriptor) string {
	if d.ArtifactType == emptyConfig {
		return ""
	}
	return d.ArtifactType
}

func (r *Resolved) referrers(ctx context.Context, ref name.Digest) ([]v1.Descriptor, bool, error) {
	client, err := r.client(ctx, ref.Context())
	if err != nil {
		return nil, false, err
	}
	repo := ref.Context()
	at := &url.URL{Scheme: repo.Scheme(), Host: repo.RegistryStr(), Path: fmt.Sprintf("/v2/%s/referrers/%s", repo.RepositoryStr(), ref.DigestStr())}
	var all []v1.Descriptor
	for page := 0; at != nil; page++ {
		some, next, err := referrersPage(ctx, client, at)
		if errors.Is(err, errNoReferrersAPI) && page == 0 {
			return r.byFallbackTag(ctx, ref)
		}
		if err != nil {
			return nil, false, err
		}
		all = append(all, some...)
		if len(all) > maxReferrers || page+1 >= maxReferrerPages && next != nil {
			return all[:min(len(all), maxReferrers)], false, nil
		}
		at = next
	}
	return all, true, nil
}

// client speaks to the image's registry with its credentials. The registry client's own list of referrers ends after the
// first page.
func (r *Resolved) client(ctx context.Context, repo name.Repository) (*http.Client, error) {
	auth, err := authn.Resolve(ctx, r.keychain(), repo)
	if err != nil {
		return nil, err
	}
	t, err := transport.NewWithContext(ctx, repo.Registry, auth, transport.NewUserAgent(r.limitedTransport(), userAgent), []string{repo.Scope(transport.PullScope)})
	return &http.Client{Transport: t}, err
}

var errNoReferrersAPI = errors.New("the registry has no referrers API")

// referrersPage reads one page of the list, and where the next one is.
func referrersPage(ctx context.Context, client *http.Client, at *url.URL) ([]v1.Descriptor, *url.URL, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), nil)
	if err != nil {
		return nil, nil, err
	}
	req.Header.Set("Accept", string(types.OCIImageIndex))
	resp, err := client.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusNotFound, http.StatusBadRequest, http.StatusMethodNotAllowed, http.StatusNotAcceptable:
		return nil, nil, errNoReferrersAPI
	}
	if err := transport.CheckError(resp, http.StatusOK); err != nil {
		return nil, nil, err
	}
	if mt, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type")); mt != string(types.OCIImageIndex) {
		return nil, nil, errNoReferrersAPI
	}
	list, err := readReferrers(resp.Body)
	if err != nil {
		return nil, nil, err
	}
	next, err := nextPage(at, resp.Header.Get("Link"))
	return list, next, err
}

func readReferrers(from io.Reader) ([]v1.Descriptor, error) {
	data, err := io.ReadAll(from)
	if err != nil {
		return nil, err
	}
	var m v1.IndexManifest
	if err := json.Unmarshal(data, &m); err != nil {
		return nil, errors.New("its list of referrers is not an index")
	}
	return m.Manifests, nil
}

var linkNext = regexp.MustCompile(`^\s*<([^>]*)>\s*;.*\brel="?next"?`)

// nextPage reads a Link header. Another host would be sent the registry's credentials, so it is refused.
func nextPage(at *url.URL, link string) (*url.URL, error) {
	m := linkNext.FindStringSubmatch(link)
	if m == nil {
		return nil, nil
	}
	next, err := at.Parse(m[1])
	if err != nil || next.Scheme != at.Scheme || next.Host != at.Host {
		return nil, errors.New("the next page of its list of referrers is not at the registry")
	}
	return next, nil
}

// byFallbackTag reads the index that clients keep under a tag where the registry keeps no list.
func (r *Resolved) byFallbackTag(ctx context.Context, ref name.Digest) ([]v1.Descriptor, bool, error) {
	tag := ref.Context().Tag(strings.Replace(ref.DigestStr(), ":", "-", 1))
	desc, err := remote.Get(tag, r.remoteOptions(ctx, r.limitedTransport())...)
	var te *transport.Error
	if errors.As(err, &te) && te.StatusCode == http.StatusNotFound {
		return nil, true, nil
	}
	if err != nil {
		return nil, false, err
	}
	list, err := readReferrers(bytes.NewReader(desc.Manifest))
	return list[:min(len(list), maxReferrers)], len(list) <= maxReferrers, err
}
