package servers

import (
	"strconv"
	"strings"
	"time"

	"patchdeck/engine/inventory"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// column is one column of the inventory: what it shows of a server, and what it is sorted by where its text would not do.
type column struct {
	part.Column
	text   func(*inventory.Server) string
	number func(*inventory.Server) float64
	spare  bool
}

// stateTitle is the column that compliance is shown in.
const stateTitle = "State"

// columns are all columns of the inventory.
var columns = []column{
	{Column: part.Column{Title: "Server", Width: 16, Grow: 2}, text: func(s *inventory.Server) string { return s.Name }},
	{Column: part.Column{Title: "OS", Width: 6, Grow: 1}, text: func(s *inventory.Server) string { return shortOS(s.OS) }},
	{Column: part.Column{Title: "Build", Width: 16, From: 100}, text: buildText, number: buildNumber},
	{Column: part.Column{Title: "Env", Width: 4}, text: func(s *inventory.Server) string { return string(s.Environment) }},
	{Column: part.Column{Title: "Site", Width: 5}, text: func(s *inventory.Server) string { return s.Site }},
	{Column: part.Column{Title: "Owner", Width: 10, Grow: 2}, text: func(s *inventory.Server) string { return s.Owner }},
	{Column: part.Column{Title: "Window", Width: 6}, text: func(s *inventory.Server) string { return s.Window }},
	{Column: part.Column{Title: "Cluster", Width: 10, From: 140}, text: func(s *inventory.Server) string { return s.Cluster }},
	{Column: part.Column{Title: "Address", Width: 15, From: 140}, text: func(s *inventory.Server) string { return s.Address }},
	{Column: part.Column{Title: stateTitle, Width: 16, Grow: 5}},
	{Column: part.Column{Title: "Applications", Width: 16}, spare: true, text: func(s *inventory.Server) string { return strings.Join(s.Applications, ", ") }},
	{Column: part.Column{Title: "Risk", Width: 5}, spare: true, text: func(s *inventory.Server) string { return s.Risk }},
	{Column: part.Column{Title: "Value", Width: 5}, spare: true, text: func(s *inventory.Server) string { return s.Value }},
	{Column: part.Column{Title: "Exposure", Width: 8}, spare: true, text: func(s *inventory.Server) string { return s.Exposure }},
	{Column: part.Column{Title: "Hardware", Width: 8}, spare: true, text: func(s *inventory.Server) string { return s.HardwareType() }},
	{Column: part.Column{Title: "Domain", Width: 14}, spare: true, text: fact(func(f *inventory.Facts) string { return f.Domain })},
	{Column: part.Column{Title: "Free", Width: 9, Right: true}, spare: true, text: fact(func(f *inventory.Facts) string { return part.Bytes(f.SystemDriveFree) }),
		number: factNumber(func(f *inventory.Facts) float64 { return float64(f.SystemDriveFree) })},
	{Column: part.Column{Title: "Memory", Width: 9, Right: true}, spare: true, text: fact(func(f *inventory.Facts) string { return part.Bytes(f.MemoryBytes) }),
		number: factNumber(func(f *inventory.Facts) float64 { return float64(f.MemoryBytes) })},
	{Column: part.Column{Title: "Restarted", Width: 10}, spare: true, text: fact(func(f *inventory.Facts) string { return day(f.BootTime) })},
	{Column: part.Column{Title: "Read", Width: 10}, spare: true, text: fact(func(f *inventory.Facts) string { return day(f.At) })},
	{Column: part.Column{Title: "Installed", Width: 9, Right: true}, spare: true, text: fact(func(f *inventory.Facts) string { return strconv.Itoa(len(f.Updates)) }),
		number: factNumber(func(f *inventory.Facts) float64 { return float64(len(f.Updates)) })},
	{Column: part.Column{Title: "Offered", Width: 7, Right: true}, spare: true, text: offeredText, number: offered},
	{Column: part.Column{Title: "Roles", Width: 20}, spare: true, text: fact(func(f *inventory.Facts) string { return strings.Join(f.Roles, ", ") })},
	{Column: part.Column{Title: "Software", Width: 20}, spare: true, text: func(s *inventory.Server) string { return strings.Join(s.Software, ", ") }},
	{Column: part.Column{Title: "Baseline", Width: 10}, spare: true, text: fact(func(f *inventory.Facts) string { return f.Baseline.Name })},
	{Column: part.Column{Title: "Health", Width: 14}, spare: true, text: healthText},
	{Column: part.Column{Title: "Managed", Width: 10}, spare: true, text: managedText},
	{Column: part.Column{Title: "Id", Width: 7}, spare: true, text: func(s *inventory.Server) string { return string(s.ID) }},
}

// newTable makes the inventory's table over the rows that the screen shows.
func (s *Screen) newTable() *part.Table {
	var list []part.TableColumn
	for i := range columns {
		c := &columns[i]
		made := part.TableColumn{Column: c.Column, Spare: c.spare, Value: func(row int) (part.Ink, string) {
			return s.desk.Theme.Normal, c.text(&s.desk.Current.Servers[s.shown[row]])
		}}
		if c.number != nil {
			made.Number = func(row int) float64 { return c.number(&s.desk.Current.Servers[s.shown[row]]) }
		}
		if c.Title == stateTitle {
			made.Value = func(row int) (part.Ink, string) {
				standing := s.standings.Of(int(s.shown[row]))
				return s.desk.Theme.Tone(desk.ComplianceTone(standing.Compliance)), standing.Words
			}
		}
		list = append(list, made)
	}
	return part.NewTable(list...)
}

// shortOS leaves out what all products share.
func shortOS(os string) string { return strings.TrimPrefix(os, "Windows Server ") }

// unread stands where no facts were read.
const unread = "unknown"

func fact(text func(*inventory.Facts) string) func(*inventory.Server) string {
	return func(s *inventory.Server) string {
		if s.Facts == nil {
			return unread
		}
		return text(s.Facts)
	}
}

// factNumber puts servers of which nothing was read before all others.
func factNumber(number func(*inventory.Facts) float64) func(*inventory.Server) float64 {
	return func(s *inventory.Server) float64 {
		if s.Facts == nil {
			return -1
		}
		return number(s.Facts)
	}
}

func buildText(s *inventory.Server) string {
	if s.Facts == nil || s.Facts.Build.IsZero() {
		return unread
	}
	return s.Facts.Build.String()
}

// buildNumber orders builds by their last two parts, which alone differ between servers.
func buildNumber(s *inventory.Server) float64 {
	const revisions = 1 << 20
	if s.Facts == nil {
		return -1
	}
	return float64(s.Facts.Build[2])*revisions + float64(s.Facts.Build[3])
}

func offeredText(s *inventory.Server) string {
	if s.Scan == nil {
		return unread
	}
	return strconv.Itoa(len(s.Scan.Offered))
}

func offered(s *inventory.Server) float64 {
	if s.Scan == nil {
		return -1
	}
	return float64(len(s.Scan.Offered))
}

func healthText(s *inventory.Server) string {
	switch {
	case s.Health == nil:
		return "not asked"
	case len(s.Health.Obstacles) == 0:
		return "good"
	}
	return s.Health.Obstacles[0].Code
}

func managedText(s *inventory.Server) string {
	if s.Unmanaged == "" {
		return "yes"
	}
	return "no: " + s.Unmanaged
}

// day writes an instant so that texts sort by time.
func day(at time.Time) string {
	if at.IsZero() {
		return "never"
	}
	return at.UTC().Format(time.DateOnly)
}
