// Command release-image packs the released programs into the tool's own container image, one for each platform, without
// an engine: as an OCI layout, which is then pushed.
//
//	release-image -layout out/image -version 1.2.3 linux/amd64=dist/…/agentcore-conform linux/arm64=dist/…/agentcore-conform
//	release-image -push-from out/image ghcr.io/agentcore-conform/agentcore-conform:1.2.3
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "release-image:", err)
		os.Exit(1)
	}
}

// order is what the command line asks for.
type order struct {
	release
	layout, pushFrom, certificates, created string
}

func run(ctx context.Context, args []string) error {
	var o order
	flags := flag.NewFlagSet("release-image", flag.ContinueOnError)
	flags.StringVar(&o.layout, "layout", "", "write the image to this folder, as an OCI image layout")
	flags.StringVar(&o.pushFrom, "push-from", "", "push the layout in this folder to the references that follow")
	flags.StringVar(&o.Version, "version", "", "the version that the labels name")
	flags.StringVar(&o.Revision, "revision", "", "the commit that the labels name")
	flags.StringVar(&o.created, "created", "", "when the commit was made, in RFC 3339 (default 1970)")
	flags.StringVar(&o.certificates, "certificates", "/etc/ssl/certs/ca-certificates.crt", "certificates of authorities that the tool shall trust, PEM")
	if err := flags.Parse(args); err != nil {
		return err
	}
	switch {
	case (o.layout == "") == (o.pushFrom == ""):
		return errors.New("give either -layout DIR with PLATFORM=PROGRAM, or -push-from DIR with REFERENCE")
	case flags.NArg() == 0:
		return errors.New("name what is to be packed, as linux/arm64=PROGRAM, or where it is to go, as registry.example.com/tool:1.2")
	case o.pushFrom != "":
		return push(ctx, o.pushFrom, flags.Args())
	}
	return o.pack(flags.Args())
}

// pack writes a layout of all programs.
func (o *order) pack(programs []string) error {
	var err error
	if o.Created, err = createdAt(o.created); err != nil {
		return err
	}
	if o.Certificates, err = os.ReadFile(o.certificates); err != nil {
		return fmt.Errorf("read the certificates: %w; install ca-certificates or name others with -certificates", err)
	}
	for _, p := range programs {
		platform, file, ok := strings.Cut(p, "=")
		if !ok {
			return fmt.Errorf("%q: write PLATFORM=PROGRAM, as linux/arm64=bin/agentcore-conform", p)
		}
		program, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("read the program for %s: %w", platform, err)
		}
		o.Programs = append(o.Programs, forPlatform{platform, program})
	}
	index, err := o.index()
	if err != nil {
		return err
	}
	if _, err := layout.Write(o.layout, index); err != nil {
		return fmt.Errorf("write the layout: %w", err)
	}
	return nil
}

func createdAt(text string) (time.Time, error) {
	if text == "" {
		return time.Unix(0, 0).UTC(), nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return at, fmt.Errorf("-created %q: give a time such as 2026-01-02T03:04:05Z", text)
	}
	return at.UTC(), nil
}

// push sends the layout to each reference, with the credentials of the docker configuration.
func push(ctx context.Context, dir string, refs []string) error {
	index, err := layout.ImageIndexFromPath(dir)
	if err != nil {
		return fmt.Errorf("read the layout: %w", err)
	}
	for _, ref := range refs {
		to, err := name.ParseReference(ref)
		if err != nil {
			return fmt.Errorf("read the reference: %w", err)
		}
		if err := remote.WriteIndex(to, index, remote.WithContext(ctx), remote.WithAuthFromKeychain(authn.DefaultKeychain)); err != nil {
			return fmt.Errorf("push the image to %s: %w", ref, err)
		}
	}
	return nil
}
