package rollout

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Setting is one number of the policy that an administrator may set. The configuration, its documentation, what consoles show and the audit
// trail read the table Settings.
type Setting struct {
	Name        string // as the configuration has it; the part before a dot is its group
	Unit        string // what it counts; empty for a span of time
	Least, Most int    // of a count
	// Shortest and Longest bound a span of time.
	Shortest, Longest time.Duration
	None              string // what 0 means, where it is accepted as the word "none"
	Meaning           string

	count func(*Policy) *int
	span  func(*Policy) *time.Duration
}

const day = 24 * time.Hour

// Settings are in the order in which people read them.
var Settings = []Setting{
	{Name: "backup_within", Shortest: time.Hour, Longest: 90 * day, None: "none is demanded", Meaning: "a preflight demands a good backup that is not older",
		span: func(p *Policy) *time.Duration { return &p.BackupWithin }},
	{Name: "site_transfers", Unit: "servers", Least: 1, Most: 5000, None: "no limit", Meaning: "that fetch content at once in one site, over all rollouts",
		count: func(p *Policy) *int { return &p.SiteStages }},
	{Name: "site_servers", Unit: "servers", Least: 1, Most: 5000, None: "no limit", Meaning: "in work at once in one site, in each rollout",
		count: func(p *Policy) *int { return &p.SiteLimit }},
	{Name: "least_ceiling", Unit: "servers", Least: 1, Most: 10_000, Meaning: "in work at once: no proposed limit of a plan is lower",
		count: func(p *Policy) *int { return &p.LeastCeiling }},
	{Name: "emergency_ceiling", Unit: "servers", Least: 1, Most: 10_000, Meaning: "the same for an emergency",
		count: func(p *Policy) *int { return &p.EmergencyLimit }},
	{Name: "countdown", Shortest: 10 * time.Second, Longest: 15 * time.Minute, None: "servers restart at once", Meaning: "that people who are logged on see before a restart; windows keep it free",
		span: func(p *Policy) *time.Duration { return &p.Countdown }},
	{Name: "pilot_removals", Unit: "updates", Least: 1, Most: 100, None: "no removal is tried", Meaning: "that a pilot server takes away and installs again, to prove that they can be removed",
		count: func(p *Policy) *int { return &p.PilotRemovals }},
	{Name: "ramp_ends", Unit: "successes", Least: 1, Most: 1000, Meaning: "verified on an OS build that end the ramp from one server at a time",
		count: func(p *Policy) *int { return &p.Experience }},
	{Name: "grace", Shortest: time.Hour, Longest: 90 * day, Meaning: "between a change request and its enforcement date, where that is asked for without a date",
		span: func(p *Policy) *time.Duration { return &p.Grace }},
	{Name: "confidence", Unit: "plays of 100", Least: 50, Most: 99, Meaning: "in which everybody fits, before a forecast calls a limit enough",
		count: func(p *Policy) *int { return &p.Confidence }},
	{Name: "stop.failure", Unit: "points", Least: 1, Most: 10_000, Meaning: "that a failure adds to a window's stop score",
		count: func(p *Policy) *int { return &p.FailureScore }},
	{Name: "stop.success", Unit: "points", Least: 1, Most: 10_000, Meaning: "that a verified success takes off it",
		count: func(p *Policy) *int { return &p.SuccessScore }},
	{Name: "stop.warn", Unit: "points", Least: 1, Most: 100_000, Meaning: "at which the servers in work at once are halved",
		count: func(p *Policy) *int { return &p.Warn }},
	{Name: "stop.halt", Unit: "points", Least: 1, Most: 100_000, Meaning: "at which the rollout is halted",
		count: func(p *Policy) *int { return &p.Halt }},
	{Name: "stop.pilot_failures", Unit: "failures", Least: 1, Most: 100, Meaning: "of any kind that halt a pilot",
		count: func(p *Policy) *int { return &p.PilotFailures }},
	{Name: "stop.hard_pilot", Unit: "servers", Least: 1, Most: 100, Meaning: "not well after their restart that halt a pilot",
		count: func(p *Policy) *int { return &p.HardPilot }},
	{Name: "stop.hard_window", Unit: "servers", Least: 1, Most: 1000, Meaning: "not well after their restart in one window that halt a rollout",
		count: func(p *Policy) *int { return &p.HardWindow }},
	{Name: "stop.hard_rollout", Unit: "servers", Least: 1, Most: 1000, Meaning: "not well after their restart in all windows together that halt a rollout",
		count: func(p *Policy) *int { return &p.HardRollout }},
	{Name: "stop.same_code", Unit: "failures", Least: 2, Most: 1000, Meaning: "in a row with one code that does not speak against the update, which pause a rollout",
		count: func(p *Policy) *int { return &p.SameCode }},
	{Name: "stop.silent", Unit: "servers", Least: 2, Most: 10_000, Meaning: "in a row without an answer that mean trouble on our side: nobody new starts",
		count: func(p *Policy) *int { return &p.ConsoleFailures }},
}

// Of gives the setting's value in a policy as the configuration writes it.
func (s Setting) Of(p Policy) string {
	switch {
	case s.span == nil && *s.count(&p) == 0, s.span != nil && *s.span(&p) == 0:
		return none
	case s.span == nil:
		return strconv.Itoa(*s.count(&p))
	}
	return inDays(*s.span(&p))
}

const none = "none"

// Set reads a value into a policy, or says what is accepted.
func (s Setting) Set(p *Policy, text string) error {
	if s.None != "" && strings.EqualFold(text, none) {
		s.clear(p)
		return nil
	}
	if s.span == nil {
		n, err := strconv.Atoi(text)
		if err != nil || n < s.Least || n > s.Most {
			return fmt.Errorf("a whole number from %d to %d (%s)%s is accepted", s.Least, s.Most, s.Unit, s.orNone())
		}
		*s.count(p) = n
		return nil
	}
	d, err := ParseDays(text)
	if err != nil || d < s.Shortest || d > s.Longest {
		return fmt.Errorf("a time span from %s to %s%s is accepted, such as 12h or 7d", inDays(s.Shortest), inDays(s.Longest), s.orNone())
	}
	*s.span(p) = d
	return nil
}

func (s Setting) clear(p *Policy) {
	if s.span == nil {
		*s.count(p) = 0
		return
	}
	*s.span(p) = 0
}

func (s Setting) orNone() string {
	if s.None == "" {
		return ""
	}
	return fmt.Sprintf(", or none (%s),", s.None)
}

// Check says which settings of a policy contradict one another.
func (p Policy) Check() error {
	switch {
	case p.Warn > p.Halt:
		return fmt.Errorf("stop.warn is %d and stop.halt %d: the warning comes before the halt", p.Warn, p.Halt)
	case p.SuccessScore > p.FailureScore:
		return fmt.Errorf("stop.success is %d and stop.failure %d: a failure weighs more than a success, or nothing ever stops", p.SuccessScore, p.FailureScore)
	case p.HardWindow > p.HardRollout:
		return fmt.Errorf("stop.hard_window is %d and stop.hard_rollout %d: a rollout bears at least what one of its windows does", p.HardWindow, p.HardRollout)
	}
	return nil
}

// Difference is a setting that two policies have with other values.
type Difference struct {
	Name string `json:"name"`
	From string `json:"from"`
	To   string `json:"to"`
}

// Against lists in what the policy differs from what was set before. A setting that was not set then was the default.
func (p Policy) Against(before map[string]string) (list []Difference) {
	usual := DefaultPolicy()
	for _, s := range Settings {
		was, known := before[s.Name]
		if !known {
			was = s.Of(usual)
		}
		if is := s.Of(p); is != was {
			list = append(list, Difference{s.Name, was, is})
		}
	}
	return list
}

// Set gives every setting of the policy by its name.
func (p Policy) Set() map[string]string {
	values := make(map[string]string, len(Settings))
	for _, s := range Settings {
		values[s.Name] = s.Of(p)
	}
	return values
}

// SettingNamed finds a line of the table.
func SettingNamed(name string) (Setting, bool) {
	i := slices.IndexFunc(Settings, func(s Setting) bool { return s.Name == name })
	if i < 0 {
		return Setting{}, false
	}
	return Settings[i], true
}

// ParseDays reads a span of time that may be in whole days, such as 7d.
func ParseDays(text string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.ParseUint(days, 10, 16)
		return time.Duration(n) * day, err
	}
	return time.ParseDuration(text)
}

// inDays writes a span of time in days where they are whole and more than one.
func inDays(d time.Duration) string {
	if d >= 2*day && d%day == 0 {
		return strconv.Itoa(int(d/day)) + "d"
	}
	return Span(d)
}

// Span writes a span of time without the zeros that time.Duration adds.
func Span(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
