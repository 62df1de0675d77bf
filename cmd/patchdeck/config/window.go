package config

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"patchdeck/engine/rollout"
)

var (
	windowID  = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{0,15}$`)
	clockTime = regexp.MustCompile(`^([01][0-9]|2[0-3]):([0-5][0-9])$`)
)

// WindowIDs lists the windows that a server of the inventory may name: check periods take what the others left.
func (c *Config) WindowIDs() []string {
	var ids []string
	for _, w := range c.Windows {
		if w.Kind != rollout.Check {
			ids = append(ids, w.ID)
		}
	}
	return ids
}

// windows reads the maintenance windows and checks that each ring has one.
func (r *reader) windows(v value) []rollout.WindowSpec {
	var specs []rollout.WindowSpec
	lines := map[string]int{}
	r.list(v, "maintenance windows", func(entry value) {
		problems := len(r.problems)
		spec := r.window(entry)
		if len(r.problems) > problems {
			return
		}
		key := strings.ToLower(spec.ID)
		if first, twice := lines[key]; twice {
			r.fail(entry.line, "the window %s is in line %d already", spec.ID, first)
			return
		}
		lines[key] = entry.line
		specs = append(specs, spec)
	})
	for _, ring := range rollout.Rings {
		if len(r.problems) == 0 && !serves(specs, ring) {
			r.fail(v.line, "windows has no standard window for the ring %s", ring)
		}
	}
	return specs
}

func serves(specs []rollout.WindowSpec, ring rollout.Ring) bool {
	for _, spec := range specs {
		if spec.Ring == ring && spec.Kind == rollout.Standard {
			return true
		}
	}
	return false
}

func (r *reader) window(v value) rollout.WindowSpec {
	spec := rollout.WindowSpec{Kind: rollout.Standard}
	given := map[string]bool{}
	take := func(read func(value)) func(value) {
		return func(v value) {
			given[v.name] = true
			read(v)
		}
	}
	problems := len(r.problems)
	v.name = "a window"
	r.mapping(v, fields{
		"id":     take(func(v value) { spec.ID = r.windowID(v) }),
		"ring":   take(func(v value) { spec.Ring = rollout.Ring(r.oneOf(v, "pilot", "Dev", "Prod")) }),
		"kind":   take(func(v value) { spec.Kind = rollout.WindowKind(r.oneOf(v, "standard", "emergency", "check")) }),
		"day":    take(func(v value) { spec.Day = r.number(v, -31, 90) }),
		"start":  take(func(v value) { spec.Start = r.clock(v) }),
		"length": take(func(v value) { spec.Length = r.duration(v, 10*time.Minute, 48*time.Hour) }),
	})
	if len(r.problems) > problems {
		return spec
	}
	for _, key := range []string{"id", "ring", "day", "start", "length"} {
		if !given[key] {
			r.fail(v.line, "%s lacks the key %s", named(spec), key)
		}
	}
	if spec.Kind == rollout.EmergencyWindow && spec.Ring != rollout.Prod {
		r.fail(v.line, "%s: an emergency window belongs to the ring Prod", named(spec))
	}
	return spec
}

func named(spec rollout.WindowSpec) string {
	if spec.ID == "" {
		return "a window"
	}
	return fmt.Sprintf("the window %s", spec.ID)
}

func (r *reader) windowID(v value) string {
	id := r.text(v)
	if id != "" && !windowID.MatchString(id) {
		r.fail(v.line, "id is %s: a letter and up to 15 letters, digits or dashes are accepted, such as W1", quote(id))
	}
	return id
}

// clock reads a time of day as a clock on the wall shows it.
func (r *reader) clock(v value) time.Duration {
	text := r.text(v)
	if text == "" {
		return 0
	}
	if !clockTime.MatchString(text) {
		r.fail(v.line, "%s is %s: a time of day from \"00:00\" to \"23:59\" is accepted, in quotes", v.name, quote(text))
		return 0
	}
	of, _ := time.Parse("15:04", text) // the pattern has checked it
	return time.Duration(of.Hour())*time.Hour + time.Duration(of.Minute())*time.Minute
}
