//go:build nightly || soak

package inengine

import (
	"os"
	"strconv"
	"testing"
)

// atOnce is how many images are played at a time: CONFORM_SEATS, or 3.
func atOnce(t *testing.T) int {
	t.Helper()
	n, err := strconv.Atoi(os.Getenv("CONFORM_SEATS"))
	if err != nil || n < 1 {
		return 3
	}
	return n
}
