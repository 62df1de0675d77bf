package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"patchdeck/assets"
	"patchdeck/cmd/patchdeck/rehearsal"
	"patchdeck/engine"
	"patchdeck/engine/catalog"
	"patchdeck/engine/inventory"
	"patchdeck/engine/report"
	"patchdeck/engine/rollout"
	"patchdeck/engine/trail"
	"patchdeck/ui/command"
)

// conclude writes the report of a night, prints its summary, and says by the exit code whether a stop rule halted it.
func (s *stage) conclude(h *house, o command.DemoOptions, progress io.Writer) error {
	v := h.engine.View()
	if len(v.Changes) == 0 {
		fmt.Fprintln(progress, "the night ended before its change request; there is nothing to report")
		return nil
	}
	night, err := reportOf(h.engine, v, v.Changes[0].ID, time.UTC)
	if err != nil {
		return err
	}
	page := filepath.Join(o.Data, "report.html")
	if err := writeFile(page, night.WriteHTML); err != nil {
		return err
	}
	if err := writeFile(filepath.Join(o.Data, "report.json"), night.WriteJSON); err != nil {
		return err
	}
	summary := night.Summary()
	summary.Report = page
	if err := tell(o, summary); err != nil {
		return err
	}
	switch {
	case rehearsal.Halted(v) != nil:
		return &command.ExitError{Code: command.Halted}
	case !rehearsal.Over(v) && o.Headless:
		return fmt.Errorf("the night is not over")
	}
	return nil
}

func tell(o command.DemoOptions, s report.Summary) error {
	if o.JSON {
		return json.NewEncoder(o.Out).Encode(s)
	}
	halted := ""
	if s.Halted {
		halted = " A stop rule halted the rollout."
	}
	_, err := fmt.Fprintf(o.Out, "%d of %d targeted servers succeeded; %d failed, %d unreachable, %d missed their window, %d not started; %d excluded, %d not applicable.%s\n"+
		"report %s\naudit trail %d entries, head %s\n", s.Succeeded, s.Targeted, s.Failed, s.Unreachable, s.WindowMissed, s.NotStarted, s.Excluded,
		s.NotApplicable, halted, s.Report, s.AuditEntries, s.AuditHead)
	return err
}

// reportOf makes the report of one change request from a view and the trail.
func reportOf(console engine.Console, v *engine.View, change string, zone *time.Location) (report.Night, error) {
	in := report.Input{Now: v.At, Zone: zone, Servers: map[inventory.ServerID]inventory.Server{}, Head: v.Head, Policy: v.Policy, Advice: advice,
		Advertisements: map[string][]rollout.Advertisement{},
		Entries: func(each func(trail.Entry) error) error {
			var head trail.Head
			return console.Entries(1, func(_ uint64, raw []byte) error {
				entry, next, err := head.Follow(raw)
				if err != nil {
					return err
				}
				head = next
				return each(entry)
			})
		}}
	for _, s := range v.Servers {
		in.Servers[s.ID] = s
	}
	for _, c := range v.Changes {
		if c.ID == change {
			in.Change, in.Plan, in.Acceptance = c.Change, *c.Plan.With(addedTo(v, change)), c.Acceptance
		}
	}
	for _, r := range v.Releases {
		if r.ID == in.Change.Release {
			in.Release, in.Title = r, r.Title
			in.Bulletin = bulletinOf(v, r.Bulletin)
		}
	}
	for _, r := range v.Rollouts {
		if r.Change != change {
			continue
		}
		in.Rollouts = append(in.Rollouts, r.Rollout)
		for _, ad := range r.Advertisements {
			in.Advertisements[r.ID] = append(in.Advertisements[r.ID], *ad)
		}
	}
	return report.Make(in)
}

// reportTexts gives what writes the report of a change request as its session sees it now.
func reportTexts(_ context.Context, s *command.Session, change string) (html, json func(io.Writer) error, err error) {
	zone := s.Zone
	if zone == nil {
		zone = time.UTC
	}
	night, err := reportOf(s.Console, s.Console.View(), change, zone)
	return night.WriteHTML, night.WriteJSON, err
}

// advice says what to do about an error code.
func advice(code string) string {
	for _, c := range assets.ErrorCodes() {
		if strings.EqualFold(c.Code, code) {
			return c.Advice
		}
	}
	return ""
}

func bulletinOf(v *engine.View, id string) catalog.Bulletin {
	for _, b := range v.Bulletins {
		if b.ID == id {
			return b
		}
	}
	return catalog.Bulletin{}
}

// addedTo are the windows that people gave to the rollouts of a change request beside its plan's.
func addedTo(v *engine.View, change string) (added []rollout.Window) {
	for _, r := range v.Rollouts {
		if r.Change == change {
			added = append(added, r.Added...)
		}
	}
	return added
}
