package keyless

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"strings"

	protocommon "github.com/sigstore/protobuf-specs/gen/pb-go/common/v1"
	protorekor "github.com/sigstore/protobuf-specs/gen/pb-go/rekor/v1"

	"github.com/agentcore-conform/agentcore-conform/reports/attest"
)

// The kind of entry that holds the digests of an envelope, and not its payload.
const (
	entryKind    = "dsse"
	entryVersion = "0.0.1"
)

// proposal is an entry as Rekor is asked to make it.
type proposal struct {
	Version string `json:"apiVersion"`
	Kind    string `json:"kind"`
	Spec    struct {
		Content struct {
			Envelope  string   `json:"envelope"`
			Verifiers [][]byte `json:"verifiers"`
		} `json:"proposedContent"`
	} `json:"spec"`
}

// logEntry is an entry as Rekor answers it. Its digests are in hexadecimal digits.
type logEntry struct {
	Body           []byte `json:"body"`
	IntegratedTime int64  `json:"integratedTime"`
	LogID          string `json:"logID"`
	LogIndex       int64  `json:"logIndex"`
	Verification   struct {
		Promise []byte          `json:"signedEntryTimestamp"`
		Proof   *inclusionProof `json:"inclusionProof"`
	} `json:"verification"`
}

type inclusionProof struct {
	Checkpoint string   `json:"checkpoint"`
	Hashes     []string `json:"hashes"`
	LogIndex   int64    `json:"logIndex"`
	RootHash   string   `json:"rootHash"`
	TreeSize   int64    `json:"treeSize"`
}

const otherRekor = "name another with --rekor-url"

// enter has Rekor enter the signature in its log.
func enter(ctx context.Context, at string, e *attest.Envelope, certificate []byte) (*protorekor.TransparencyLogEntry, error) {
	envelope, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("encode the envelope: %w", err)
	}
	p := proposal{Version: entryVersion, Kind: entryKind}
	p.Spec.Content.Envelope = string(envelope)
	p.Spec.Content.Verifiers = [][]byte{pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate})}
	var answer map[string]logEntry
	err = newService("Rekor", otherRekor).ask(ctx, http.MethodPost, strings.TrimRight(at, "/")+"/api/v1/log/entries", "", p, &answer)
	if err != nil {
		return nil, err
	}
	for _, entry := range answer {
		return entry.proto()
	}
	return nil, errors.New("no entry came from Rekor; " + otherRekor)
}

// proto is the entry as bundles hold it.
func (e logEntry) proto() (*protorekor.TransparencyLogEntry, error) {
	log, err := hex.DecodeString(e.LogID)
	if err != nil || e.Verification.Proof == nil {
		return nil, errors.New("the entry that came from Rekor does not prove that it is in the log; " + otherRekor)
	}
	proof, err := e.Verification.Proof.proto()
	if err != nil {
		return nil, fmt.Errorf("read the proof that Rekor answered: %w; %s", err, otherRekor)
	}
	return &protorekor.TransparencyLogEntry{
		LogIndex: e.LogIndex, LogId: &protocommon.LogId{KeyId: log}, IntegratedTime: e.IntegratedTime,
		KindVersion:       &protorekor.KindVersion{Kind: entryKind, Version: entryVersion},
		InclusionPromise:  &protorekor.InclusionPromise{SignedEntryTimestamp: e.Verification.Promise},
		InclusionProof:    proof,
		CanonicalizedBody: e.Body,
	}, nil
}

func (p *inclusionProof) proto() (*protorekor.InclusionProof, error) {
	root, err := hex.DecodeString(p.RootHash)
	if err != nil {
		return nil, err
	}
	out := &protorekor.InclusionProof{
		LogIndex: p.LogIndex, RootHash: root, TreeSize: p.TreeSize, Checkpoint: &protorekor.Checkpoint{Envelope: p.Checkpoint},
	}
	for _, h := range p.Hashes {
		hash, err := hex.DecodeString(h)
		if err != nil {
			return nil, err
		}
		out.Hashes = append(out.Hashes, hash)
	}
	return out, nil
}
