package catalog

import "strings"

// A KB number has six or seven digits.
const fewestDigits, mostDigits = 6, 7

// findKB finds the first KB number in a description: a number of six or seven digits that stands alone or after "KB". Build
// numbers such as 16.0.104172 and longer numbers are none.
func findKB(description string) (kb string, ok bool) {
	s := strings.ToUpper(description)
	for i := 0; i < len(s); {
		if !isDigit(s[i]) {
			i++
			continue
		}
		end := i
		for end < len(s) && isDigit(s[end]) {
			end++
		}
		if n := end - i; n >= fewestDigits && n <= mostDigits && standsAlone(s, i, end) {
			return "KB" + s[i:end], true
		}
		i = end
	}
	return "", false
}

// standsAlone tells whether the digits s[from:to] are a word of their own, apart from a "KB" before them.
func standsAlone(s string, from, to int) bool {
	before := strings.TrimSuffix(s[:from], "KB")
	if n := len(before); n > 0 && (isWord(before[n-1]) || before[n-1] == '.') {
		return false
	}
	if to == len(s) {
		return true
	}
	if s[to] == '.' {
		return to+1 == len(s) || !isDigit(s[to+1])
	}
	return !isWord(s[to])
}

// parseKB reads a word that is a KB number, with or without "KB", and nothing else.
func parseKB(word string) (kb string, ok bool) {
	word = strings.TrimSpace(strings.ToUpper(word))
	kb, ok = findKB(word)
	return kb, ok && (word == kb || "KB"+word == kb)
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isWord(c byte) bool { return isDigit(c) || c >= 'A' && c <= 'Z' || c == '_' || c >= 0x80 }
