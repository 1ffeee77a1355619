package reports

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
)

//go:embed schema/matrix-v1.json
var matrixSchemaV1 []byte

// MatrixJSONSchema returns the JSON Schema (2020-12) of the certification matrix.
func MatrixJSONSchema() []byte { return bytes.Clone(matrixSchemaV1) }

// WriteMatrixJSON writes the matrix, indented, with fields in a stable order and what a terminal could misread escaped.
func WriteMatrixJSON(w io.Writer, m *Matrix) error {
	whole := *m
	if whole.Rows == nil {
		whole.Rows = []MatrixRow{}
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(&whole); err != nil {
		return fmt.Errorf("encode the matrix: %w", err)
	}
	if _, err := w.Write(escapeUnsafe(b.Bytes())); err != nil {
		return fmt.Errorf("write the matrix as JSON: %w", err)
	}
	return nil
}

// ReadMatrix reads a matrix that WriteMatrixJSON wrote.
func ReadMatrix(r io.Reader) (*Matrix, error) {
	data, schema, err := readDocument(r)
	if err != nil {
		return nil, err
	}
	if schema != MatrixSchema {
		return nil, foreign(schema, MatrixSchema)
	}
	m := new(Matrix)
	if err := json.Unmarshal(data, m); err != nil {
		return nil, fmt.Errorf("read the matrix: %w", err)
	}
	return m, nil
}
