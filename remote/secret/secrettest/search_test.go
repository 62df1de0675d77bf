package secrettest

import (
	"encoding/base64"
	"strings"
	"testing"
)

func TestASecretIsFoundInEveryForm(t *testing.T) {
	const secret = "correct horse"
	for name, text := range map[string]string{
		"clear text":  "the password is " + secret + ".",
		"UTF-16":      "x" + string(wide(secret)) + "y",
		"hexadecimal": "636f727265637420686f727365",
	} {
		if form := Find([]byte(text), secret); form != name {
			t.Errorf("%s: found %q", name, form)
		}
	}
	for before := range 7 {
		for after := range 4 {
			for _, text := range []string{secret, string(wide(secret))} {
				whole := strings.Repeat("u", before) + text + strings.Repeat("z", after)
				if Find([]byte(base64.StdEncoding.EncodeToString([]byte(whole))), secret) == "" {
					t.Errorf("not found behind %d and before %d other bytes: %q", before, after, whole)
				}
			}
		}
	}
	if form := Find([]byte("correct "+"hors"), secret); form != "" {
		t.Errorf("found %s where it is not", form)
	}
}
