package report

import (
	"cmp"
	"slices"
	"time"

	"patchdeck/engine/calendar"
)

// MonthLine is one month's updates: what was to be installed of them, and how that went until now.
type MonthLine struct {
	Month calendar.Month `json:"-"`
	Name  string         `json:"month"`
	// Releases is how many were made of this month's bulletin.
	Releases int         `json:"releases"`
	Installs InstallLine `json:"installs"`
	Times    PatchTime   `json:"times"`
	// The rest compares with the line before: percentage points and hours; nil for the first line, and where one of the two has no value.
	InstalledChange *float64 `json:"installed_change,omitempty"`
	InTimeChange    *float64 `json:"in_time_change,omitempty"`
	MedianChange    *float64 `json:"median_hours_change,omitempty"`
}

// Trend gives the months of which there is a release, the oldest first. An installation belongs to the month in which the bulletin of its release
// was published, where the servers stand; one without a bulletin to the month in which its release was made.
func (w Work) Trend(list []Installation) []MonthLine {
	published := map[string]time.Time{}
	for _, b := range w.Bulletins {
		published[b.ID] = b.Released
	}
	zone := cmp.Or(w.Zone, time.UTC)
	monthOf := func(bulletin string, created time.Time) calendar.Month {
		at := published[bulletin]
		if at.IsZero() {
			at = created
		}
		return calendar.MonthOf(calendar.DateOf(at, zone))
	}
	lines := map[calendar.Month]*MonthLine{}
	for _, r := range w.Releases {
		if r.Undoes == "" && r.CatchesUp == "" {
			m := monthOf(r.Bulletin, r.Created)
			if lines[m] == nil {
				lines[m] = &MonthLine{Month: m, Name: m.String(), Installs: InstallLine{Name: m.String()}, Times: PatchTime{Name: m.String()}}
			}
			lines[m].Releases++
		}
	}
	for i := range list {
		if l := lines[monthOf(list[i].Release.Bulletin, list[i].Release.Created)]; l != nil {
			l.Installs.count(&list[i])
		}
	}
	for _, one := range w.patches(list) {
		if l := lines[monthOf(one.Release.Bulletin, one.Release.Created)]; l != nil {
			l.Times.count(one, w.At)
		}
	}
	months := make([]MonthLine, 0, len(lines))
	for _, l := range lines {
		l.Times.spread()
		months = append(months, *l)
	}
	slices.SortFunc(months, func(a, b MonthLine) int {
		return cmp.Or(cmp.Compare(a.Month.Year, b.Month.Year), cmp.Compare(a.Month.Month, b.Month.Month))
	})
	for i := 1; i < len(months); i++ {
		months[i].compare(&months[i-1])
	}
	return months
}

// compare fills in what changed since another month.
func (l *MonthLine) compare(before *MonthLine) {
	difference := func(now, then func() (float64, bool)) *float64 {
		a, aOK := now()
		b, bOK := then()
		if !aOK || !bOK {
			return nil
		}
		d := a - b
		return &d
	}
	median := func(p *PatchTime) func() (float64, bool) {
		return func() (float64, bool) { return p.FromRelease.Median, p.FromRelease.Count > 0 }
	}
	l.InstalledChange = difference(l.Installs.InstalledPercent, before.Installs.InstalledPercent)
	l.InTimeChange = difference(l.Times.InTimePercent, before.Times.InTimePercent)
	l.MedianChange = difference(median(&l.Times), median(&before.Times))
}
