package command

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	ical "github.com/arran4/golang-ical"
	"github.com/spf13/cobra"

	"patchdeck/engine/approval"
	"patchdeck/engine/inventory"
	"patchdeck/engine/procedure"
)

// The iCalendar file is an output format of this verb and of the notice with the rollout's schedule, and its library talks to networks: so
// it is known here and not in the rooms of the engine, which give the schedule as values (procedure.Appointment).

func (t *tree) calendar() *cobra.Command {
	return t.noun("calendar", "The schedule for other people's calendars", t.calendarExport())
}

func (t *tree) calendarExport() *cobra.Command {
	var month, owner, server string
	command := t.verb(verb{
		use: "export FILE", short: "Write windows, deadlines, tasks and acceptance as an iCalendar file; - is standard output", file: writesFile, args: cobra.ExactArgs(1), reads: always,
		example: "  patchdeck calendar export november.ics --month 2026-11\n  ssh console calendar export - --owner payroll > windows.ics",
		run: func(c *call) error {
			list, err := c.appointments(month, owner, server)
			if err != nil {
				return err
			}
			if c.json {
				for _, a := range list {
					if err := (output{w: c.write, json: true}).object(a); err != nil {
						return err
					}
				}
				return nil
			}
			if err := WriteCalendar(c.write, list, c.view().At); err != nil {
				return fmt.Errorf("the calendar is not complete: %w", err)
			}
			_, err = fmt.Fprintf(c.env.Err, "%s written\n", plural(len(list), "appointment"))
			return err
		},
	})
	flags := command.Flags()
	flags.StringVar(&month, "month", "", "only this month, for instance 2026-11")
	flags.StringVar(&owner, "owner", "", "only the windows of this owner's servers, and acceptance")
	flags.StringVar(&server, "server", "", "only the windows of this server, and acceptance")
	return command
}

// appointments gives the schedule of one month or of all, whole or as far as it concerns some servers.
func (c *call) appointments(month, owner, server string) ([]procedure.Appointment, error) {
	cycles := c.view().Procedure.Cycles
	if month != "" {
		cycle, err := c.findCycle(month)
		if err != nil {
			return nil, err
		}
		cycles = []procedure.Cycle{cycle}
	}
	servers, err := c.serversOf(owner, server)
	if err != nil {
		return nil, err
	}
	list := []procedure.Appointment{}
	for _, cycle := range cycles {
		names := c.windowsOf(cycle, servers)
		for _, a := range cycle.Agenda() {
			if servers != nil {
				if a.Kind == procedure.TaskKind || a.Kind == procedure.WindowKind && len(names[a.Window]) == 0 {
					continue
				}
				if a.Kind == procedure.WindowKind {
					a.Words += ": " + listed(names[a.Window])
				}
			}
			list = append(list, a)
		}
		if change, err := c.findChange(cycle.Change); err == nil && servers == nil && change.State != approval.Rejected && change.State != approval.Void {
			list = append(list, procedure.ChangeDeadline(change.ID, string(change.Priority), change.Deadline, change.Rev))
		}
	}
	slices.SortStableFunc(list, func(a, b procedure.Appointment) int { return a.From.Compare(b.From) })
	return list, nil
}

// serversOf gives the servers that an export is about; nil is all.
func (c *call) serversOf(owner, name string) (map[inventory.ServerID]string, error) {
	if owner == "" && name == "" {
		return nil, nil
	}
	servers := map[inventory.ServerID]string{}
	for i := range c.view().Servers {
		s := &c.view().Servers[i]
		if (owner == "" || strings.EqualFold(s.Owner, owner)) && (name == "" || inventory.SameName(s.Name, name) || strings.EqualFold(string(s.ID), name)) {
			servers[s.ID] = s.Name
		}
	}
	if len(servers) == 0 {
		return nil, fmt.Errorf("there is no server of that owner or name: see patchdeck inventory list")
	}
	return servers, nil
}

// windowsOf gives the names of servers by the window that each has in a cycle: by its plan, or by its own choice while there is none.
func (c *call) windowsOf(cycle procedure.Cycle, servers map[inventory.ServerID]string) map[string][]string {
	names := map[string][]string{}
	if change, err := c.findChange(cycle.Change); err == nil && change.Plan != nil {
		for _, a := range change.Plan.Assignments {
			if name, ok := servers[a.Server]; ok && len(a.Windows) > 0 {
				names[a.Windows[0]] = append(names[a.Windows[0]], name)
			}
		}
		return names
	}
	byID := map[string]string{}
	for _, w := range cycle.Windows {
		byID[strings.ToLower(w.ID)] = w.ID
	}
	for i := range c.view().Servers {
		s := &c.view().Servers[i]
		if id, known := byID[strings.ToLower(s.Window)]; known && servers[s.ID] != "" {
			names[id] = append(names[id], s.Name)
		}
	}
	return names
}

// mostListed bounds how many servers one appointment names.
const mostListed = 40

func listed(names []string) string {
	slices.Sort(names)
	if more := len(names) - mostListed; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:mostListed], ", "), more)
	}
	return strings.Join(names, ", ")
}

// WriteCalendar writes appointments as iCalendar (RFC 5545), with every time in UTC: a calendar shows them by its own clocks, on whichever
// side of a change of the clocks they lie.
func WriteCalendar(w io.Writer, list []procedure.Appointment, at time.Time) error {
	calendar := ical.NewCalendarFor("patchdeck")
	calendar.SetMethod(ical.MethodPublish)
	for _, a := range list {
		event := calendar.AddEvent(a.UID)
		event.SetDtStampTime(at)
		event.SetSequence(a.Revision)
		event.SetStartAt(a.From)
		if a.To.After(a.From) { // without an end it is a moment
			event.SetEndAt(a.To)
		}
		event.SetSummary(plain(a.Title))
		if a.Words != "" {
			event.SetDescription(plain(a.Words))
		}
		event.SetProperty(ical.ComponentPropertyCategories, string(a.Kind))
		if a.Kind != procedure.WindowKind {
			event.SetTimeTransparency(ical.TransparencyTransparent) // a deadline keeps nobody busy
		}
	}
	return calendar.SerializeTo(w, ical.WithNewLine("\r\n"))
}
