package inventory

import "unicode"

// nameKey is equal for two names exactly when SameName holds: each letter is replaced by the smallest of those that differ
// from it in case only.
func nameKey(name string) string {
	key := []rune(name)
	for i, r := range key {
		smallest := r
		for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
			smallest = min(smallest, other)
		}
		key[i] = smallest
	}
	return string(key)
}
