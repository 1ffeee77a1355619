package docker

import (
	"context"
	"errors"
)

func (e *Engine) proveRelay(ctx context.Context, b *beacon) (*route, error) {
	return nil, errors.New("no relay")
}
