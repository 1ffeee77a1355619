package legible

import "fmt"

// Millis shows a time in milliseconds in the unit that suits its size.
func Millis(ms float64) string {
	switch {
	case ms < 10:
		return fmt.Sprintf("%.1f ms", ms)
	case ms < 1000:
		return fmt.Sprintf("%.0f ms", ms)
	case ms < 10_000:
		return fmt.Sprintf("%.1f s", ms/1000)
	case ms < 59_500:
		return fmt.Sprintf("%.0f s", ms/1000)
	default:
		s := int64(ms/1000 + 0.5)
		if s >= 3600 {
			return fmt.Sprintf("%dh%02dm%02ds", s/3600, s/60%60, s%60)
		}
		return fmt.Sprintf("%dm%02ds", s/60, s%60)
	}
}
