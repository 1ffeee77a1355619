package main

// closest returns the candidate nearest to what was typed, or "" when none is near enough to be meant.
func closest(typed string, candidates []string) string {
	best, least := "", 1+max(1, len(typed)/3)
	for _, c := range candidates {
		if d := distance(typed, c); d < least {
			best, least = c, d
		}
	}
	return best
}

// didYouMean is the clause that ends an error about an unknown word; empty when nothing is near.
func didYouMean(prefix, typed string, candidates []string) string {
	if c := closest(typed, candidates); c != "" {
		return "; did you mean " + prefix + c + "?"
	}
	return ""
}

// distance is the number of bytes to insert, delete or replace to get from a to b (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
