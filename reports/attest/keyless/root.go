package keyless

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"

	"github.com/sigstore/sigstore-go/pkg/tuf"
	"github.com/theupdateframework/go-tuf/v2/metadata/fetcher"
)

// Repository is where a trusted root is kept, by the rules of The Update Framework.
type Repository struct {
	URL string
	// Root is the metadata that the first answer is verified by.
	Root []byte
	// Cache is a folder for what was fetched, which is good for a day; where it is empty or cannot be written, all is fetched each time.
	Cache string
}

// Public is Sigstore's own repository, cached in the user's folder for such things.
func Public() Repository {
	r := Repository{URL: tuf.DefaultMirror, Root: tuf.DefaultRoot()}
	if base, err := os.UserCacheDir(); err == nil {
		r.Cache = filepath.Join(base, "agentcore-conform", "sigstore")
	}
	return r
}

// TrustedRoot returns the repository's trusted_root.json, verified.
func (r Repository) TrustedRoot(ctx context.Context) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	fetch := fetcher.NewDefaultFetcher()
	fetch.SetHTTPClient(&http.Client{Transport: within{ctx}})
	options := (&tuf.Options{Root: r.Root, RepositoryBaseURL: r.URL, CachePath: r.Cache, Fetcher: fetch}).WithCacheValidity(1)
	if r.Cache == "" || os.MkdirAll(r.Cache, 0o700) != nil {
		options = options.WithDisableLocalCache()
	}
	trusted, err := target(options)
	if err != nil {
		return nil, fmt.Errorf("the trusted root of Sigstore cannot be fetched from %s: %w; retry, or give a file with --trusted-root", r.URL, err)
	}
	return trusted, nil
}

func target(options *tuf.Options) ([]byte, error) {
	client, err := tuf.New(options)
	if err != nil {
		return nil, err
	}
	return client.GetTarget("trusted_root.json")
}

// within ends requests with a context: the library asks without one.
type within struct{ ctx context.Context }

func (w within) RoundTrip(req *http.Request) (*http.Response, error) {
	return http.DefaultTransport.RoundTrip(req.WithContext(w.ctx))
}
