package trail

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
)

var at = time.Date(2026, 2, 11, 20, 15, 0, 0, time.UTC)

// chain appends entries that differ in their action and gives the lines and the head after them.
func chain(t testing.TB, actions ...string) ([][]byte, Head) {
	t.Helper()
	var head Head
	var lines [][]byte
	for _, action := range actions {
		raw, next, err := head.Append(Entry{
			At: at, Actor: "lena", Roles: []string{"lead"}, Via: "ssh", Action: action, Object: "R-7",
			Before: "draft", After: "submitted", Reason: "zero-day <CVE-2026-1>", Body: json.RawMessage(`{ "x": [1, "ü"] }`),
		})
		if err != nil {
			t.Fatal(err)
		}
		lines, head = append(lines, raw), next
	}
	return lines, head
}

func TestAnEntryComesBackAsItWasAppended(t *testing.T) {
	lines, head := chain(t, "submit")
	e, next, err := Head{}.Follow(lines[0])
	if err != nil {
		t.Fatal(err)
	}
	if next != head || head.Seq != 1 {
		t.Errorf("following leads to %v, appending to %v", next, head)
	}
	if e.V != 1 || e.Seq != 1 || !e.At.Equal(at) || e.Actor != "lena" || e.Roles[0] != "lead" || e.Via != "ssh" || e.Action != "submit" ||
		e.Object != "R-7" || e.Before != "draft" || e.After != "submitted" || e.Reason != "zero-day <CVE-2026-1>" {
		t.Errorf("read back as %+v", e)
	}
	if string(e.Body) != `{"x":[1,"ü"]}` || e.Prev != strings.Repeat("0", 64) {
		t.Errorf("body %s, prev %s", e.Body, e.Prev)
	}
}

func TestTheHashIsOverTheHashBeforeAndTheLine(t *testing.T) {
	lines, head := chain(t, "submit", "authorise")
	first := sha256.Sum256(append(make([]byte, 32), lines[0]...))
	second := sha256.Sum256(append(first[:], lines[1]...))
	if head.Hash != second || head.Seq != 2 {
		t.Errorf("head %v, expected entry 2 with %x", head, second)
	}
}

func TestAnEntryIsOneLineInUTC(t *testing.T) {
	zone := time.FixedZone("CET", 3600)
	raw, _, err := Head{}.Append(Entry{At: at.In(zone), Actor: "lena", Action: "note", Reason: "two\nlines", Body: json.RawMessage("{\n}")})
	if err != nil {
		t.Fatal(err)
	}
	if bytes.ContainsAny(raw, "\r\n") || !bytes.Contains(raw, []byte(`"at":"2026-02-11T20:15:00Z"`)) {
		t.Errorf("written as %s", raw)
	}
}

func TestAppendRefusesWhatNobodyCouldUseLater(t *testing.T) {
	whole := Entry{At: at, Actor: "lena", Action: "submit"}
	for name, spoil := range map[string]func(*Entry){
		"no time":   func(e *Entry) { e.At = time.Time{} },
		"no actor":  func(e *Entry) { e.Actor = "" },
		"no action": func(e *Entry) { e.Action = "" },
		"bad body":  func(e *Entry) { e.Body = json.RawMessage(`{"a":`) },
		"too long":  func(e *Entry) { e.Reason = strings.Repeat("x", MaxEntry) },
	} {
		e := whole
		spoil(&e)
		raw, next, err := Head{}.Append(e)
		if err == nil || raw != nil || next != (Head{}) {
			t.Errorf("%s: line %.40s, head %v, error %v", name, raw, next, err)
		}
	}
}

func TestFollowSaysWhatIsWrongWithALine(t *testing.T) {
	lines, _ := chain(t, "one", "two", "three", "four")
	_, second, _ := Head{}.Follow(lines[0])
	change := func(old, new string) []byte { return bytes.Replace(lines[1], []byte(old), []byte(new), 1) }
	for name, c := range map[string]struct {
		raw  []byte
		what string
	}{
		"left out":          {lines[3], "missing: entry 4 comes after entry 1"},
		"given twice":       {lines[0], "missing: entry 1 stands in its place"},
		"other chain":       {change(`"prev":"`+second.String()[:1], `"prev":"x`), "does not continue the chain"},
		"newer format":      {change(`"v":1`, `"v":2`), "has format 2, this program knows 1"},
		"unknown member":    {change(`"via"`, `"vai"`), `member "vai" that format 1 does not know`},
		"other spelling":    {change(`"actor"`, `"Actor"`), `member "Actor"`},
		"second member":     {change(`"via":"ssh"`, `"via":"ssh","actor":"otto"`), `member "actor" twice`},
		"wrong type":        {change(`"seq":2`, `"seq":"2"`), `member "seq" is not readable`},
		"negative number":   {change(`"seq":2`, `"seq":-2`), `member "seq" is not readable`},
		"missing actor":     {change(`"actor":"lena",`, ``), "names no actor"},
		"cut off":           {lines[1][:len(lines[1])-1], "cut off"},
		"cut off in middle": {lines[1][:40], "not readable"},
		"something after":   {append(bytes.Clone(lines[1]), "{}"...), "something follows"},
		"line break":        {append(bytes.Clone(lines[1]), '\n'), "line break"},
		"not UTF-8":         {change("lena", "len\xff"), "not UTF-8"},
		"not an object":     {[]byte(`[1]`), "not a JSON object"},
		"nothing":           {nil, "not a JSON object"},
		"too long":          {bytes.Repeat([]byte(" "), MaxEntry+1), "limit"},
	} {
		_, next, err := second.Follow(c.raw)
		var broken *Break
		if !errors.As(err, &broken) {
			t.Errorf("%s: error %v is no Break", name, err)
			continue
		}
		if broken.Seq != 2 || next != second || broken.Do == "" {
			t.Errorf("%s: entry %d, head %d, advice %q", name, broken.Seq, next.Seq, broken.Do)
		}
		if !strings.Contains(broken.What, c.what) {
			t.Errorf("%s: says %q, expected %q in it", name, broken.What, c.what)
		}
	}
}

func TestParseHashTakesOnlyWhatStringWrites(t *testing.T) {
	_, head := chain(t, "one")
	if hash, err := ParseHash(head.String()); err != nil || hash != head.Hash {
		t.Errorf("%v, %v", hash, err)
	}
	for _, text := range []string{"", "00", strings.Repeat("AB", 32), head.String() + "00", strings.Repeat("g", 64)} {
		if _, err := ParseHash(text); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}

// FuzzFollow: whatever a line is, reading it neither panics nor gives an entry that chains differently than its bytes.
func FuzzFollow(f *testing.F) {
	lines, _ := chain(f, "one", "two")
	for _, line := range lines {
		f.Add(line)
	}
	f.Add([]byte(`{"v":1,"seq":1,"at":"2026-02-11T20:15:00Z","actor":"a","action":"b","body":{"a":[[[null]]]},"prev":""}`))
	f.Add([]byte(`{"v":1,"v":2}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		e, next, err := Head{}.Follow(raw)
		if err != nil {
			return
		}
		if next != (Head{}).Advance(raw) || e.Seq != 1 || e.V != Version {
			t.Errorf("took %q as entry %d", raw, e.Seq)
		}
		again, _, err := Head{}.Append(e)
		if err != nil && len(raw) < MaxEntry/8 {
			t.Errorf("took %q but cannot write it: %v", raw, err)
		}
		if err == nil {
			if _, _, err := (Head{}).Follow(again); err != nil {
				t.Errorf("wrote %q, which does not follow: %v", again, err)
			}
		}
	})
}

func BenchmarkAppend(b *testing.B) {
	var head Head
	for b.Loop() {
		_, next, err := head.Append(Entry{At: at, Actor: "engine", Action: "advertisement.succeeded", Object: "R-7/srv-0042", Body: json.RawMessage(`{"build":"10.0.20348.3091"}`)})
		if err != nil {
			b.Fatal(err)
		}
		head = next
	}
}

func BenchmarkFollow(b *testing.B) {
	lines, _ := chain(b, "one")
	for b.Loop() {
		if _, _, err := (Head{}).Follow(lines[0]); err != nil {
			b.Fatal(err)
		}
	}
}
