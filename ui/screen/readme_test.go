package screen

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"patchdeck/ui/uitest"
)

// picture is a frame in the README: its name and size among the frames that goldens keep, and the text between the fences.
var picture = regexp.MustCompile("(?s)<!-- frame ([a-z-]+) (\\d+)x(\\d+) -->\n```\n(.*?)```\n")

// TestPicturesOfTheREADMEAreFrames draws the README's pictures anew and compares them; with -update it writes them:
//
//	go test ./ui/screen -run Pictures -update
func TestPicturesOfTheREADMEAreFrames(t *testing.T) {
	const readme = "../../README.md"
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	drawn := picture.ReplaceAllStringFunc(string(text), func(block string) string {
		part := picture.FindStringSubmatch(block)
		found++
		return fmt.Sprintf("<!-- frame %s %sx%s -->\n```\n%s```\n", part[1], part[2], part[3], drawFrame(t, part[1], atoi(part[2]), atoi(part[3])))
	})
	if found == 0 {
		t.Fatal("the README shows no picture")
	}
	uitest.Kept(t, readme, drawn)
}

// drawFrame draws a named frame without colour, without the blanks at the ends of lines and without the empty lines before the bottom.
func drawFrame(t *testing.T, name string, width, height int) string {
	t.Helper()
	for _, f := range frames {
		if f.name != name {
			continue
		}
		s := open(t, f.view(), f.actor, mono, width, height)
		s.press(f.keys...)
		var lines []string
		for line := range strings.Lines(s.frame() + "\n") {
			line = strings.TrimRight(line, " \n")
			if empty := strings.Trim(line, " │") == ""; empty && len(lines) > 0 && strings.Trim(lines[len(lines)-1], " │") == "" {
				continue
			}
			lines = append(lines, line)
		}
		return strings.Join(lines, "\n") + "\n"
	}
	t.Fatalf("there is no frame %q", name)
	return ""
}

func atoi(digits string) (n int) {
	fmt.Sscan(digits, &n)
	return n
}
