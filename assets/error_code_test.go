package assets

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestErrorCodesAreCompleteAndInOrder(t *testing.T) {
	form := regexp.MustCompile(`^0x[0-9A-F]{8}$`)
	last := ""
	for _, code := range ErrorCodes() {
		if !form.MatchString(code.Code) || code.Code <= last {
			t.Errorf("%s after %s: not a code in ascending order", code.Code, last)
		}
		last = code.Code
		if !slices.Contains(ErrorClasses(), code.Class) {
			t.Errorf("%s has the unknown class %q", code.Code, code.Class)
		}
		for _, sentence := range []string{code.Words, code.Advice} {
			if len(sentence) < 5 || len(sentence) > 160 || !strings.HasSuffix(sentence, ".") {
				t.Errorf("%s: %q is not one sentence of at most 160 characters", code.Code, sentence)
			}
		}
		if code.Name == "" {
			t.Errorf("%s has no name", code.Code)
		}
	}
}

// What our own scripts answer must have words too.
func TestCodesOfTheScriptsAreExplained(t *testing.T) {
	explained := map[string]bool{
		"0x00000000": true, // success
		"0x80070000": true, // the base to which an exit code is added
	}
	for _, code := range ErrorCodes() {
		explained[code.Code] = true
	}
	for _, script := range everyScript() {
		for _, code := range regexp.MustCompile(`0x[0-9A-F]{8}`).FindAllString(script.Text, -1) {
			if !explained[code] {
				t.Errorf("%s answers %s, which errorcodes.json does not explain", script.Name, code)
			}
		}
	}
}
