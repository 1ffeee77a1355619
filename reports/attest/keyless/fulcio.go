package keyless

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// certificateRequest is Fulcio's, in version 2 of its interface. The request for a certificate proves that the caller has the key.
type certificateRequest struct {
	Request []byte `json:"certificateSigningRequest"`
}

// certificateAnswer holds certificates in PEM, that of the key first. One whose timestamp of the certificate log stands beside
// it and not in it comes under another name: nothing that is stored in a bundle could prove it.
type certificateAnswer struct {
	Embedded struct {
		Chain struct {
			Certificates []string `json:"certificates"`
		} `json:"chain"`
	} `json:"signedCertificateEmbeddedSct"`
}

const otherFulcio = "name another with --fulcio-url"

// certify asks Fulcio for a certificate, in DER, that binds the key to whom the token names.
func certify(ctx context.Context, at, token string, key crypto.Signer) ([]byte, error) {
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, key)
	if err != nil {
		return nil, fmt.Errorf("make the request for a certificate: %w", err)
	}
	request := certificateRequest{pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der})}
	var answer certificateAnswer
	err = newService("Fulcio", otherFulcio).ask(ctx, http.MethodPost, strings.TrimRight(at, "/")+"/api/v2/signingCert", token, request, &answer)
	if err != nil {
		return nil, err
	}
	if len(answer.Embedded.Chain.Certificates) == 0 {
		return nil, errors.New("no certificate that holds its timestamp came from Fulcio; " + otherFulcio)
	}
	block, _ := pem.Decode([]byte(answer.Embedded.Chain.Certificates[0]))
	if block == nil {
		return nil, errors.New("the certificate that came from Fulcio is not in PEM; " + otherFulcio)
	}
	return block.Bytes, nil
}
