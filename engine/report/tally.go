package report

// Grade is where one server stands with a set of updates.
type Grade string

const (
	GradeStale         Grade = "stale"          // it was read, and so long ago that it may be otherwise by now
	GradeMissing       Grade = "missing"        // it lacks at least one
	GradeUnknown       Grade = "unknown"        // it was never read or scanned, or what was read does not decide it
	GradeExempt        Grade = "exempt"         // it lacks only what somebody decided that it need not have
	GradeCompliant     Grade = "compliant"      // it has every one that applies
	GradeNotApplicable Grade = "not applicable" // none applies to it
)

// Tally counts servers by grade. Every server counts once.
type Tally struct {
	Servers       int `json:"servers"`
	Compliant     int `json:"compliant"`
	Missing       int `json:"missing"`
	Exempt        int `json:"exempt"`
	NotApplicable int `json:"not_applicable"`
	Unknown       int `json:"unknown"`
	Stale         int `json:"stale"`
	RestartOwed   int `json:"restart_owed"` // of them, in whatever grade, those that must restart first
}

// Concerned is the denominator of Percent: the servers that must have the updates, the unknown and the stale ones among them, so that reading
// less never looks better.
func (t Tally) Concerned() int { return t.Servers - t.NotApplicable - t.Exempt }

// Known are the concerned servers of which something recent is known.
func (t Tally) Known() int { return t.Compliant + t.Missing }

// Percent is the share of the concerned servers that are compliant; ok is false where none is concerned.
func (t Tally) Percent() (percent float64, ok bool) { return share(t.Compliant, t.Concerned()) }

// KnownPercent is the share of the known servers that are compliant.
func (t Tally) KnownPercent() (percent float64, ok bool) { return share(t.Compliant, t.Known()) }

func share(part, whole int) (percent float64, ok bool) {
	if whole == 0 {
		return 0, false
	}
	return 100 * float64(part) / float64(whole), true
}

func (t *Tally) count(g Grade, restart bool) {
	t.Servers++
	switch g {
	case GradeCompliant:
		t.Compliant++
	case GradeMissing:
		t.Missing++
	case GradeExempt:
		t.Exempt++
	case GradeNotApplicable:
		t.NotApplicable++
	case GradeStale:
		t.Stale++
	default:
		t.Unknown++
	}
	if restart {
		t.RestartOwed++
	}
}
