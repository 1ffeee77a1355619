package record

import "strings"

// FieldValue returns the first value of a field by case-insensitive name, or "".
func FieldValue(fields []Field, name string) string {
	for _, f := range fields {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}
