package reports

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
)

// matrixFiles are the files that a matrix is written to, with their writers.
var matrixFiles = []struct {
	name  string
	write func(io.Writer, *Matrix) error
}{
	{"matrix.json", WriteMatrixJSON},
	{"matrix.md", WriteMatrixMarkdown},
	{"matrix.xml", WriteMatrixJUnit},
}

// MatrixFiles lists the names of the files that WriteMatrixFiles writes.
func MatrixFiles() []string {
	var out []string
	for _, f := range matrixFiles {
		out = append(out, f.name)
	}
	return out
}

// WriteMatrixFiles writes the matrix into a folder as JSON, Markdown and JUnit, each file whole or not at all.
func WriteMatrixFiles(dir string, m *Matrix) error {
	var errs []error
	for _, f := range matrixFiles {
		path := filepath.Join(dir, f.name)
		if err := replaceFile(path, func(w io.Writer) error { return f.write(w, m) }); err != nil {
			errs = append(errs, fmt.Errorf("write the matrix to %s: %w", path, err))
		}
	}
	return errors.Join(errs...)
}
