package approval

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func due(list []Milestone, name string) Milestone {
	for _, m := range list {
		if m.Name == name {
			return m
		}
	}
	return Milestone{}
}

// Handbook 4, timetables: a priority that asks for the pilot before its window begins gets the window's end, and what it asks for stays to be read.
func TestATimetableFitsTheWindowsOfThePlan(t *testing.T) {
	standard, _ := ParseCategory("")
	opens := now.Add(6 * 24 * time.Hour)
	c := Course{Pilot: Stretch{opens, opens.Add(4 * time.Hour)}, Dev: Stretch{opens.Add(7 * time.Hour), opens.Add(17 * time.Hour)},
		Prod: Stretch{opens.Add(5 * 24 * time.Hour), opens.Add(9 * 24 * time.Hour)}, AcceptBy: opens.Add(51 * time.Hour)}
	list := Fit(Timetable(standard, High, now), c, High)
	want := map[string]Milestone{
		AuthorisedBy: {AuthorisedBy, now.Add(102 * time.Hour), time.Time{}, time.Time{}},
		PilotBy:      {PilotBy, c.Pilot.Closes, now.Add(118 * time.Hour), opens},
		ApprovedBy:   {ApprovedBy, c.Dev.Opens, now.Add(125 * time.Hour), opens},
		AcceptedBy:   {AcceptedBy, c.AcceptBy, now.Add(166 * time.Hour), c.Dev.Opens},
		ThroughBy:    {ThroughBy, High.Term().Due.From(now), time.Time{}, time.Time{}},
	}
	for name, m := range want {
		if due(list, name) != m {
			t.Errorf("%s is %+v, want %+v", name, due(list, name), m)
		}
	}
	c.Prod = Stretch{opens.AddDate(0, 2, 0), opens.AddDate(0, 2, 4)}
	if m := due(Fit(Timetable(standard, High, now), c, High), ThroughBy); m.Due != c.Prod.Closes || m.Opens != c.Prod.Opens || m.Asked != High.Term().Due.From(now) {
		t.Errorf("Prod begins after the deadline: %+v", m)
	}
}

// However late or early the windows are, no work is due before its first window begins, and decisions come in time for the windows.
func TestNoDateOfATimetableLiesBeforeItsFirstWindowUnsaid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		term := rapid.SampledFrom(Terms).Draw(t, "priority")
		category := rapid.SampledFrom(Categories).Draw(t, "category")
		hours := func(name string) time.Duration {
			return time.Duration(rapid.IntRange(1, 3000).Draw(t, name)) * time.Hour
		}
		pilot := now.Add(hours("until the pilot"))
		prod := pilot.Add(hours("until Prod"))
		c := Course{Pilot: Stretch{pilot, pilot.Add(time.Hour)}, Prod: Stretch{prod, prod.Add(hours("Prod"))}}
		asked := Timetable(category, term.Priority, now)
		for i, m := range Fit(asked, c, term.Priority) {
			if (m.Name == PilotBy && m.Due.Before(pilot)) || (m.Name == ThroughBy && m.Due.Before(prod)) {
				t.Fatalf("%s is due %s, before its windows", m.Name, m.Due)
			}
			if m.Name == AuthorisedBy && m.Due.After(pilot) {
				t.Fatalf("authorised by %s, after the pilot began at %s", m.Due, pilot)
			}
			if moved := !m.Due.Equal(asked[i].Due); moved != !m.Asked.IsZero() || moved && (!m.Asked.Equal(asked[i].Due) || m.Opens.IsZero()) {
				t.Fatalf("%+v does not say that the priority asks for %s", m, asked[i].Due)
			}
		}
	})
}
